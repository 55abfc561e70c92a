// The kernels of the room `convex` against their readable twins.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { D_COUNT, DUAL_WORDS } from "../../src/abi/convex.js";
import type { ConvexKernels } from "../../src/wasm/convex.js";
import { uniform } from "../kernels/instance.js";
import { dualTwin } from "../reference/dual.js";
import { tvAscend, tvMeasure, tvPicture } from "../reference/variation.js";

const memory = new WebAssembly.Memory({ initial: 64 });
const bytes = readFileSync(new URL("../../build/wasm/convex.simd.wasm", import.meta.url));
const k = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  .exports as unknown as ConvexKernels;

let top = 64;
const guards: Float64Array[] = [];
/** A vector followed by a guard that must stay as it is. */
function place(values: ArrayLike<number>): { at: number; v: Float64Array } {
  const at = top;
  const v = new Float64Array(memory.buffer, at, values.length);
  v.set(Array.from(values));
  top = (at + values.length * 8 + 15) & ~15;
  guards.push(new Float64Array(memory.buffer, top, 2).fill(12345));
  top += 16;
  return { at, v };
}
const intact = () => guards.every((guard) => guard.every((v) => v === 12345));
function fresh(): void {
  top = 64;
  guards.length = 0;
}

describe("total variation", () => {
  const random = uniform(7);
  const picture = (size: number, scale: number) =>
    Float64Array.from({ length: size }, () => scale * random());

  test("pictures and steps have the twin's bits, sums agree to rounding, for widths 1 to 67", () => {
    for (let width = 1; width <= 67; width++) {
      for (const height of [1, 2, 3, 5]) {
        fresh();
        const size = width * height;
        const f = place(picture(size, 100));
        const u = place(new Float64Array(size));
        const p = [place(picture(size, 1)), place(picture(size, 1))] as const;
        const q = [place(picture(size, 1)), place(picture(size, 1))] as const;
        const sums = place([0, 0, 0]);
        k.tvPicture(width, height, 20, f.at, q[0].at, q[1].at, u.at);
        expect(u.v).toEqual(tvPicture(width, height, 20, f.v, q[0].v, q[1].v));
        const twin = { p: [p[0].v.slice(), p[1].v.slice()], q: [q[0].v.slice(), q[1].v.slice()] } as const;
        // So that some are projected and others not.
        const tau = 1 / 100;
        const along = tvAscend(width, height, tau, 0.7, u.v, [...twin.p], [...twin.q]);
        const found = k.tvAscend(width, height, tau, 0.7, u.at, p[0].at, p[1].at, q[0].at, q[1].at);
        expect(Math.abs(found - along)).toBeLessThan(1e-12 * size);
        for (const d of [0, 1] as const) {
          expect(p[d].v).toEqual(twin.p[d]);
          expect(q[d].v).toEqual(twin.q[d]);
        }
        k.tvMeasure(width, height, f.at, u.at, p[0].at, p[1].at, sums.at);
        tvMeasure(width, height, f.v, u.v, [p[0].v, p[1].v]).forEach((v, i) => {
          expect(Math.abs(sums.v[i]! - v)).toBeLessThanOrEqual(1e-13 * size * Math.max(1, Math.abs(v)));
        });
        expect(intact()).toBe(true);
      }
    }
  });
});

describe("the dual active-set method", () => {
  /** The kernel on sides C x within [lo, up] of the point nearest to x0, H = C C'. */
  function solve(C: readonly number[][], v0: number[], lo: number[], up: number[]) {
    const N = v0.length;
    const most = N + 1;
    fresh();
    const H = C.map((a) => C.map((b) => a.reduce((s, v, j) => s + v * b[j]!, 0)));
    const columns = H.map((_, j) => place(H.map((row) => row[j]!)).at);
    const zeros = (n: number) => place(new Float64Array(n)).at;
    const [L0, U0, V0, V] = [place(lo).at, place(up).at, place(v0).at, zeros(N)];
    const unit = place(new Float64Array(N).fill(1)).at;
    const l = place(new Float64Array(most));
    const [next, set, state, L, d] = [
      zeros(most),
      zeros(most),
      zeros(N + 1),
      zeros(most * most),
      zeros(most),
    ];
    const list = zeros(N + 1);
    new Int32Array(memory.buffer, list, N).set(columns);
    const at = zeros(DUAL_WORDS);
    const frame = new Int32Array(memory.buffer, at, DUAL_WORDS);
    frame.set([N, most, L0, U0, V0, V, l.at, next, set, state, L, d, list, unit, 0, 0, 0, 0]);
    k.dualBegin(at);
    const code = k.dualPivot(at, 1e-11, 10_000);
    expect(intact()).toBe(true);
    const count = frame[D_COUNT]!;
    const sides = [...new Int32Array(memory.buffer, set, count)];
    return {
      code,
      H,
      sides,
      sign: sides.map((i) => new Int8Array(memory.buffer, state, N)[i]!),
      l: [...l.v.subarray(0, count)],
    };
  }

  test("ends with the twin's set and multipliers, for 0 to 67 sides in as many dimensions or fewer", () => {
    const random = uniform(11);
    const ends = { solved: 0, infeasible: 0 };
    for (let N = 0; N <= 67; N++) {
      for (const n of [N + 1, Math.max(1, N >> 1)]) {
        const C = Array.from({ length: N }, () => Array.from({ length: n }, () => random()));
        const x0 = Array.from({ length: n }, () => 3 * random());
        const inside = Array.from({ length: n }, () => random());
        const value = (a: number[], x: number[]) => a.reduce((s, v, j) => s + v * x[j]!, 0);
        // Every fifth program has sides around different points: they may contradict each other.
        const middle = C.map((a) => value(a, inside) + (N % 5 === 4 ? random() : 0));
        const lo = middle.map((v, i) => (i % 3 === 0 ? -Infinity : v - 0.2 * Math.abs(random())));
        const up = middle.map((v, i) => (i % 3 === 1 ? Infinity : v + 0.2 * Math.abs(random())));
        const v0 = C.map((a) => value(a, x0));
        const { code, H, sides, sign, l } = solve(C, v0, lo, up);
        const twin = dualTwin(H, v0, lo, up);
        ends[twin.status]++;
        expect(code).toBe(twin.status === "solved" ? 0 : -1);
        if (code !== 0) continue;
        const order = (s: readonly number[]) => [...s.keys()].sort((a, b) => s[a]! - s[b]!);
        const [mine, other] = [order(sides), order(twin.set)];
        expect(mine.map((i) => sides[i])).toEqual(other.map((i) => twin.set[i]));
        expect(mine.map((i) => sign[i])).toEqual(other.map((i) => twin.sign[i]));
        const size = Math.max(1, ...twin.multipliers.map(Math.abs));
        mine.forEach((i, place) => {
          expect(Math.abs(l[i]! - twin.multipliers[other[place]!]!)).toBeLessThan(1e-6 * size);
        });
      }
    }
    expect(ends.solved).toBeGreaterThan(80);
    expect(ends.infeasible).toBeGreaterThan(5);
  });
});
