// What a small step is worth (evidence.ts), starts of a multistart (spread.ts) and the update of Q R (qr-update.ts), each by itself.
import { describe, expect, test } from "vitest";
import { factorQR, solveR, updateQR } from "../../src/minimize/equations/qr-update.js";
import { outlook } from "../../src/minimize/evidence.js";
import { latinHypercube, sobolStarts } from "../../src/minimize/spread.js";
import { uniform } from "../kernels/instance.js";

describe("outlook", () => {
  const vector = (...v: number[]) => Float64Array.from(v);
  const look = (x: number[], g: number[], x0: number[], g0: number[], more: object = {}) => ({
    n: x.length,
    room: (_j: number) => Infinity,
    error: 0,
    bends: null,
    here: { x: vector(...x), g: vector(...g) },
    there: { x: vector(...x0), g: vector(...g0) },
    ...more,
  });

  test("of c |x - m|^2 / 2 it is all that is left, and the step to m", () => {
    // c = 4, m = (1, 2): f = 2 |x - m|^2 is 10 at (2, 4), 2 at (2, 2).
    const seen = look([2, 4], [4, 8], [3, 4], [8, 8]);
    // The step is the larger relative one: 1 of 2, 2 of 4.
    expect(outlook(seen, 10)).toEqual({ decrease: 1, step: 0.5 });
    expect(outlook(seen, 40)).toEqual({ decrease: 0.25, step: 0.5 });
    expect(outlook(look([2, 2], [4, 0], [3, 4], [8, 8]), 2)).toEqual({ decrease: 1, step: 0.5 });
    // The same products from a kernel that has overwritten the point before.
    expect(outlook(look([2, 4], [4, 8], [0, 0], [0, 0]), 10, { ss: 3, sy: 12 })).toEqual({
      decrease: 1,
      step: 0.5,
    });
  });

  test("with the worst of errors it is no less than what is left, and no more than that", () => {
    // f = |x|^2 / 2, at (3, 3) after (4, 4): the gradient errs by 0.125 up here, so that all looks flatter, and down there.
    const e = 0.125;
    const seen = look([3, 3], [3 - e, 3 - e], [4, 4], [4 - 3 * e, 4 - 3 * e], { error: e });
    // s'y = 2 - 4 e, less 2 e sqrt(n s's) = 4 e: curvature 1 - 4 e, |g| + e = 3.
    expect(outlook(seen, 1)).toEqual({ decrease: 9 / (1 - 4 * e), step: 1 / (1 - 4 * e) });
    const steep = look([3, 3], [3 - e, 3 - e], [4, 4], [4 + e, 4 + e], { error: e });
    expect(outlook(steep, 9)).toEqual({ decrease: 1, step: 1 });
  });

  test("no curvature beyond the errors: anything may be left", () => {
    expect(outlook(look([1], [1], [2], [1]), 1)).toEqual({ decrease: Infinity, step: Infinity });
    expect(outlook(look([1], [1], [2], [1.25], { error: 0.125 }), 1).decrease).toBe(Infinity);
    expect(outlook(look([1], [1], [2], [0]), 1).step).toBe(Infinity);
  });

  test("no less than the variables would gain one by one, where differences saw how f bends along them", () => {
    // f = x^2 / 2 + 8 y^2: half of the second derivatives are 0.5 and 8. Of the last step, along y, 16 is seen.
    const seen = look([2, 1], [2, 16], [2, 2], [2, 32], { bends: vector(0.5, 8) });
    expect(outlook(seen, 10).decrease).toBe(1);
    expect(outlook({ ...seen, bends: null }, 10).decrease).toBe(260 / 16 / 2 / 10);
    // f may bend downwards.
    expect(outlook({ ...seen, bends: vector(-0.5, -8) }, 10).decrease).toBe(1);
  });

  test("nothing where the gain is lost in rounding, where the gradient is 0, or behind a bound", () => {
    expect(outlook(look([1], [1e-7], [2], [1]), 1)).toEqual({ decrease: 0, step: 0 });
    expect(outlook(look([1], [1e-6], [2], [1]), 1).decrease).toBeGreaterThan(4e-13);
    expect(outlook(look([1], [0], [2], [1]), 1)).toEqual({ decrease: 0, step: 0 });
    const box = (x: number[], g: number[], lower: number[], upper: number[]) =>
      outlook(
        look(x, g, [x[0]! + 1, x[1]!], [g[0]! + 1, g[1]!], {
          room: (j: number) => (g[j]! > 0 ? x[j]! - lower[j]! : upper[j]! - x[j]!),
        }),
        1,
      );
    // f = (x^2 + y^2) / 2 + ..., curvature 1.
    expect(box([1, 2], [1, 2], [1, 2], [5, 5])).toEqual({ decrease: 0, step: 0 });
    expect(box([5, 5], [-1, -2], [1, 2], [5, 5])).toEqual({ decrease: 0, step: 0 });
    expect(box([1, 2], [-1, 2], [1, 2], [5, 5])).toEqual({ decrease: 0.5, step: 1 });
    expect(box([5, 5], [-1, 5], [1, 2], [5, 5])).toEqual({ decrease: 12.5, step: 1 });
  });
});

