// Wrong calls that newcomers make: each answer names the function that was called, what came, what was expected, and what to do.
import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";
import { exact } from "./exact-calls.js";
import { later } from "./later-calls.js";
import { more, type Wrong } from "./more-calls.js";

const f = (x: ArrayLike<number>) => (x[0]! - 1) ** 2;
const any = <T>(value: unknown): T => value as T;
const data = { x: [0, 1, 2, 3], y: [1, 2, 3, 4] };
const line = { model: "a*x + b", ...data, params: { a: 1, b: 1 } };

const names = (
  where: string,
  call: (o: object) => unknown,
  table: Readonly<Record<string, string>>,
): Wrong[] =>
  Object.entries(table).map(([there, here]) => [
    `${where} { ${there} }`,
    () => call({ [there]: 1 }),
    "OPTION",
    new RegExp(`^${where}.*unknown option "${there}"`),
    new RegExp(`did you mean "${here}"`),
  ]);

/** What every solver is asked for by other names. */
const everywhere = { maxiter: "maxIterations", callback: "onIteration", timeout: "maxTimeMs" };

const wrong: Wrong[] = [
  ...names("minimize", (o) => d.minimize(f, [0], o), {
    tol: "gradTol",
    gtol: "gradTol",
    ftol: "funTol",
    xtol: "stepTol",
    maxiter: "maxIterations",
    maxfev: "maxEvaluations",
    callback: "onIteration",
    timeout: "maxTimeMs",
    maximise: "maximize",
  }),
  ...names("curveFit", (o) => d.curveFit({ ...line, ...o }), {
    p0: "params",
    maxfev: "maxEvaluations",
    maxiter: "maxIterations",
    gtol: "gradTol",
    ftol: "funTol",
    xtol: "stepTol",
    yerr: "sigma",
    callback: "onIteration",
  }),
  ...names("adam", (o) => d.adam(o), { learningRate: "lr", learning_rate: "lr", eta: "lr" }),
  ...names("sgd", (o) => d.sgd(o), { learningRate: "lr", learning_rate: "lr", momentun: "momentum" }),
  ...names("rmsprop", (o) => d.rmsprop(o), { learning_rate: "lr" }),
  ...names("adamw", (o) => d.adamw(o), { learningRate: "lr" }),
  ...names("minimizeGlobal", (o) => d.minimizeGlobal(f, { lower: [-1], upper: [2] }, o), {
    maxiter: "maxIterations",
    maxfun: "maxEvaluations",
    callback: "onIteration",
    random_state: "seed",
  }),
  ...names("solveQP", (o) => d.solveQP({ P: [[1]], q: [1] }, o), {
    maxiter: "maxIterations",
    tol: "tolerance",
  }),
  ...names("cg", (o) => d.cg([[1]], [1], o), {
    maxiter: "maxIterations",
    rtol: "tolerance",
    tol: "tolerance",
  }),
  ...names("gmres", (o) => d.gmres([[1]], [1], o), { maxiter: "maxIterations" }),
  ...["bicgstab", "minres", "lsqr", "lsmr", "jacobi", "gaussSeidel"].flatMap((name) =>
    names(name, (o) => any<typeof d.cg>(any<Record<string, unknown>>(d)[name])([[1]], [1], o), everywhere),
  ),
  ...names("multistart", (o) => d.multistart(f, { lower: [0], upper: [1] }, o), everywhere),
  ...names("leastSquares", (o) => d.leastSquares((_p, out) => out.fill(0), 1, [1], o), everywhere),
  ...names("solveLP", (o) => d.solveLP({ c: [1], lower: [0] }, o), everywhere),
  ...names("minimizeConstrained", (o) => d.minimizeConstrained(f, [0], o), everywhere),
  ...names(
    "minimizeScalar",
    (o) => d.minimizeScalar((x) => x * x, any({ bounds: [-1, 1], ...o })),
    everywhere,
  ),
  ...names("iterate", (o) => d.iterate(f, [0], o), everywhere),
  ...names("curveFitMany", (o) => d.curveFitMany({ ...line, ...o }), { maxiter: "maxIterations" }),
  ...names("findRoot", (o) => d.findRoot((x) => x, { bracket: [-1, 1], ...o }), {
    xtol: "stepTol",
    maxiter: "maxIterations",
  }),
  ...names("solveEquations", (o) => d.solveEquations((_x, out) => out.fill(0), [1], o), {
    jac: "jacobian",
    fprime: "jacobian",
    xtol: "stepTol",
    maxfev: "maxEvaluations",
  }),
  [
    "the name of a method elsewhere",
    () => d.minimize(f, [0], { method: any("L-BFGS-B") }),
    "OPTION",
    /minimize: method/,
    /"lbfgs"/,
  ],
  ["Nelder-Mead", () => d.minimize(f, [0], { method: any("Nelder-Mead") }), "OPTION", /"nelderMead"/],
  [
    "a factory that is not called",
    () => d.minimize(f, [0], { method: any(d.newton) }),
    "OPTION",
    /call it: newton\(\)/,
  ],
  ["a rule by its name", () => d.minimize(f, [0], { method: any("adam") }), "OPTION", /adam\(\)/],
  ["a start that is text", () => d.minimize(f, any("1")), "SHAPE", /x0 must be an array of numbers/, /"1"/],
  ["an empty start", () => d.minimize(f, []), "SHAPE", /x0 is empty/],
  ["a start with NaN", () => d.minimize(f, [1, NaN]), "NON_FINITE_INPUT", /x0\[1\] is NaN/, /finite/],
  [
    "bounds as pairs",
    () => d.minimize(f, [0], { bounds: any([[0, 1]]) }),
    "OPTION",
    /\{ lower, upper \}/,
    /pairs/,
  ],
  ["a start outside", () => d.minimize(f, [3], { bounds: { upper: 1 } }), "OPTION", /x\[0\] = 3 is outside/],
  [
    "crossed bounds",
    () => d.minimize(f, [0], { bounds: { lower: 1, upper: 0 } }),
    "OPTION",
    /lower\[0\] = 1 is not <= /,
  ],
  [
    "bounds that are not kept",
    () => d.minimize(f, [0], { method: "nonlinearCG", bounds: { lower: 0 } }),
    "UNSUPPORTED",
    /takes no bounds/,
    /lbfgs/,
  ],
  [
    "a function that returns text",
    () =>
      d.minimize(
        any(() => "1"),
        [0],
      ),
    "CALLBACK_RESULT",
    /must return a number, got "1"/,
  ],
  [
    "a promise where none may be",
    () =>
      d.minimize(
        any(async () => 1),
        [0],
      ),
    "CALLBACK_RESULT",
    /Promise/,
    /minimizeAsync/,
  ],
  [
    "a gradient that is returned",
    () => d.minimize({ fun: f, grad: any(() => [1]) }, [0]),
    "CALLBACK_RESULT",
    /fill/,
  ],
  [
    "a part under another name",
    () => d.minimize(any({ fun: f, jac: f }), [0]),
    "OPTION",
    /no part "jac"/,
    /"grad"/,
  ],
  [
    "the gradient among the options",
    () => d.minimize(f, [0], any({ jac: f })),
    "OPTION",
    /minimize\(\{ fun, grad \}, x0\)/,
  ],
  ["no function", () => d.minimize(any(3), [0]), "OPTION", /f must be a function/, /got 3/],
  [
    "a scale of another length",
    () => d.minimize(f, [0], { scale: [1, 2] }),
    "SHAPE",
    /scale has length 2, expected 1/,
  ],
  [
    "a scale of 0",
    () => d.minimize(f, [0], { scale: [0] }),
    "OPTION",
    /scale\[0\] must be a positive number, got 0/,
  ],
  [
    "an option that is a number",
    () => d.minimize(f, [0], any(3)),
    "OPTION",
    /options must be a plain object, got 3/,
  ],
  [
    "more equations than unknowns",
    () => d.solveEquations([(x) => x[0]!, (x) => x[0]!], [1]),
    "SHAPE",
    /2 equations.*1 unknown/,
    /leastSquares/,
  ],
  [
    "an F that answers",
    () =>
      d.solveEquations(
        any((x: unknown) => x),
        [1],
      ),
    "CALLBACK_RESULT",
    /F must fill/,
  ],
  ["a bracket of one", () => d.findRoot((x) => x, { bracket: [1] }), "OPTION", /bracket must be 2 numbers/],
  ["x and y of two lengths", () => d.curveFit({ ...line, y: [1, 2] }), "SHAPE", /y has length 2/, /4/],
  [
    "blanks in the data",
    () => d.curveFit({ ...line, y: [1, NaN, 3, 4] }),
    "NON_FINITE_INPUT",
    /y\[1\] is NaN/,
  ],
  ["an unknown name in the text", () => d.curveFit({ ...line, model: "a*x + c" }), "EXPRESSION", /"c"/],
  [
    "lm as a method",
    () => d.curveFit({ ...line, method: any("lm") }),
    "OPTION",
    /method must be one of/,
    /"levenbergMarquardt"/,
  ],
  [
    "a loss of Keras",
    () => d.network({ inputs: 1, layers: [d.dense(1)], loss: any("meanSquaredError") }),
    "OPTION",
    /loss/,
    /"mse"/,
  ],
  [
    "a layer that is not called",
    () => d.network({ inputs: 1, layers: [any(d.tanh)], loss: "mse" }),
    "OPTION",
    /tanh/,
    /call it/,
  ],
  [
    "a singular matrix",
    () =>
      d.solve(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 1],
      ),
    "SINGULAR",
    /singular/,
  ],
  ["a right-hand side too long", () => d.solve([[1]], [1, 2]), "SHAPE", /b has length 2, expected 1/],
  ["rows of two lengths", () => d.solve(any([[1, 2], [3]]), [1, 2]), "SHAPE", /length/],
  [
    "an asymmetric matrix for cholesky",
    () =>
      d.cholesky([
        [1, 2],
        [0, 1],
      ]),
    "NOT_SYMMETRIC",
    /symmetric/,
  ],
  [
    "a matrix that is not definite",
    () =>
      d.cholesky([
        [1, 2],
        [2, 1],
      ]),
    "NOT_POSITIVE_DEFINITE",
    /positive definite/,
  ],
  ["a rule that is no rule", () => d.optimizer(2, any("adam")), "OPTION", /rule/],
  ["a negative rate", () => d.adam({ lr: -1 }), "OPTION", /lr must be .*>= 0|lr must be/, /got -1/],
  ["a density that is no function", () => d.sample(any(3), [0]), "OPTION", /sample/],
  [
    "a length for a start",
    () => d.sample(() => 0, any({ length: 3 })),
    "OPTION",
    /start\[0\] must be a number/,
  ],
  ["chains without draws", () => d.rHat(any([])), "SHAPE", /rHat: chains/],
  [
    "a box without sides",
    () => d.minimizeGlobal(() => 0, any<d.GlobalBox>([[0, 1]])),
    "OPTION",
    /minimizeGlobal/,
  ],
];

function thrown(call: () => unknown): d.DownhillError {
  try {
    call();
  } catch (error) {
    if (error instanceof d.DownhillError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const all = [...wrong, ...more, ...later];

test("they are 200 and more", () => {
  expect(all.length).toBeGreaterThanOrEqual(200);
});

describe(`${all.length} wrong calls`, () => {
  const rows = all.map(([what, call, code, ...words]) => [what, { call, code, words }] as const);
  test.each(rows)("%s", (_what, { call, code, words }) => {
    const error = thrown(call);
    expect(error.code).toBe(code);
    for (const word of words) expect(error.message).toMatch(word);
    // Said once: the hint stands in the message and is not printed beside it, and is absent where there is none.
    expect(Object.keys(error)).not.toContain("hint");
    if ("hint" in error) {
      expect(error.hint).toBeTruthy();
      expect(error.message.split(error.hint!).length).toBe(2);
    }
  });
});

test.each(exact.map(([call, message]) => [message, call] as const))("%s", (message, call) => {
  expect(thrown(call).message).toBe(message);
});
