// Further wrong calls of newcomers, over all rooms: what it is, the call, its code, and what the message must say.
import * as d from "../../src/index.js";
import { plot, plotRace, plotTrace, toHTML } from "../../src/plot/index.js";

export type Wrong = readonly [what: string, call: () => unknown, code: string, ...words: RegExp[]];

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
const f = (x: ArrayLike<number>) => (x[0]! - 1) ** 2;
const box = { lower: [0], upper: [1] };
const data = { x: [0, 1, 2, 3, 4], y: [1, 2, 3, 4, 5.1] };
const line = { model: "a*x + b", ...data, params: { a: 1, b: 1 } };
const fitted = () => a.curveFit(line);
const withText = (model: string) => () => a.curveFit({ ...line, model });
const withNet = (use: (net: ReturnType<typeof d.network>) => unknown) => () => {
  using net = d.network({ inputs: 2, layers: [d.dense(1)], loss: "mse" });
  return use(net);
};
const withOptimizer = (use: (o: ReturnType<typeof d.optimizer>) => unknown) => () => {
  using o = d.optimizer(2, d.adam());
  return use(o);
};
/** An option that is another's name elsewhere. */
const named = (where: string, call: (o: object) => unknown, table: Record<string, string>): Wrong[] =>
  Object.entries(table).map(([there, here]) => [
    `${where} { ${there} }`,
    () => call({ [there]: 1 }),
    "OPTION",
    new RegExp(`^${where}: unknown option "${there}" .*did you mean "${here}"`),
  ]);