describe("starts of a multistart", () => {
  const [lower, upper] = [
    [-3, 10, 0],
    [5, 10, 1e-6],
  ];
  test("Latin hypercube: one start in each slice of every variable", () => {
    const starts = [...latinHypercube(20, lower!, upper!, 4)];
    expect(starts.length).toBe(20);
    for (const j of [0, 2]) {
      const slices = starts.map((x) => Math.floor(((x[j]! - lower![j]!) / (upper![j]! - lower![j]!)) * 20));
      expect(slices.slice().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    }
    expect(starts.every((x) => x[1] === 10)).toBe(true);
    // Not in order, and each variable in its own.
    expect(new Set(starts.map((x) => x[0]! > 1)).size).toBe(2);
    expect([...latinHypercube(20, lower!, upper!, 5)]).not.toEqual(starts);
  });
  test("Sobol: as many as were asked for, 2^k of them evenly in 2^k parts", () => {
    for (const count of [1, 5, 16]) {
      const starts = [...sobolStarts(count, lower!, upper!, 4)];
      expect(starts.length).toBe(count);
      for (const x of starts)
        x.forEach((v, j) => {
          expect(v >= lower![j]! && v <= upper![j]!).toBe(true);
        });
      if (count === 16) expect(new Set(starts.map((x) => Math.floor(2 * (x[0]! + 3)))).size).toBe(16);
    }
  });
});

describe("Q R and its update", () => {
  const product = (n: number, Q: Float64Array, R: Float64Array) =>
    Array.from({ length: n * n }, (_, e) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += Q[Math.floor(e / n) * n + k]! * R[k * n + (e % n)]!;
      return sum;
    });
  test.each([1, 2, 3, 5, 8])("of %d rows: an orthogonal and a triangular matrix with this product", (n) => {
    const random = uniform(n);
    const fill = (length: number) => Float64Array.from({ length }, () => random());
    const [J, Q, R, w] = [fill(n * n), fill(n * n), fill(n * n), fill(n)];
    const expected = [...J];
    const good = () => {
      const identity = product(
        n,
        Q.map((_, e) => Q[(e % n) * n + Math.floor(e / n)]!),
        Q,
      );
      const found = product(n, Q, R);
      for (let e = 0; e < n * n; e++) {
        const [i, j] = [Math.floor(e / n), e % n];
        expect(identity[e]).toBeCloseTo(i === j ? 1 : 0, 13);
        expect(found[e]).toBeCloseTo(expected[e]!, 12);
        if (i > j) expect(R[e]).toBe(0);
      }
    };
    factorQR(n, J, Q, R);
    good();
    for (let turn = 0; turn < 4; turn++) {
      const [u, v] = [fill(n), fill(n)];
      for (let e = 0; e < n * n; e++) expected[e]! += u[Math.floor(e / n)]! * v[e % n]!;
      updateQR(n, Q, R, u, v, w);
      good();
    }
    const b = fill(n);
    const x = new Float64Array(n);
    expect(solveR(n, R, b, x)).toBe(true);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = i; j < n; j++) sum += R[i * n + j]! * x[j]!;
      expect(sum).toBeCloseTo(b[i]!, 10);
    }
  });
  test("a pivot of 0 counts as a rounding of the largest; nothing is solved where R is 0", () => {
    const x = new Float64Array(2);
    expect(solveR(2, Float64Array.of(4, 1, 0, 0), Float64Array.of(1, 1), x)).toBe(true);
    expect(x[1]).toBe(2 ** 52 / 4);
    expect(solveR(2, new Float64Array(4), Float64Array.of(1, 1), x)).toBe(false);
  });
});
