// A state that is taken at the last iteration that a limit allows, when the answer has been worked out already: in every room, what
// goes on from it comes to what a run comes to that was never stopped.

import { expect, test } from "vitest";
import * as d from "../../src/index.js";

interface Run extends Iterable<unknown> {
  state(): object;
  result: { status: string };
}
type Begin = (more: object) => unknown;

const valley = (p: ArrayLike<number>) => (1 - p[0]!) ** 2 + 100 * (p[1]! - p[0]! * p[0]!) ** 2;
const box = { lower: [-3, -3], upper: [3, 3] };
const normal = {
  logDensityGrad(x: ArrayLike<number>, g: Float64Array) {
    g[0] = -x[0]!;
    g[1] = -x[1]! / 4;
    return -0.5 * x[0]! ** 2 - 0.125 * x[1]! ** 2;
  },
};
const entries = Array.from({ length: 20 }, (_, i) => [
  [i, i, 3 + (i % 3)],
  ...(i > 0 ? [[i, i - 1, -1]] : []),
  ...(i < 19 ? [[i, i + 1, -1]] : []),
]).flat();
const A = d.csrFromTriplets({
  rows: 20,
  cols: 20,
  row: entries.map(([i]) => i!),
  col: entries.map(([, j]) => j!),
  value: entries.map(([, , v]) => v!),
});
const b = entries.slice(0, 20).map((_, i) => 1 + (i % 4));
const linear = { tolerance: 1e-12 };
const program = {
  A: [
    [1, 2],
    [-1, 2],
    [-1, -2],
  ],
  l: [-Infinity, -Infinity, -6],
  u: [6, 2, Infinity],
};
const disc = {
  count: 1,
  fun(x: ArrayLike<number>, out: Float64Array): void {
    out[0] = 1.5 - x[0]! ** 2 - x[1]! ** 2;
  },
};

const rooms: [string, Begin][] = [
  ...["bfgs", "lbfgs", "nelderMead", "newton", "trustRegion", "nonlinearCG", "gradientDescent"].map(
    (method): [string, Begin] => [
      method,
      (o) => d.iterate(valley, [-1.2, 1], { method: method as "bfgs", ...o }),
    ],
  ),
  ["cg", (o) => d.iterateCg(A, b, { ...linear, ...o })],
  ["cg with ssor", (o) => d.iterateCg(A, b, { ...linear, preconditioner: "ssor", ...o })],
  ["minres", (o) => d.iterateMinres(A, b, { ...linear, ...o })],
  ["gmres", (o) => d.iterateGmres(A, b, { ...linear, ...o })],
  ["gmres, restarted", (o) => d.iterateGmres(A, b, { ...linear, restart: 4, ...o })],
  ["bicgstab", (o) => d.iterateBicgstab(A, b, { ...linear, ...o })],
  ["jacobi", (o) => d.iterateJacobi(A, b, { ...linear, ...o })],
  ["gaussSeidel", (o) => d.iterateGaussSeidel(A, b, { ...linear, ...o })],
  ["lsqr", (o) => d.iterateLsqr(A, b, { ...linear, ...o })],
  ["lsmr", (o) => d.iterateLsmr(A, b, { ...linear, ...o })],
  ...["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"].map((method): [string, Begin] => [
    method,
    (o) => d.iterateGlobal(valley, box, { method: method as "cmaes", seed: 3, ...o }),
  ]),
  ...["nuts", "hmc", "mala", "metropolis", "slice", "ensemble"].map((method): [string, Begin] => [
    method,
    (o) =>
      d.iterateSample(normal, [0, 0], {
        method: method as "nuts",
        seed: 2,
        chains: method === "ensemble" ? 6 : 2,
        warmup: 20,
        draws: 20,
        ...o,
      }),
  ]),
  ...["sqp", "interiorPoint", "augmentedLagrangian"].map((method): [string, Begin] => [
    `${method}, nonlinear`,
    (o) => d.iterateConstrained(valley, [-1.2, 1], { method: method as "sqp", inequality: disc, ...o }),
  ]),
  ...["interiorPoint", "admm", "activeSet"].map((method): [string, Begin] => [
    `${method}, quadratic`,
    (o) =>
      d.iterateQP(
        {
          P: [
            [2, 0],
            [0, 2],
          ],
          q: [-2, -5],
          ...program,
        },
        { method: method as "admm", ...o },
      ),
  ]),
  ...["simplex", "interiorPoint", "pdhg"].map((method): [string, Begin] => [
    `${method}, linear`,
    (o) => d.iterateLP({ c: [-3, -5], lower: [0, 0], ...program }, { method: method as "pdhg", ...o }),
  ]),
];

/** Everything that is told but for the time it took. */
const told = (run: Run): string => {
  for (const _ of run);
  return JSON.stringify(run.result, (key, value) =>
    key === "elapsedMs" ? undefined : ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  );
};

test.each(rooms)("%s", (_, begin) => {
  const whole = told(begin({ maxIterations: 15 }) as Run);
  let compared = 0;
  for (let cut = 1; cut <= 9; cut++) {
    const first = begin({ maxIterations: cut }) as Run;
    let state: object | undefined;
    for (const _ of first) state = structuredClone(first.state());
    // What converged in its last iteration makes sure of that again.
    if (!state || first.result.status !== "stopped") continue;
    compared++;
    expect(told(begin({ maxIterations: 15, resume: state }) as Run), `cut after ${cut}`).toBe(whole);
  }
  expect(compared).toBeGreaterThan(0);
});
