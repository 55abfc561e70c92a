// Matrices on which eigenvalue solvers have lost vectors, digits or patience: A v = lambda v is recomputed.
import fc from "fast-check";
import { expect, test } from "vitest";
import { eig } from "../../src/index.js";

/** The largest |A v - lambda v| of a vector of length 1, beside |A|. */
function residual(A: readonly (readonly number[])[]): number {
  const n = A.length;
  const { re, im, vectors } = eig(A);
  const V = vectors!.data;
  const size = Math.hypot(...A.map((row) => Math.hypot(...row))) || 1;
  let worst = 0;
  for (let j = 0; j < n; j++) {
    if (im[j]! < 0) continue;
    const pair = im[j]! > 0;
    let [square, length] = [0, 0];
    for (let i = 0; i < n; i++) {
      let [a, b] = [0, 0];
      for (let k = 0; k < n; k++) {
        a += A[i]![k]! * V[k * n + j]!;
        if (pair) b += A[i]![k]! * V[k * n + j + 1]!;
      }
      const [v, w] = [V[i * n + j]!, pair ? V[i * n + j + 1]! : 0];
      square += (a - (re[j]! * v - im[j]! * w)) ** 2 + (b - (re[j]! * w + im[j]! * v)) ** 2;
      length += v * v + w * w;
    }
    expect(length).toBeCloseTo(1, 10);
    worst = Math.max(worst, Math.sqrt(square) / size);
  }
  return worst;
}

test("a matrix of zeros has the axes for vectors", () => {
  for (const n of [1, 2, 3, 7]) {
    const { vectors } = eig(Array.from({ length: n }, () => new Array<number>(n).fill(0)));
    expect([...vectors!.data]).toEqual(Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0)));
  }
});

// D. S. Watkins, A case where balancing is harmful, ETNA 23 (2006) 1: what rounding leaves below the diagonal is scaled up.
test("vectors of Hessenberg matrices with tiny entries below the diagonal keep their digits", () => {
  const entry = fc.integer({ min: -1500, max: 1500 }).map((v) => v / 1000);
  fc.assert(
    fc.property(
      fc
        .integer({ min: 2, max: 6 })
        .chain((n) => fc.array(fc.tuple(entry, fc.boolean()), { minLength: n * n, maxLength: n * n })),
      (entries) => {
        const n = Math.sqrt(entries.length);
        const A = Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_, j) => {
            const [value, tiny] = entries[i * n + j]!;
            return j < i - 1 ? 0 : value * (j === i - 1 && tiny ? 1e-14 : 1);
          }),
        );
        expect(residual(A)).toBeLessThan(1e-10);
      },
    ),
  );
  const { vectors } = eig([
    [1e-320, 1],
    [0, 0],
  ]);
  expect(vectors!.data.every(Number.isFinite)).toBe(true);
  const n = 10;
  const one = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) =>
      j < i - 1 ? 0 : j === i - 1 ? 1e-17 : j === i ? i + 1 : Math.sin(3 * i + 7 * j + 1),
    ),
  );
  expect(residual(one)).toBeLessThan(1e-14);
});

test("a graded matrix settles", () => {
  const n = 450;
  let state = 7;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const A = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => draw() * 10 ** ((-(i + j) * 8) / n)),
  );
  expect(residual(A)).toBeLessThan(1e-14);
});
