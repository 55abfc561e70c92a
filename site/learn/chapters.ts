// The chapters: each one screen of text, formulas and a live race or a link into a page that is set up for it.

import type { RaceState } from "../race/state.js";
import type { TrainState } from "../train/state.js";

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly text: readonly string[];
  readonly formula?: string | undefined;
  readonly race?: Partial<RaceState> | undefined;
  /** The same race with something changed, beside it, and what is said below the two. */
  readonly versus?:
    | { readonly race: Partial<RaceState>; readonly words: readonly [string, string] }
    | undefined;
  readonly train?: Partial<TrainState> | undefined;
  /** The same network without what the chapter is about, beside it. */
  readonly lesson?:
    | { readonly without: Partial<TrainState>; readonly words: readonly [string, string] }
    | undefined;
  readonly link?: readonly [page: string, words: string] | undefined;
}

export const chapters: readonly Chapter[] = [
  {
    id: "taylor",
    title: "Conditioning and the Taylor step",
    formula: "f - rate*g^2 + rate^2*g*H*g/2",
    text: [
      "Along minus the gradient, Taylor’s formula says what a step of rate times g does: the second term is the gain, the third what curvature takes back. The best rate is g’g / g’Hg, and beyond 2/λmax the steps grow.",
      "In a ravine the largest eigenvalue of the Hessian caps the rate, and the smallest then decides how long it takes: about as many steps as their ratio, the condition number. Here the rate is nearly as large as it may be: plain steps zigzag, and so do those of steepest descent from most starts, where Newton needs one step.",
    ],
    race: { fn: "ravine", on: ["sgd", "newton", "gradientDescent"], rate: 0.67, start: [-2.6, -1.2] },
  },
  {
    id: "saddles",
    title: "Saddle points",
    text: [
      "A zero gradient is no minimum. In many dimensions almost every point where the slope vanishes is a saddle: some directions rise, some fall, and all eigenvalues positive is the rare case.",
      "Gradient steps slow down near a saddle but are pushed away by what little slope there is; Newton’s unmodified step goes to it on purpose (the one that is drawn is corrected). The trust region follows the negative curvature, and noise helps everybody.",
    ],
    race: { fn: "saddle", on: ["sgd", "adam", "newton", "trustRegion", "nelderMead"], rate: 0.5, budget: 3 },
  },
  {
    id: "cliffs",
    title: "Cliffs and clipping",
    text: [
      "Where weights are multiplied with each other again and again, f has walls. One gradient on the wall throws the parameters further than all the steps before had brought them.",
      "The direction of that gradient is fine, its length is not. Clipping its norm keeps the direction; rules that divide by the size of recent gradients do it by themselves.",
    ],
    race: { fn: "cliff", on: ["sgd", "momentum", "adam", "rmsprop", "rprop"], rate: 1.2, start: [2.4, 2] },
  },
  {
    id: "vanishing",
    title: "Vanishing and exploding gradients",
    text: [
      "Going back through t layers multiplies by t matrices: components grow or die like the t-th power of their eigenvalues. With sigmoids every layer takes away at least a factor of four besides.",
      "On a plateau a step proportional to the gradient goes nowhere; rules that look at its sign or divide by its size walk on. In a network: train ten layers of sigmoids and look at the gradient of each layer.",
    ],
    race: { fn: "plateau", on: ["sgd", "momentum", "adam", "rprop", "lion", "newton"] },
    train: {
      data: "circles",
      hidden: [16, 16, 16, 16, 16, 16, 16, 16, 16],
      activation: "sigmoid",
      norm: false,
      init: "xavier",
    },
  },
  {
    id: "cooling",
    title: "Cooling: why the rate must fall",
    text: [
      "With gradients from minibatches the noise does not vanish at the minimum: at a constant rate the parameters rattle around it for ever, in a cloud whose variance is about proportional to the rate.",
      "Robbins and Monro (1951): with rates whose sum is infinite and whose squares have a finite sum, the iterates converge. Try the schedules on the race page: cosine, one cycle, 1/t.",
    ],
    race: {
      fn: "own",
      text: "x^2 + 3*y^2",
      box: [-3, 3, -3, 3],
      start: [-2.4, 1.6],
      on: ["sgd"],
      noise: 3,
      rate: 1.5,
      budget: 3.3,
    },
    versus: { race: { schedule: "robbinsMonro" }, words: ["at a constant rate", "at a rate that falls"] },
  },
  {
    id: "momentum",
    title: "Momentum and Nesterov",
    formula: "momentum*v - rate*g",
    text: [
      "Heavy-ball momentum adds up past gradients: along the valley they agree and the speed grows up to 1/(1 − momentum)-fold; across it they cancel. The number of steps goes with the square root of the condition number instead of with the condition number itself.",
      "Nesterov takes the gradient where the momentum is about to carry the point, and so brakes before the wall rather than behind it.",
    ],
    race: { fn: "rosenbrock", on: ["sgd", "momentum", "nesterov"], focus: "momentum", momentum: 0.9 },
  },
  {
    id: "adaptive",
    title: "Adaptive rates",
    formula: "rate*m/(sqrt(v) + eps)",
    text: [
      "A rate for each coordinate: AdaGrad divides by the root of the sum of all squared gradients and so slows down for good; RMSProp and Adam forget the old ones. Their steps hardly depend on the scale of f.",
      "They rescale coordinates, not directions. In a ravine along the axes that is all that is needed; turned by 45 degrees it helps little. Turn it: that is the difference between this picture and the first chapter’s.",
    ],
    race: {
      fn: "own",
      text: "x^2/2 + 50*y^2",
      on: ["sgd", "adagrad", "rmsprop", "adam", "adadelta"],
      box: [-3, 3, -3, 3],
      start: [-2.4, 1.6],
    },
  },
  {
    id: "averaging",
    title: "Averaging",
    text: [
      "Polyak and Ruppert: leave the rate large and average the iterates. The cloud rattles, its centre does not, and in the long run no schedule does better than the average.",
      "Averaged SGD does this from some step on, here after a twentieth of them; exponential averages of weights are the same idea with a window.",
    ],
    race: {
      fn: "own",
      text: "x^2 + 3*y^2",
      box: [-3, 3, -3, 3],
      start: [-2.4, 1.6],
      on: ["sgd", "asgd"],
      noise: 3,
      rate: 1.5,
      budget: 3.3,
    },
  },
  {
    id: "batchnorm",
    title: "Batch normalisation",
    text: [
      "Each layer’s inputs move while the layers before it learn. Normalising them over the batch makes the scale of the weights irrelevant to the function, keeps activations where gradients are alive, and conditions the problem better.",
      "Switch it off for a deep network: the same rule at the same rate then stands still.",
    ],
    train: {
      data: "spirals",
      hidden: [16, 16, 16, 16],
      activation: "sigmoid",
      init: "xavier",
      norm: true,
      rate: -1.5,
      rule: "momentum",
      epochs: 60,
    },
    lesson: { without: { norm: false }, words: ["with batch normalisation", "without"] },
  },
  {
    id: "pretraining",
    title: "Pre-training",
    text: [
      "Before initialisation and normalisation were understood, deep networks were grown: each layer first learnt to reproduce its input through a bottleneck (an autoencoder), or served under the labels alone, and only then all of them were trained together.",
      "pretrain(net, x) and pretrain(net, x, y) do this; transfer(net, …) puts new layers on trained ones. With few labels it still pays.",
    ],
    train: {
      data: "circles",
      hidden: [16, 16, 16, 16, 16],
      activation: "sigmoid",
      norm: false,
      init: "xavier",
      before: "autoencoder",
      epochs: 40,
    },
    lesson: { without: { before: "none" }, words: ["grown first", "all at once"] },
    link: ["guides/training.html", "The guide to training"],
  },
  {
    id: "newton",
    title: "From Newton to Levenberg and Marquardt",
    formula: "x - (H + lambda)^(-1)*g",
    text: [
      "Newton jumps to the minimum of the quadratic model. Far from a minimum that model may have none: so its step is damped, turned (a modified Cholesky factor) or confined to a trust region.",
      "For sums of squares J’J stands in for the Hessian: Gauss and Newton. Adding λ to its diagonal moves from Gauss–Newton towards short gradient steps: Levenberg and Marquardt, who fit nearly all curves of this world. Quasi-Newton methods learn the curvature from gradients alone.",
    ],
    race: { fn: "rosenbrock", on: ["newton", "trustRegion", "bfgs", "lbfgs"], focus: "trustRegion" },
    link: ["fit.html", "Fit a curve by Levenberg–Marquardt"],
  },
  {
    id: "linear",
    title: "Linear systems",
    formula: "x*A*x/2 - b*x",
    text: [
      "Minimising this quadratic and solving Ax = b are the same. Steepest descent zigzags; conjugate gradients choose directions that do not undo each other and end, but for rounding, after as many steps as there are dimensions: here two.",
      "For large sparse systems they need the product Ax only, and a preconditioner decides how many steps: the condition number again.",
    ],
    race: {
      fn: "own",
      text: "(x + y)^2/2 + 8*(x - y)^2",
      on: ["gradientDescent", "nonlinearCG"],
      box: [-3, 3, -3, 3],
      start: [-2.6, -1],
    },
  },
  {
    id: "beyond",
    title: "Beyond gradients",
    text: [
      "Where f has jumps, noise or a hundred dents, slopes mislead. Nelder and Mead move a triangle; CMA-ES learns the shape of the valley from the ranking of a cloud of points; differential evolution and genetic algorithms recombine; annealing accepts going up, ever less often.",
      "None of them is cheap: count the evaluations. And from values alone no method finds the lowest of all points for certain in finite time.",
    ],
    race: {
      fn: "rastrigin",
      on: ["lbfgs", "nelderMead", "cmaes", "differentialEvolution", "simulatedAnnealing"],
      focus: "cmaes",
      budget: 3,
    },
  },
];