export const more: readonly Wrong[] = [
  ...named("curveFit", (o) => a.curveFit({ ...line, ...o }), {
    initialValues: "params",
    f_scale: "lossScale",
    damping: "method",
    errors: "sigma",
    niter: "maxIterations",
    verbose: "onIteration",
  }),
  ...named("minimize", (o) => a.minimize(f, [0], o), {
    niter: "maxIterations",
    disp: "onIteration",
    verbose: "onIteration",
    eps: "differenceStep",
    epsilon: "differenceStep",
  }),
  ...named("adam", (o) => a.adam(o), { epsilon: "eps", decay: "weightDecay", rho: "beta2" }),
  ...named("rmsprop", (o) => a.rmsprop(o), { rho: "alpha", decay: "alpha", epsilon: "eps" }),
  ...named("sgd", (o) => a.sgd(o), { decay: "weightDecay", damping: "dampening" }),
  ...named("sample", (o) => a.sample(() => 0, [0], o), {
    nsteps: "draws",
    iterations: "draws",
    nwalkers: "chains",
  }),
  ["sample { cores }", () => a.sample(() => 0, [0], { cores: 4 } as never), "OPTION", /sampleAsync\(.*pool/],
  ...named("lstsq", (o) => a.lstsq([[1], [2]], [1, 2], o), { rcond: "tolerance", cond: "tolerance" }),
  ...named("solveQP", (o) => a.solveQP({ P: [[1]], q: [1], ...o }), { Q: "P", c: "q", G: "A", h: "u" }),
  ...named("solveLP", (o) => a.solveLP({ c: [1], lower: [0], ...o }), { A_ub: "A", b_ub: "u", lb: "lower" }),
  [
    "text numbers",
    () => a.curveFit({ ...line, y: ["1", 2, 3, 4, 5] }),
    "NON_FINITE_INPUT",
    /y\[0\] is "1", expected a number/,
  ],
  ["x left out", () => a.curveFit({ model: "a*x", y: [1] }), "SHAPE", /x must be an array .* got undefined/],
  [
    "x as a matrix",
    () => a.curveFit({ ...line, x: [[0]] }),
    "NON_FINITE_INPUT",
    /x\[0\] is Array of length 1/,
  ],
  [
    "params as an array",
    () => a.curveFit({ ...line, params: [1, 1] }),
    "OPTION",
    /such as \{ a: 1, b: 0.1 \}/,
  ],
  [
    "min above max",
    () => a.curveFit({ ...line, params: { a: { min: 2, max: 0 }, b: 1 } }),
    "OPTION",
    /"a": min 2 .* max 0/,
  ],
  [
    "init outside",
    () => a.curveFit({ ...line, params: { a: { init: 5, max: 2 }, b: 1 } }),
    "OPTION",
    /init 5 is outside/,
  ],
  [
    "a parameter of null",
    () => a.curveFit({ ...line, params: { a: null, b: 1 } }),
    "OPTION",
    /expected a number or \{ init/,
  ],
  [
    "value for init",
    () => a.curveFit({ ...line, params: { a: { value: 1 }, b: 1 } }),
    "OPTION",
    /did you mean "init"/,
  ],
  ["sigma of 0", () => a.curveFit({ ...line, sigma: 0 }), "OPTION", /sigma\[0\] must be > 0, got 0/],
  [
    "sigma too short",
    () => a.curveFit({ ...line, sigma: [1, 1] }),
    "SHAPE",
    /sigma has length 2, expected 5/,
  ],
  ["a misspelt loss", () => a.curveFit({ ...line, loss: "huberr" }), "OPTION", /did you mean "huber"/],
  [
    "too few points",
    () => a.curveFit({ model: "a*x + b", x: [1], y: [1] }),
    "SHAPE",
    /at least as many points/,
  ],
  [
    "positional arguments",
    () => a.curveFit("a*x", [1], [1]),
    "OPTION",
    /must be a plain object, got "a\*x"/,
    /its names are \{ model, x, y, params/,
  ],
  ["a function as options", () => a.curveFit(() => 1), "OPTION", /must be a plain object, got function/],
  ["absoluteSigma alone", () => a.curveFit({ ...line, absoluteSigma: true }), "OPTION", /there is no sigma/],
  ["an unfinished text", withText("a*x + "), "EXPRESSION", /the expression ends at column/],
  ["Math.exp", withText("a*Math.exp(-b*x)"), "EXPRESSION", /write the name alone/],
  ["a function without parentheses", withText("a*exp b"), "EXPRESSION", /did you mean "exp\(...\)"/],
  ["a slip in a function", withText("a*exq(-x)"), "EXPRESSION", /did you mean "exp"\?/],
  ["a product without *", withText("a x + b"), "EXPRESSION", /write products with \*: a\*x/],
  ["an open parenthesis", withText("a*(x + b"), "EXPRESSION", /expected "\)"/],
  ["gamma of two", withText("a*gamma(x, b)"), "EXPRESSION", /gamma takes 1 argument, got 2/],
  ["voigt of three", withText("a*voigt(x, b, 1)"), "EXPRESSION", /voigt takes 4 arguments, got 3/],
  ["a text for x", () => fitted().predict("3"), "SHAPE", /predict: x must be an array of numbers, got "3"/],
  ["columns where x was one", () => fitted().predict({ x: [1] }), "SHAPE", /as in the fit/],
  ["a level in per cent", () => fitted().band([1], { level: 95 }), "OPTION", /> 0 and < 1, got 95/],
  ["a band of no kind", () => fitted().band([1], { kind: "pred" }), "OPTION", /did you mean "prediction"/],
  ["a style that is none", () => fitted().report("html"), "OPTION", /one of brief, full, got "html"/],
  ["a profile of no parameter", () => fitted().profile("c"), "OPTION", /free: a, b/],
  ["an unknown name in derive", () => fitted().derive("a/c"), "EXPRESSION", /known names: a, b/],
  ["fits in a list", () => a.compareFits([fitted(), fitted()]), "OPTION", /write compareFits\(\.\.\.fits\)/],
  ["one fit compared", () => a.compareFits(fitted()), "OPTION", /two fits or more, got 1/],
  ["code in another language", () => a.fitCode(fitted(), "julia"), "OPTION", /one of js, python, r/],
  ["a report that is none", () => a.fromJSON("{}"), "PARSE", /JSON.stringify\(fit\)/],
  [
    "a shape that is none",
    () => a.fitPeaks({ ...data, shape: "gauss" }),
    "OPTION",
    /did you mean "gaussian"/,
  ],
  [
    "y that is no multiple",
    () => a.curveFitMany({ ...line, y: [1, 2, 3] }),
    "SHAPE",
    /no multiple of the 5 points/,
  ],
  [
    "a parameter that no curve has",
    () => a.curveFitMany({ ...line, params: { a: 1, b: 1, c: 1 } }),
    "OPTION",
    /c does not occur/,
  ],
  ["data that is no list", () => a.curveFit({ data, model: "a*x" }), "OPTION", /array of sets/],
  [
    "residuals that are returned",
    () => a.leastSquares(() => [1], 1, [1]),
    "CALLBACK_RESULT",
    /must fill its last argument/,
  ],
  ["no start", () => a.minimize(f), "SHAPE", /x0 must be an array of numbers, got undefined/],
  ["start before function", () => a.minimize([0], f), "OPTION", /f must be a function/],
  ["a method as options", () => a.minimize(f, [0], "lbfgs"), "OPTION", /got "lbfgs"/],
  ["a limit as text", () => a.minimize(f, [0], { maxIterations: "10" }), "OPTION", /integer >= 0, got "10"/],
  [
    "a controller as signal",
    () => a.minimize(f, [0], { signal: new AbortController() }),
    "OPTION",
    /AbortSignal/,
  ],
  [
    "onIteration: true",
    () => a.minimize(f, [0], { onIteration: true }),
    "OPTION",
    /must be a function, got true/,
  ],
  [
    "a side too short",
    () => a.minimize(f, [0, 0], { bounds: { lower: [0] } }),
    "SHAPE",
    /lower has length 1, expected 2/,
  ],
  [
    "a side of null",
    () => a.minimize(f, [0], { bounds: { lower: [null] } }),
    "NON_FINITE_INPUT",
    /lower\[0\] is null/,
  ],
  [
    "a function that returns nothing",
    () => a.minimize(() => undefined, [1]),
    "CALLBACK_RESULT",
    /got undefined/,
  ],
  ["a text as objective", () => a.minimize("x^2", [1]), "OPTION", /compileObjective/],
  [
    "a gradient alone",
    () => a.minimize({ grad: f }, [1]),
    "OPTION",
    /fun or funGrad, got an object with keys grad/,
  ],
  ["nothing to check", () => a.checkGradient(f, [1]), "OPTION", /grad or funGrad/],
  [
    "an open box for multistart",
    () => a.multistart(f, { lower: [-Infinity], upper: [1] }),
    "NON_FINITE_INPUT",
    /finite number/,
  ],
  ["a start for a bracket", () => a.findRoot((x: number) => x, 3), "OPTION", /must be a plain object, got 3/],
  [
    "bounds of a scalar by name",
    () => a.minimizeScalar((x: number) => x, { bounds: box }),
    "OPTION",
    /2 numbers/,
  ],
  ["an optimizer without a rule", () => a.optimizer([1]), "OPTION", /for example adam/],
  [
    "a step with gradients",
    withOptimizer((o) => o.step([1, 2] as never)),
    "OPTION",
    /closure must be a function/,
  ],
  ["a rate as text", () => a.adam({ lr: "0.1" }), "OPTION", /a number, a schedule/, /got "0.1"/],
  ["a rate alone", () => a.adam(0.1), "OPTION", /its names are \{ lr, /],
  ["a batch of 0", () => a.minibatches(10, 0), "OPTION", /size must be an integer >= 1, got 0/],
  ["units as text", () => a.dense("10"), "OPTION", /units must be an integer >= 1, got "10"/],
  ["no loss", () => a.network({ inputs: 1, layers: [d.dense(1)] }), "OPTION", /loss must be one of/],
  [
    "one layer, no list",
    () => a.network({ inputs: 1, layers: d.dense(1), loss: "mse" }),
    "OPTION",
    /a list of layers/,
  ],
  [
    "a layer by its name",
    () => a.network({ inputs: 1, layers: ["dense"], loss: "mse" }),
    "OPTION",
    /for example dense\(10\)/,
  ],
  [
    "no inputs",
    () => a.network({ layers: [d.dense(1)], loss: "mse" }),
    "OPTION",
    /inputs must be an integer >= 1/,
  ],
  [
    "targets too few",
    withNet((net) =>
      net.fit(
        [
          [1, 2],
          [3, 4],
        ],
        [1],
      ),
    ),
    "SHAPE",
    /y has length 1, expected 2/,
  ],
  [
    "columns too few",
    withNet((net) => net.fit([[1], [2]], [1, 2])),
    "SHAPE",
    /1 columns, this network takes 2/,
  ],
  [
    "a gap in the features",
    withNet((net) => net.fit([[1, NaN]], [1])),
    "NON_FINITE_INPUT",
    /x\[0\]\[1\] is NaN/,
  ],
  [
    "half an epoch",
    withNet((net) => net.fit([[1, 2]], [1], { epochs: 0.5 })),
    "OPTION",
    /integer >= 1, got 0.5/,
  ],
  [
    "a rule by its name",
    withNet((net) => net.fit([[1, 2]], [1], { optimizer: "adam" as never })),
    "OPTION",
    /for example adam/,
  ],
  [
    "a number for two features",
    withNet((net) => net.predict(3)),
    "SHAPE",
    /x has length 1, expected rows of 2/,
  ],
  ["a network from text", () => a.loadNetwork("abc"), "SNAPSHOT", /ArrayBuffer of net.save/],
  ["a rate of 2", () => a.dropout(2), "OPTION", />= 0 and < 1, got 2/],
  [
    "b before A",
    () =>
      a.solve(
        [1, 2],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    "SHAPE",
    /A\[0\] must be a row of numbers, got 1/,
  ],
  [
    "a product that does not fit",
    () => a.matmul([[1, 2]], [[1, 2]]),
    "SHAPE",
    /A has 2 columns, but B has 1 rows/,
  ],
  ["the determinant of a row", () => a.det([[1, 2]]), "SHAPE", /^det: A must be square, got 1 x 2/],
  ["vectors of two lengths", () => a.dot([1], [1, 2]), "SHAPE", /y has length 2, expected 1/],
  ["a norm that is none", () => a.norm([1], 3), "OPTION", /one of two, one, inf/],
  [
    "an index outside",
    () => a.csr({ rows: 1, cols: 1, rowPtr: [0, 1], colIdx: [5], values: [1] }),
    "SHAPE",
    /colIdx\[0\] is 5/,
  ],
  [
    "cg of an asymmetric matrix",
    () =>
      a.cg(
        [
          [1, 2],
          [0, 1],
        ],
        [1, 1],
      ),
    "NOT_SYMMETRIC",
    /A\[0\]\[1\] is 2/,
  ],
  [
    "an operator that answers",
    () => a.cg((x: unknown) => x, [1]),
    "CALLBACK_RESULT",
    /write the result into out/,
  ],
  ["a matrix of text", () => a.solve([["1"]], [1]), "NON_FINITE_INPUT", /A\[0\]\[0\] is "1"/],
  ["no box", () => a.minimizeGlobal(f), "OPTION", /\{ lower: \[...\], upper/],
  [
    "an open box",
    () => a.minimizeGlobal(f, { lower: [-Infinity], upper: [1] }),
    "NON_FINITE_INPUT",
    /finite bounds/,
  ],
  [
    "de as a method",
    () => a.minimizeGlobal(f, box, { method: "de" }),
    "OPTION",
    /did you mean "differentialEvolution"/,
  ],
  ["a population of one", () => a.minimizeGlobal(f, box, { popSize: 1 }), "OPTION", />= 4/],
  ["evolve without create", () => a.evolve({}), "OPTION", /genome.create must be a function/],
  ["a density without a start", () => a.sample(f), "SHAPE", /give a start, names, bounds or constraints/],
  ["no chains", () => a.sample(f, [0], { chains: 0 }), "OPTION", /chains must be an integer >= 1/],
  ["a density that is an object", () => a.sample(() => ({}), [0]), "CALLBACK_RESULT", /return -Infinity/],
  [
    "a prior for nothing",
    () => a.posterior(fitted(), { prior: { z: "normal(0, 1)" } }),
    "OPTION",
    /known options: a, b/,
  ],
  ["a program without c", () => a.solveLP({ A: [[1]] }), "SHAPE", /c must be an array of numbers/],
  [
    "a row too short",
    () => a.solveLP({ c: [1, 2], A: [[1]], l: [0], u: [1] }),
    "SHAPE",
    /A has 1 columns, c has length 2/,
  ],
  [
    "crossed sides",
    () => a.solveLP({ c: [1], A: [[1]], l: [2], u: [1] }),
    "OPTION",
    /l\[0\] is 2, above u\[0\]/,
  ],
  [
    "P in one triangle",
    () =>
      a.solveQP({
        P: [
          [1, 2],
          [0, 1],
        ],
        q: [1, 1],
      }),
    "NOT_SYMMETRIC",
    /give both triangles/,
  ],
  ["a program without min", () => a.model("x >= 1"), "PARSE", /begin with min or max/],
  ["a cubic program", () => a.model("min x^3"), "PARSE", /powers are 1 or 2/],
  [
    "a constraint as a function",
    () => a.minimizeConstrained(f, [0], { equality: f }),
    "OPTION",
    /write equality: \[c\]/,
  ],
  [
    "SciPy's constraints",
    () => a.minimizeConstrained(f, [0], { constraints: [] }),
    "OPTION",
    /equality, inequality or linear/,
  ],
  ["lasso without lambda", () => a.lasso([[1]], [1]), "OPTION", /lambda must be .*>= 0, got undefined/],
  ["labels 0 and 1", () => a.svm([[1], [2]], [0, 1]), "OPTION", /labels must be 1 and -1/],
  ["a file that is none", () => a.readMPS("hello"), "PARSE", /line 1, column 1/],
  ["a picture of nothing", () => plot({} as never), "SHAPE", /give the result of a fit/],
  ["a width as text", () => plot(fitted(), { width: "big" as never }), "OPTION", /width must be .*got "big"/],
  ["a race without traces", () => plotRace([fitted()] as never), "OPTION", /trace: true/],
  ["a trace of a number", () => plotTrace(3 as never), "SHAPE", /the result of a run, got 3/],
  ["a page of a text", () => toHTML("x" as never), "SHAPE", /the result of a fit, got "x"/],
  [
    "a Set for a mask",
    () => a.curveFit({ ...line, mask: new Set([true]) }),
    "SHAPE",
    /mask must be an array/,
    /a Set/,
  ],
  [
    "words for a mask",
    () => a.curveFit({ ...line, mask: ["yes", "no", "yes", "yes", "yes"] }),
    "OPTION",
    /mask\[0\] must be true or false, got "yes"/,
  ],
  [
    "held at nothing",
    () => a.curveFit({ ...line, params: { a: { fixed: true }, b: 1 } }),
    "OPTION",
    /parameter "a": init must be the number it is held at/,
  ],
  [
    "held at nothing, starts from the data",
    () => a.curveFit({ ...line, params: { a: { fixed: true }, b: {} } }),
    "OPTION",
    /init must be the number it is held at/,
  ],
  [
    "bounds of parameters",
    () => a.curveFit({ ...line, bounds: [[0, 1]] }),
    "OPTION",
    /params: \{ a: \{ init: 1, min: 0 \} \}/,
  ],
  [
    "lmfit's tuple",
    () => a.curveFit({ ...line, params: { a: [1, true, 0, 5], b: 1 } }),
    "OPTION",
    /parameter "a": expected a number or \{ init, min, max, fixed \}, got Array/,
  ],
  [
    "a controller for its signal",
    () => a.minimize(f, [0], { signal: new AbortController() }),
    "OPTION",
    /controller\.signal/,
    /got an AbortController/,
  ],
  [
    "dates as x",
    () => a.curveFit({ ...line, x: data.x.map((v) => new Date(v)) }),
    "NON_FINITE_INPUT",
    /x\[0\] is a Date.*x\.map\(Number\)/,
  ],
  [
    "gaps in y",
    () => a.curveFit({ ...line, y: [1, null, 3, 4, 5] }),
    "NON_FINITE_INPUT",
    /y\[1\] is null.*missing: "drop"/,
  ],
  ["a fit in place of its posterior", () => a.sample(fitted()), "OPTION", /posterior\(fit\)/],
  ["an activation beside the units", () => a.dense(10, "relu"), "OPTION", /dense\(10\), relu\(\)/],
  [
    "a start by name",
    () => a.sample(({ a: v }: { a: number }) => -v * v, { a: 1 }),
    "OPTION",
    /names go with the density/,
  ],
  ...["SLSQP", "trust-constr", "COBYLA"].map(
    (m): Wrong => [
      `minimize by ${m}`,
      () => a.minimize(f, [0], { method: m }),
      "OPTION",
      /minimizeConstrained/,
    ],
  ),
  ...["cmaes", "differential_evolution", "dual_annealing"].map(
    (m): Wrong => [`minimize by ${m}`, () => a.minimize(f, [0], { method: m }), "OPTION", /minimizeGlobal/],
  ),
  ...["lr", "learning_rate", "learningRate", "weight_decay"].map(
    (o): Wrong => [
      `minimize with ${o}`,
      () => a.minimize(f, [0], { [o]: 0.1 }),
      "OPTION",
      /the rule's: method: adam\(\{ lr/,
    ],
  ),
  [
    "minimize with momentum",
    () => a.minimize(f, [0], { momentum: 0.9 }),
    "OPTION",
    /method: sgd\(\{ lr: 1e-3, momentum: 0.9 \}\)/,
  ],
  ...["equality", "inequality", "linear", "bounds", "gradTol", "maxIterations"].map(
    (o): Wrong => [
      `${o} beside the function`,
      () => a.minimizeConstrained({ fun: f, [o]: [] }, [0], {}),
      "OPTION",
      new RegExp(`no part "${o}" \\(options come after x0`),
    ],
  ),
  [
    "bounds beside the function",
    () => a.minimize({ fun: f, bounds: { lower: 0 } }, [0]),
    "OPTION",
    /options come after x0/,
  ],
  [
    "maximize beside the function",
    () => a.minimize({ fun: (x: ArrayLike<number>) => -f(x), maximize: true }, [0]),
    "OPTION",
    /no part "maximize" \(options come after x0/,
  ],
  ["minimize by leastsq", () => a.minimize(f, [0], { method: "leastsq" }), "OPTION", /leastSquares does it/],
  ["minimize by Powell", () => a.minimize(f, [0], { method: "Powell" }), "OPTION", /"nelderMead"/],
  ["curveFit by trf", () => a.curveFit({ ...line, method: "trf" }), "OPTION", /"levenbergMarquardt"/],
  [
    "a box of pairs in two arrays",
    () =>
      a.minimize(f, [1, 1], {
        bounds: [
          [0, 0, 0],
          [2, 2, 2],
        ],
      }),
    "OPTION",
    /write \{ lower: bounds\[0\], upper: bounds\[1\] \}/,
  ],
  [
    "pairs by name",
    () => a.minimize(f, [1], { bounds: [{ min: 0, max: 1 }] }),
    "OPTION",
    /\{ lower: \[\.\.\.\], upper: \[\.\.\.\] \}/,
  ],
  ["min and max", () => a.minimize(f, [1], { bounds: { min: [0] } }), "OPTION", /"lower"/],
  ["bounds at the top", () => a.minimize(f, [1], { lower: [0] }), "OPTION", /bounds: \{ lower, upper \}/],
  [
    "a pair for a variable",
    () => a.minimizeGlobal(f, { x: [0, 1] }),
    "OPTION",
    /\{ x: \{ lower: 0, upper: 1 \} \}/,
  ],
  ["quadprog's H and f", () => a.solveQP({ H: [[1]], f: [1] }), "OPTION", /unknown option "H".*"P"/],
  ["a program of q alone", () => a.solveQP({ q: [1] }), "SHAPE", /P must be a matrix/],
  ["matrices one by one", () => a.solveQP([[1]], [1]), "OPTION", /its names are \{ P, q, /],
  [
    "a constraint that returns nothing",
    () => a.minimizeConstrained(f, [0], { inequality: [() => undefined] }),
    "CALLBACK_RESULT",
    /inequality\[0\] must return a number, got undefined/,
  ],
  [
    "a Jacobian that fills nothing",
    () =>
      a.minimizeConstrained(f, [0], {
        inequality: {
          count: 1,
          fun: (x: number[], out: number[]) => {
            out[0] = x[0]! - 2;
          },
          jacobian: () => {},
        },
      }),
    "CALLBACK_RESULT",
    /inequality\.jacobian left its last argument unwritten/,
  ],
  [
    "the inverse of a singular matrix",
    () =>
      a.inverse([
        [1, 2],
        [2, 4],
      ]),
    "SINGULAR",
    /^inverse: A is singular/,
  ],
  [
    "many fits by a promise",
    () => a.curveFitMany({ ...line, model: async () => 1, params: { a: 1 } }),
    "CALLBACK_RESULT",
    /^curveFitMany: /,
  ],
  [
    "odr by a promise",
    () => a.odr({ ...line, sigmaX: 0.1, model: async () => 1, params: { a: 1 } }),
    "CALLBACK_RESULT",
    /^odr: /,
  ],
  [
    "a check by a promise",
    () => a.checkGradient({ fun: async () => 1, grad: () => {} }, [1]),
    "CALLBACK_RESULT",
    /^checkGradient: a callback returned a Promise/,
  ],
  [
    "fitness that is no number",
    () => a.evolve({ genome: d.binary(4), fitness: () => "1" }),
    "CALLBACK_RESULT",
    /^evolve: fitness must return a number/,
  ],
  [
    "the gradient of pathfinder",
    () => a.pathfinder(() => 0, [0]),
    "OPTION",
    /^pathfinder: it needs the gradient(?!.*method)/,
  ],
];
