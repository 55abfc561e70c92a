// checkJacobian, and what leastSquares and it refuse.
import { jacobianOf, smooth } from "./least-squares-problems.js";

function* checks(d) {
  const f = ([a, b], out) => {
    out[0] = a * a - 2;
    out[1] = a * b;
    out[2] = b * b * b;
  };
  const right = ([a, b], J) => J.set([2 * a, 0, b, a, 0, 3 * b * b]);
  const off = (by) => (p, J) => {
    right(p, J);
    J[3] += by;
  };
  const check = (...o) => d.checkJacobian(f, ...o);
  for (const by of [0, 1e-12, 1e-9, 1e-7, 1e-6, 2e-5, 1e-3, 1, NaN, Infinity])
    yield [`checkJacobian off by ${by}`, () => check(off(by), 3, [3, 2])];
  for (const p of [
    [0, 0],
    [1e-8, 1e8],
    [1e12, -1e-12],
    [-3, 1e-300],
  ])
    yield [`checkJacobian at ${p}`, () => check(right, 3, p)];
  yield ["checkJacobian tolerance 0.1", () => check(off(0.2), 3, [3, 2], { tolerance: 0.1 })];
  yield ["checkJacobian tolerance 0", () => check(right, 3, [3, 2], { tolerance: 0 })];
  for (const [name, [g, m, start]] of Object.entries(smooth))
    yield [`checkJacobian ${name}`, () => d.checkJacobian(g, jacobianOf(g, m), m, start)];
  const wall = ([a], out) => out.fill(a > 1 ? NaN : a);
  yield ["checkJacobian at a wall", () => d.checkJacobian(wall, (_, J) => void J.fill(1), 1, [1])];
  const steps = ([a], out) => out.fill(Math.floor(a * 10));
  yield ["checkJacobian of steps", () => d.checkJacobian(steps, (_, J) => void J.fill(0), 1, [0.37])];
  const small = ([a, b], out) => {
    out[0] = a + 1e-9 * b;
    out[1] = b;
  };
  for (const entry of [1e-9, 2e-9, 1e-7, 1e-5])
    yield [
      `checkJacobian of a small entry ${entry}`,
      () => d.checkJacobian(small, (_, J) => J.set([1, entry, 0, 1]), 2, [1, 1]),
    ];
}

function* refused(d) {
  const f = (_, out) => void out.fill(1);
  const wrong = {
    "no function": () => d.leastSquares("x", 2, [1]),
    "no m": () => d.leastSquares(f, [1], {}),
    "m of text": () => d.leastSquares(f, "2", [1]),
    "m of 1.5": () => d.leastSquares(f, 1.5, [1]),
    "fewer residuals": () => d.leastSquares(f, 1, [1, 2]),
    "no parameter": () => d.leastSquares(f, 1, []),
    "a start of NaN": () => d.leastSquares(f, 3, [1, NaN]),
    "a key": () => d.leastSquares(f, 3, [1], { tol: 1 }),
    jacobian: () => d.leastSquares(f, 3, [1], { jacobian: 1 }),
    method: () => d.leastSquares(f, 3, [1], { method: "levenburg" }),
    "method of null": () => d.leastSquares(f, 3, [1], { method: null }),
    "a method without factor": () => d.leastSquares(f, 3, [1], { method: { name: "dogleg" } }),
    "a method of factor 0": () => d.leastSquares(f, 3, [1], { method: { name: "dogleg", factor: 0 } }),
    factor: () => d.levenberg({ factor: -1 }),
    "factor of a key": () => d.dogleg({ radius: 1 }),
    loss: () => d.leastSquares(f, 3, [1], { loss: "hubert" }),
    lossScale: () => d.leastSquares(f, 3, [1], { loss: "huber", lossScale: 0 }),
    "lossScale of text": () => d.leastSquares(f, 3, [1], { loss: "huber", lossScale: "max" }),
    level: () => d.leastSquares(f, 3, [1], { level: 1 }),
    absoluteSigma: () => d.leastSquares(f, 3, [1], { absoluteSigma: 1 }),
    "a start outside": () => d.leastSquares(f, 3, [1], { bounds: { lower: [2], upper: [3] } }),
    "bounds of another length": () => d.leastSquares(f, 3, [1], { bounds: { lower: [2, 1], upper: [3] } }),
    "an answer": () => d.leastSquares(() => [1, 2], 2, [1]),
    "an answer of the Jacobian": () => d.leastSquares(f, 2, [1], { jacobian: () => [1] }),
    "a promise": () => d.leastSquares(async () => {}, 2, [1]),
    "a number in place of a fill": () => d.leastSquares((p, out) => p[0] * out.length, 2, [1]),
    "a throw": () =>
      d.leastSquares(
        () => {
          throw new RangeError("mine");
        },
        2,
        [1],
      ),
    "check: no m": () => d.checkJacobian(f, f, undefined, [1]),
    "check: m 0": () => d.checkJacobian(f, f, 0, [1]),
    "check: p empty": () => d.checkJacobian(f, f, 1, []),
    "check: a key": () => d.checkJacobian(f, f, 1, [1], { tol: 1 }),
    "check: no function": () => d.checkJacobian(f, 1, 1, [1]),
    "check: NaN": () => d.checkJacobian((_, out) => void out.fill(NaN), f, 1, [1]),
    "check: a promise": () => d.checkJacobian(f, async () => {}, 1, [1]),
  };
  for (const [name, call] of Object.entries(wrong)) yield [`refused ${name}`, call];
}

export function* cases(d) {
  yield* checks(d);
  yield* refused(d);
}
