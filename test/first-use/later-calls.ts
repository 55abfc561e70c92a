// Wrong calls that were found to be answered badly, or not at all: what it is, the call, its code, and what the message must say.
import * as d from "../../src/index.js";
import { plot } from "../../src/plot/index.js";
import type { Wrong } from "./more-calls.js";

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const draw = plot as any;
const data = { x: [0, 1, 2, 3, 4], y: [1, 2, 3, 4, 5.1] };
const line = { model: "a*x + b", ...data, params: { a: 1, b: 1 } };
const box = { lower: [-5, -5], upper: [5, 5] };
const bowl = ([u, v]: number[]) => (u! - 1) ** 2 + (v! + 2) ** 2;

export const later: readonly Wrong[] = [
  ["findRoot of a text", () => a.findRoot("x^2-2", { bracket: [0, 5] }), "OPTION", /\(x => x \* x - 2\)/],
  [
    "a compiled objective of two variables from one number",
    () => a.minimize(d.compileObjective("x^2 + y^2"), [1]),
    "SHAPE",
    /x has length 1, expected 2: x, y/,
  ],
  [
    "a global search of a text",
    () => a.minimizeGlobal("x^2", { lower: [0], upper: [1] }),
    "OPTION",
    /compileObjective\(text\)/,
  ],
  ["samples of a text", () => a.sample("normal(x, 0, 1)", [0]), "OPTION", /compileDensity\(text/],
  [
    "nan_policy",
    () => a.curveFit({ ...line, nan_policy: "omit" }),
    "OPTION",
    /unknown option "nan_policy" \(missing: "drop"/,
  ],
  ["minValues", () => a.curveFit({ ...line, minValues: [0, 0] }), "OPTION", /bounds go with params/],
  ["lb", () => a.curveFit({ ...line, lb: [0, 0] }), "OPTION", /bounds go with params: \{ a: \{ init: 1/],
  ["beta0", () => a.curveFit({ ...line, beta0: [0, 0] }), "OPTION", /did you mean "params"/],
  // Not sigma, nor y and x.
  ["weight", () => a.curveFit({ ...line, weight: [1, 1, 1, 1, 1] }), "OPTION", /did you mean "weights"/],
  ["dy", () => a.curveFit({ ...line, dy: 0.1 }), "OPTION", /did you mean "sigma"/],
  ["sx", () => a.curveFit({ ...line, sx: 0.1 }), "OPTION", /did you mean "sigmaX"/],
  ["Jac", () => a.curveFit({ ...line, Jac: () => 0 }), "OPTION", /did you mean "model\.jacobian"/],
  ["errorTolerance", () => a.curveFit({ ...line, errorTolerance: 1e-3 }), "OPTION", /did you mean "funTol"/],
  [
    "gradientDifference",
    () => a.curveFit({ ...line, gradientDifference: 1e-3 }),
    "OPTION",
    /did you mean "differenceStep"/,
  ],
  [
    "x as a parameter too",
    () => a.curveFit({ ...line, params: { a: 1, x: 1 } }),
    "OPTION",
    /as a variable and a/,
  ],
  [
    "a negative weight",
    () => a.curveFit({ ...line, weights: [1, 1, -1, 1, 1] }),
    "OPTION",
    /weights\[2\] must be > 0/,
  ],
  [
    "a schedule that was not called",
    () => d.optimizer(2, a.adam({ lr: d.schedules.cosine })).step(),
    "OPTION",
    /schedules\.cosine\(\{ lr, steps/,
  ],
  [
    "a schedule with numbers",
    () => a.schedules.cosine(0.1, 100),
    "OPTION",
    /schedules\.cosine\(\{ lr, steps/,
  ],
  ["matrix of too few", () => a.matrix(2, 2, [1, 2, 3]), "SHAPE", /^matrix: data has length 3/],
  ["verify of a text", () => a.verify("x"), "PARSE", /^verify: /],
  [
    "denoise of nested arrays",
    () =>
      a.denoise(
        [
          [1, 2],
          [3, 4],
        ],
        { lambda: 1 },
      ),
    "OPTION",
    /image must be an object \{ width/,
  ],
  ["plot(x, y)", () => draw(data.x, data.y), "OPTION", /plot takes the result of a fit/],
  [
    "plot(fit, file)",
    () => draw(d.curveFit(line), "fit.svg"),
    "OPTION",
    /an object of options, got "fit.svg"/,
  ],
  ["plot of a promise", () => draw(Promise.resolve(d.curveFit(line))), "SHAPE", /await it/],
  [
    "level curves of a promise",
    () => draw(d.minimize(bowl as never, [0, 0]), { fun: async () => 1 }),
    "CALLBACK_RESULT",
    /^plot: fun must return a number, got a Promise/,
  ],
  [
    "classify by squares",
    () => {
      using net = d.network({ inputs: 1, layers: [d.dense(1)], loss: "mse" });
      return net.classify([[1]]);
    },
    "UNSUPPORTED",
    /predict gives/,
  ],
  ["rows without sides", () => a.solveLP({ c: [1], A: [[1]] }), "SHAPE", /neither l nor u/],
  ["sides without rows", () => a.solveLP({ c: [1], u: [1] }), "SHAPE", /there is no A \(bounds of x/],
  [
    "maximize as an option",
    () => a.solveLP({ c: [1], lower: [0] }, { maximize: true }),
    "OPTION",
    /negate the objective/,
  ],
  [
    "method highs",
    () => a.solveLP({ c: [1], lower: [0] }, { method: "highs" }),
    "OPTION",
    /did you mean "simplex"/,
  ],
  ["iterateCg of nothing", () => a.iterateCg([[1]]), "SHAPE", /^iterateCg: b must be/],
  [
    "iterateGmres with an option of another",
    () => a.iterateGmres([[1]], [1], { omega: 1 }),
    "OPTION",
    /^iterateGmres: unknown/,
  ],
  [
    "iterateCg by a promise",
    () => a.iterateCg(async () => {}, [1]).next(),
    "CALLBACK_RESULT",
    /^iterateCg: a callback returned a Promise .*: cgAsync takes/,
  ],
  [
    "lossScale alone",
    () => a.curveFit({ ...line, lossScale: 0.1 }),
    "OPTION",
    /lossScale needs loss: "softL1"/,
  ],
  ["EXP in a text", () => a.curveFit({ ...line, model: "a*EXP(-b*x)" }), "EXPRESSION", /did you mean "exp"/],
  ["|x| in a text", () => a.curveFit({ ...line, model: "a*|x|" }), "EXPRESSION", /\|a\| is abs\(a\)/],
  [
    "findRoot { tol }",
    () => a.findRoot((t: number) => t, { bracket: [-1, 1], tol: 1 }),
    "OPTION",
    /mean "stepTol"/,
  ],
  [
    "maximize in a global search",
    () => a.minimizeGlobal(bowl, box, { maximize: true }),
    "OPTION",
    /x => -f\(x\)/,
  ],
  [
    "a pool in a synchronous search",
    () => a.minimizeGlobal(bowl, box, { pool: 1 }),
    "OPTION",
    /minimizeGlobalAsync takes it/,
  ],
  [
    "evolve without a genome",
    () => a.evolve({ fitness: () => 1 }),
    "OPTION",
    /genome: permutation\(n\), binary\(n\)/,
  ],
  [
    "linear rows without sides",
    () => a.minimizeConstrained(bowl, [0, 0], { linear: { A: [[1, 1]] } }),
    "OPTION",
    /\{ A, l, u \}, with l or u/,
  ],
  ["readLP of lp_solve", () => a.readLP("max: 3x;"), "PARSE", /model\(text\) reads other forms/],
  [
    "verify of a program alone",
    () => a.verify({ c: [1], lower: [0] }),
    "PARSE",
    /^verify: .*verify\(result, problem\)/,
  ],
  [
    "fromJSON of an altered value",
    () => {
      const report = JSON.parse(JSON.stringify(d.curveFit(line)));
      report.params.a.value = "2";
      return a.fromJSON(report);
    },
    "OPTION",
    /^fromJSON: parameter "a": expected a number or .* got "2"/,
  ],
  [
    "network({ optimizer })",
    () => a.network({ inputs: 1, layers: [d.dense(1)], loss: "mse", optimizer: 1 }),
    "OPTION",
    /net\.fit\(x, y, \{ \.\.\. \}\) takes it/,
  ],
  [
    "trainTestSplit(x, y, options)",
    () => a.trainTestSplit([[1], [2]], [1, 2], { test: 0.5 }),
    "OPTION",
    /options come fourth/,
  ],
  [
    "trainTestSplit { testSize }",
    () => a.trainTestSplit([[1], [2]], [1, 2], 1, { testSize: 0.5 }),
    "OPTION",
    /mean "test"/,
  ],
  [
    "step with gradients",
    () => {
      using o = d.optimizer(2, d.sgd());
      return (o as never as { step(g: number[]): void }).step([1, 1]);
    },
    "OPTION",
    /closure must be a function.*\(gradients go into grads\)/,
  ],
  ["schedules.step({ stepSize })", () => a.schedules.step({ lr: 1, stepSize: 10 }), "OPTION", /mean "every"/],
  ["lsqr of a function", () => a.lsqr(() => {}, [1]), "OPTION", /multiplyTransposed: \(y, out\)/],
  [
    "lsqr of a LinearOperator",
    () => a.lsqr({ shape: [1, 1], matvec() {}, rmatvec() {} }, [1]),
    "OPTION",
    /multiplyTransposed/,
  ],
  [
    "a matrix as a preconditioner",
    () => a.cg([[1]], [1], { preconditioner: [[1]] }),
    "OPTION",
    /a name, or a function \(r, z\)/,
  ],
  [
    "the same of a function",
    () => a.cg(() => {}, [1], { preconditioner: [[1]] }),
    "OPTION",
    /a name, or a function/,
  ],
  ["plot { xlim }", () => draw(d.curveFit(line), { xlim: [0, 1] }), "OPTION", /mean "range"/],
  ["plot { log }", () => draw(d.curveFit(line), { log: "y" }), "OPTION", /yScale: "log"/],
];
