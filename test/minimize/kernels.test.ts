// The kernels of the room `smooth` against their readable twins.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { S_COUNT, S_GAMMA, S_GRADIENT, S_HEAD, S_SLOPE, S_STEP } from "../../src/abi/smooth.js";
import { lbfgs, minimize } from "../../src/index.js";
import type { SmoothKernels } from "../../src/wasm/smooth.js";
import { uniform } from "../kernels/instance.js";
import {
  bfgsUpdate,
  cauchyPoint,
  dot,
  identity,
  limitedHessian,
  type Pair,
  times,
  twoLoop,
} from "../reference/minimize.js";

const memory = new WebAssembly.Memory({ initial: 64 });
const bytes = readFileSync(new URL("../../build/wasm/smooth.simd.wasm", import.meta.url));
const k = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  .exports as unknown as SmoothKernels;

/** Vectors one after the other, each followed by a guard that must stay as it is. */
let top = 64;
const guards: Float64Array[] = [];
function place(length: number, values?: readonly number[]): { ptr: number; v: Float64Array } {
  const ptr = top;
  const v = new Float64Array(memory.buffer, ptr, length).fill(NaN);
  if (values) v.set(values);
  top = (ptr + length * 8 + 15) & ~15;
  guards.push(new Float64Array(memory.buffer, top, 2).fill(12345));
  top += 16;
  return { ptr, v };
}
const intact = () => guards.every((guard) => guard.every((v) => v === 12345));
function fresh(): void {
  top = 64;
  guards.length = 0;
}
const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  const size = Math.max(1e-300, ...Array.from(b, Math.abs));
  for (let i = 0; i < b.length; i++)
    expect(Math.abs((a[i] as number) - (b[i] as number))).toBeLessThanOrEqual(tolerance * size);
};

/** A convex quadratic walk: points with gradients whose differences have positive curvature. */
function walk(n: number, count: number, seed: number) {
  const random = uniform(seed);
  const eigen = Array.from({ length: n }, () => 1 + 4 * Math.abs(random()));
  const points = Array.from({ length: count }, () => Array.from({ length: n }, () => random()));
  return points.map((x) => ({ x, g: x.map((v, i) => v * (eigen[i] as number) + 0.1 * v * v * v) }));
}
const pairsOf = (points: { x: number[]; g: number[] }[]): Pair[] =>
  points.slice(1).map(({ x, g }, i) => {
    const before = points[i] as { x: number[]; g: number[] };
    return {
      s: x.map((v, j) => v - (before.x[j] as number)),
      y: g.map((v, j) => v - (before.g[j] as number)),
    };
  });

