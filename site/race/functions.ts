// The landscapes of the race: text, where to look, where to start, and what each teaches.

export type Box = readonly [x1: number, x2: number, y1: number, y2: number];
export interface Landscape {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly box: Box;
  readonly start: readonly [number, number];
  /** The lowest value there is, where it is known. */
  readonly least: number | null;
  readonly lesson: string;
}

const land = (
  id: string,
  title: string,
  text: string,
  box: Box,
  start: readonly [number, number],
  least: number | null,
  lesson: string,
): Landscape => ({ id, title, text, box, start, least, lesson });

export const landscapes: readonly Landscape[] = [
  land(
    "rosenbrock",
    "Rosenbrock’s valley",
    "(1 - x)^2 + 100*(y - x^2)^2",
    [-2, 2, -1, 3],
    [-1.2, 1],
    0,
    "A bent valley with a flat floor. Reaching it is easy, following it is not: the gradient points across the valley, hardly along it. Methods that learn the curvature (BFGS, Newton) turn with the bend; a fixed rate crawls or is thrown from wall to wall.",
  ),
  land(
    "saddle",
    "Saddle",
    "x^2 - y^2 + y^4",
    [-1.5, 1.5, -1.5, 1.5],
    [1, 0.001],
    -0.25,
    "At the origin the slope is zero, yet it is no minimum: one direction still leads down. Plain gradient steps slide along the ridge towards it and linger there; Newton’s unmodified step would even be drawn to it. Noise, momentum or negative curvature gets away: the trust region sees a negative eigenvalue and follows it.",
  ),
  land(
    "cliff",
    "Cliff",
    "x^2/2 + y^2/20 + 20/(1 + exp(-20*(x - 1)))",
    [-3, 3, -3, 3],
    [1.12, 2],
    4.12e-8,
    "Gradients of a hundred next to gradients of one. A step whose length is rate times gradient is flung far out when it meets the wall. Rules that divide by the size of the gradient (Adam, RMSProp, Rprop), and clipping, take a step of ordinary length there.",
  ),
  land(
    "ravine",
    "Ravine",
    "(x + y)^2/2 + 50*(x - y)^2",
    [-3, 3, -3, 3],
    [-2.2, 1.4],
    0,
    "A quadratic with condition number 100, turned by 45°. The steep direction caps the learning rate (beyond 2/λmax steps diverge), the flat one then needs a hundred times as many. Momentum averages the zigzag away; adaptive rates per coordinate do not help much, as the axes of the ravine are not the coordinate axes. Newton solves it in one step.",
  ),
  land(
    "plateau",
    "Plateau",
    "1 - exp(-(x^2 + y^2/4)/2) + 0.0005*(x^2 + y^2)",
    [-6, 6, -6, 6],
    [4.2, -4.4],
    0,
    "Far from the hole the gradient all but vanishes, as it does behind saturated activations in a deep network. A step proportional to it goes nowhere; rules that only look at its sign, or divide by its size, march on. Out there the Hessian is not positive definite, so Newton has to be corrected.",
  ),
  land(
    "himmelblau",
    "Himmelblau: four minima",
    "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
    [-5, 5, -5, 5],
    [-0.3, -0.9],
    0,
    "Four minima of equal depth. Who arrives where depends on the start and the method: move it a little and watch the basins change. None of these answers is wrong.",
  ),
  land(
    "beale",
    "Beale",
    "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
    [-4.5, 4.5, -4.5, 4.5],
    [1, 1],
    0,
    "Steep corners, a nearly flat middle and a long narrow arm. Step lengths have to change by orders of magnitude on the way.",
  ),
  land(
    "twoBasins",
    "Two basins",
    "(x^2 - 1)^2 + x/5 + y^2",
    [-2, 2, -2, 2],
    [1.6, 1],
    -0.20244043434482242,
    "A higher and a lower basin. A local method ends in the basin that it starts in, and is right to say converged. Whoever wants the lower one needs other starts or a population.",
  ),
  land(
    "rastrigin",
    "Rastrigin: an egg box",
    "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
    [-5.12, 5.12, -5.12, 5.12],
    [-3.4, 2.6],
    0,
    "A hundred minima on a bowl. Local methods stop in the nearest dent. Populations average over the dents and see the bowl.",
  ),
  land(
    "ackley",
    "Ackley: a needle in a plain",
    "-20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + 22.718281828459045",
    [-5, 5, -5, 5],
    [-3.2, 3.9],
    0,
    "Nearly flat and rippled outside, a deep funnel within. What follows the gradient from far away is caught by the ripples.",
  ),
  land(
    "goldsteinPrice",
    "Goldstein and Price",
    "(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))",
    [-2, 2, -2, 2],
    [0.6, 0.4],
    3,
    "Values from 3 to a million in one picture: the scale of f says nothing about how near the minimum is.",
  ),
  land(
    "styblinskiTang",
    "Styblinski and Tang",
    "(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
    [-5, 5, -5, 5],
    [0.4, 3.2],
    -78.33233140754282,
    "A sum over the variables, with four minima of different depth. Between them lies a maximum: Newton’s pure step would climb it.",
  ),
  land(
    "threeHump",
    "Three-hump camel",
    "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
    [-3, 3, -3, 3],
    [-2.4, 1.8],
    0,
    "Three dents, the middle one the deepest. Momentum can carry an optimizer out of the outer ones: raise it and see.",
  ),
];

export const custom: Landscape = land(
  "own",
  "Your own",
  "sin(3*x) + cos(4*y) + (x^2 + y^2)/5",
  [-3, 3, -3, 3],
  [2, 2],
  null,
  "Any function of x and y: powers, exp, sin, sqrt, abs, min, max, conditions a ? b : c, sums. Gradient and Hessian are exact, from the text.",
);

export const landscapeOf = (id: string): Landscape => landscapes.find((l) => l.id === id) ?? custom;
