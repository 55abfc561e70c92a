// A list whose elements change kind from the k-th reading on: whatever is taken of it was looked at, so what comes is an answer or an
// error of ours, never the engine's own.

import { describe, expect, test } from "vitest";
import * as d from "../../src/index.js";

/** `list`, of which an element is a BigInt from the k-th reading on. */
function changing(list: readonly number[], k: number): number[] {
  let reads = 0;
  return new Proxy([...list], {
    get: (target, key) =>
      typeof key === "string" && /^\d+$/.test(key) && ++reads > k ? 1n : Reflect.get(target, key),
  }) as number[];
}

const t = [0, 1, 2, 3, 4, 5];
const v = [1, 2.1, 2.9, 4.2, 5, 5.9];
const dispose = (it: unknown): void => (it as { dispose?: () => void } | null)?.dispose?.();
const line = "a + b*x";
/** A peak of five points in ten. */
const [across, peak] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [0, 0, 0.1, 1, 3, 5, 3, 1, 0.1, 0],
];

const takers: readonly (readonly [string, (list: (numbers: readonly number[]) => number[]) => unknown])[] = [
  [
    "q of a session",
    (l) => {
      const session = d.qpSession({ P: [[2]], q: [1] });
      try {
        session.update({ q: l([3]) });
      } finally {
        session.dispose();
      }
      return null;
    },
  ],
  [
    "sigmaX",
    (l) => d.curveFit({ model: line, x: t, y: v, sigmaX: l(t.map(() => 0.1)), params: { a: 1, b: 1 } }),
  ],
  ["y of a set", (l) => d.curveFit({ model: line, data: [{ x: t, y: l(v) }], params: { a: 1, b: 1 } })],
  ["sigma of peaks", (l) => d.fitPeaks({ x: across, y: peak, sigma: l(peak.map(() => 0.1)) })],
  [
    "b of a least-squares term",
    (l) => d.proximalGradient({ f: { A: [[2]], b: l([1]) }, g: d.prox.l1(1), x0: [0] }),
  ],
  ["center of prox.squared", (l) => d.prox.squared(1, l([1])).prox([2])],
  ["side of project.box", (l) => d.project.box(l([1])).project([2])],
  ["x0 of lasso", (l) => d.lasso([[1], [2]], [1, 2], 0.1, { x0: l([0]) })],
  ["x0 of admm", (l) => d.admm({ proxF: d.prox.l1(1), proxG: d.prox.zero(), x0: l([1]) })],
  ["x of peaks", (l) => d.fitPeaks({ x: l(across), y: peak })],
  ["y of peaks", (l) => d.fitPeaks({ x: across, y: l(peak) })],
  [
    "data of an objective",
    (l) => d.compileObjective("(a*x - y)^2", { data: { x: l(t), y: v }, reduce: "sum" }),
  ],
  [
    "data of a density",
    (l) => d.compileDensity("-(a*x - y)^2", { params: { a: {} }, data: { x: l(t), y: v }, reduce: "sum" }),
  ],
  [
    "x0 of CMA-ES",
    (l) =>
      d.minimizeGlobal(
        (x) => x[0]! ** 2,
        { lower: [-1], upper: [1] },
        {
          method: d.cmaes({ x0: l([0.5]) }),
          maxEvaluations: 20,
        },
      ),
  ],
  [
    "sigma of CMA-ES",
    (l) =>
      d.minimizeGlobal(
        (x) => x[0]! ** 2,
        { lower: [-1], upper: [1] },
        {
          method: d.cmaes({ sigma: l([0.5]) }),
          maxEvaluations: 20,
        },
      ),
  ],
  [
    "a metric",
    (l) =>
      d.sample((x) => -(x[0]! ** 2) / 2, [0], {
        method: "metropolis",
        metric: { kind: "diagonal", inverse: l([1]) },
        draws: 4,
        warmup: 0,
        chains: 1,
        seed: 1,
      }),
  ],
  [
    "gradOut of a network",
    (l) => {
      const net = d.network({ inputs: 1, layers: [d.dense(1)], loss: "mse", seed: 1 });
      try {
        net.forward([[1]]);
        net.backward(l([1]));
      } finally {
        net.dispose();
      }
      return null;
    },
  ],
];

describe("a list that changes while it is read", () => {
  test.each(takers)("%s", (_, take) => {
    dispose(take((list) => [...list]));
    for (let k = 0; k < 40; k++) {
      let error: unknown = null;
      try {
        dispose(take((list) => changing(list, k)));
      } catch (thrown) {
        error = thrown;
      }
      if (error !== null) expect(error).toBeInstanceOf(d.DownhillError);
    }
  });
});