describe.each([1, 2, 3, 4, 7, 8, 31, 32, 33, 64, 101])("n = %i", (n) => {
  test("lbfgs: the direction is that of the two-loop recursion, with a ring that wraps", () => {
    fresh();
    const m = 4;
    const ld = n + (n & 1);
    const points = walk(n, 8, n);
    const [a, b] = [place(n), place(n)];
    const [ga, gb] = [place(n), place(n)];
    const [d, S, Y] = [place(n), place(m * ld), place(m * ld)];
    const [rho, alpha, state] = [place(m), place(m), place(16)];
    state.v.fill(0);
    points.slice(1).forEach(({ x, g }, i) => {
      const before = points[i] as { x: number[]; g: number[] };
      a.v.set(x);
      ga.v.set(g);
      b.v.set(before.x);
      gb.v.set(before.g);
      k.lbfgsStep(
        n,
        m,
        ld,
        a.ptr,
        ga.ptr,
        b.ptr,
        gb.ptr,
        d.ptr,
        S.ptr,
        Y.ptr,
        rho.ptr,
        alpha.ptr,
        state.ptr,
        0,
      );
      const pairs = pairsOf(points.slice(0, i + 2)).slice(-m);
      const expected = twoLoop(pairs, g);
      close(d.v, expected, 1e-12);
      close(
        b.v,
        x.map((v, j) => v + (expected[j] as number)),
        1e-12,
      );
      close([state.v[S_SLOPE] as number], [dot(g, expected)], 1e-11);
      expect(state.v[S_GRADIENT]).toBe(Math.max(...g.map(Math.abs)));
      close(
        [state.v[S_STEP] as number],
        [Math.sqrt(dot(pairs.at(-1)?.s ?? [], pairs.at(-1)?.s ?? []))],
        1e-13,
      );
      expect(state.v[S_COUNT]).toBe(Math.min(i + 1, m));
      expect(state.v[S_HEAD]).toBe((i + 1) % m);
    });
    expect(intact()).toBe(true);
  });

  test("bfgs: the direction is that of the updated inverse Hessian", () => {
    fresh();
    const points = walk(n, 6, 100 + n);
    const [a, b, ga, gb, d, s, y, u] = Array.from({ length: 8 }, () => place(n)) as [
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
      ReturnType<typeof place>,
    ];
    const H = place(n * n);
    const state = place(16);
    state.v.fill(0);
    let expected: number[][] = [];
    pairsOf(points).forEach((pair, i) => {
      const [before, after] = [points[i], points[i + 1]] as { x: number[]; g: number[] }[];
      if (i === 0) expected = identity(n, dot(pair.s, pair.y) / dot(pair.y, pair.y));
      expected = bfgsUpdate(expected, pair);
      a.v.set(after?.x ?? []);
      ga.v.set(after?.g ?? []);
      b.v.set(before?.x ?? []);
      gb.v.set(before?.g ?? []);
      k.bfgsStep(n, a.ptr, ga.ptr, b.ptr, gb.ptr, d.ptr, H.ptr, s.ptr, y.ptr, u.ptr, state.ptr, 0);
      close(H.v, expected.flat(), 1e-11);
      close(
        d.v,
        times(
          expected,
          (after?.g ?? []).map((v) => -v),
        ),
        1e-11,
      );
    });
    expect(intact()).toBe(true);
  });
});

describe.each([2, 3, 5, 9, 20])("L-BFGS-B, n = %i", (n) => {
  test.each([0, 1, 2, 5])(
    "with %i pairs the direction leads to the Cauchy point or lower, within the box",
    (count) => {
      for (let seed = 1; seed <= 10; seed++) {
        fresh();
        const m = 5;
        const ld = n + (n & 1);
        const random = uniform(1000 * n + 10 * count + seed);
        const points = walk(n, count + 1, 77 * seed + n);
        const [a, b, ga, gb] = Array.from({ length: 4 }, () => place(n)) as [
          ReturnType<typeof place>,
          ReturnType<typeof place>,
          ReturnType<typeof place>,
          ReturnType<typeof place>,
        ];
        const [d, breaks, cauchy, r] = Array.from({ length: 4 }, () => place(n)) as [
          ReturnType<typeof place>,
          ReturnType<typeof place>,
          ReturnType<typeof place>,
          ReturnType<typeof place>,
        ];
        const [S, Y, SS, SY] = [place(m * ld), place(m * ld), place(m * m), place(m * m)];
        const [small, state, heap] = [place(12 * m * m + 10 * m), place(16), place(n)];
        const last = points.at(-1) as { x: number[]; g: number[] };
        const lower = last.x.map((v) => v - (random() > 0 ? Math.abs(random()) : 0) * 0.8);
        const upper = last.x.map((v) => v + (random() > 0 ? Math.abs(random()) : 2) * 0.8);
        const [low, high] = [place(n, lower), place(n, upper)];
        state.v.fill(0);
        // Without a pair B is the identity.
        state.v[S_GAMMA] = 1;
        points.slice(1).forEach(({ x, g }, i) => {
          a.v.set(x);
          ga.v.set(g);
          b.v.set(points[i]?.x ?? []);
          gb.v.set(points[i]?.g ?? []);
          k.boxUpdate(
            n,
            m,
            ld,
            a.ptr,
            ga.ptr,
            b.ptr,
            gb.ptr,
            S.ptr,
            Y.ptr,
            SS.ptr,
            SY.ptr,
            low.ptr,
            high.ptr,
            state.ptr,
          );
        });
        a.v.set(last.x);
        ga.v.set(last.g);
        const slope = k.boxDirection(
          n,
          m,
          ld,
          a.ptr,
          ga.ptr,
          d.ptr,
          S.ptr,
          Y.ptr,
          SS.ptr,
          SY.ptr,
          low.ptr,
          high.ptr,
          breaks.ptr,
          cauchy.ptr,
          r.ptr,
          heap.ptr,
          small.ptr,
          state.ptr,
        );
        const B = limitedHessian(pairsOf(points), n);
        const expected = cauchyPoint(last.x, last.g, lower, upper, B);
        close(cauchy.v, expected, 1e-9);
        const model = (z: readonly number[]) => dot(last.g, z) + dot(z, times(B, z)) / 2;
        const toCauchy = expected.map((v, i) => v - (last.x[i] as number));
        const step = Array.from(d.v);
        expect(slope).toBeLessThanOrEqual(0);
        close([slope], [dot(last.g, step)], 1e-9);
        step.forEach((v, i) => {
          expect((last.x[i] as number) + v).toBeGreaterThanOrEqual((lower[i] as number) - 1e-15);
          expect((last.x[i] as number) + v).toBeLessThanOrEqual((upper[i] as number) + 1e-15);
        });
        // Where no projection cut it short, the step minimises the model over the free variables.
        const free = expected.map((v, i) => v > (lower[i] as number) && v < (upper[i] as number));
        const inside = step.every((v, i) => {
          const at = (last.x[i] as number) + v;
          return !free[i] || (at > (lower[i] as number) + 1e-12 && at < (upper[i] as number) - 1e-12);
        });
        if (inside) {
          expect(model(step)).toBeLessThanOrEqual(model(toCauchy) + 1e-12);
          const gradient = times(B, step).map((v, i) => v + (last.g[i] as number));
          gradient.forEach((v, i) => {
            if (free[i]) expect(Math.abs(v)).toBeLessThanOrEqual(1e-8);
          });
        }
        expect(intact()).toBe(true);
      }
    },
  );
});

test("lbfgsTurn takes the very steps of the general loop, however hard the search", () => {
  // stepTol > 0 takes the general loop, whose search is the readable twin.
  const hard = {
    fun: (x: Float64Array) => {
      const [a, b] = x as unknown as [number, number];
      return 100 * (b - a * a) ** 2 + (1 - a) ** 2 + 3 * Math.sin(5 * a) * Math.cos(4 * b);
    },
    grad: (x: Float64Array, g: Float64Array) => {
      const [a, b] = x as unknown as [number, number];
      g[0] = -400 * a * (b - a * a) - 2 * (1 - a) + 15 * Math.cos(5 * a) * Math.cos(4 * b);
      g[1] = 200 * (b - a * a) - 12 * Math.sin(5 * a) * Math.sin(4 * b);
    },
  };
  const random = uniform(5);
  let trials = 0;
  for (let i = 0; i < 200; i++) {
    const x0 = [3 * random(), 3 * random()];
    const method = lbfgs({ c2: i % 2 === 0 ? 0.9 : 0.1 });
    const turns = minimize(hard, x0, { method, trace: true });
    const general = minimize(hard, x0, { method, trace: true, stepTol: 1e-300 });
    expect(turns.trace?.map(({ x, fun, nfev }) => [...x, fun, nfev])).toEqual(
      general.trace?.map(({ x, fun, nfev }) => [...x, fun, nfev]),
    );
    expect([turns.status, turns.reason, ...turns.x]).toEqual([general.status, general.reason, ...general.x]);
    // A search that ends in rounding looks once more at its start.
    expect(Math.abs(turns.nfev - general.nfev)).toBeLessThanOrEqual(1);
    trials += turns.nfev - turns.nit;
  }
  expect(trials).toBeGreaterThan(1000);
});
