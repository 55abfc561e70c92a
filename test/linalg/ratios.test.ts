// LAPACK's test ratios (its own threshold is 30) for every factorisation and solve, in both precisions.

import { describe, expect, test } from "vitest";
import {
  cholesky,
  eigSym,
  inverse,
  ldl,
  loadSync,
  lstsq,
  lu,
  type Matrix,
  matrix,
  modifiedCholesky,
  qr,
  type Real,
  solve,
} from "../../src/index.js";
import {
  type Dense,
  difference,
  factorRatio,
  identity,
  norm1,
  orthogonalityRatio,
  permuted,
  product,
  roundoff,
  solveRatio,
  transposed,
  uniform,
} from "../reference/linalg.js";

const LIMIT = 10;
const sizes = [1, 2, 3, 5, 10, 17, 50, 67, 128, 300];

const kinds: Record<string, (n: number, next: () => number) => Float64Array> = {
  general: (n, next) => Float64Array.from({ length: n * n }, next),
  "badly scaled": (n, next) => {
    const rows = Float64Array.from({ length: n }, () => 10 ** Math.round(4 * next()));
    return Float64Array.from({ length: n * n }, (_, i) => rows[Math.floor(i / n)]! * next());
  },
  "nearly triangular": (n, next) =>
    Float64Array.from({ length: n * n }, (_, i) => {
      const [r, c] = [Math.floor(i / n), i % n];
      return r === c ? 2 + next() : c > r ? next() : 1e-3 * next();
    }),
};

function symmetric(n: number, next: () => number, shift: number): Float64Array {
  const B: Dense = { rows: n, cols: n, data: Float64Array.from({ length: n * n }, next) };
  const S = shift > 0 ? product(B, transposed(B)) : B;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      data[i * n + j] = S.data[i * n + j]! + (i === j ? shift : 0);
      data[j * n + i] = data[i * n + j]!;
    }
  }
  return data;
}

describe.each(["f64", "f32"] as const)("%s", (precision) => {
  const eps = roundoff[precision];
  const make = (n: number, cols: number, data: Float64Array): Matrix<Real> => ({
    rows: n,
    cols,
    data: precision === "f64" ? data : Float32Array.from(data),
  });
  const random = (n: number, cols: number, seed: number) =>
    make(n, cols, Float64Array.from({ length: n * cols }, uniform(seed)));
  const column = (b: ArrayLike<number>): Dense => ({ rows: b.length, cols: 1, data: b });

  describe.each(Object.entries(kinds))("LU of a %s matrix", (_, kind) => {
    test.each(sizes)("n = %i", (n) => {
      const A = make(n, n, kind(n, uniform(n)));
      const f = lu(A);
      expect(factorRatio(permuted(A, f.perm), product(f.L, f.U), eps)).toBeLessThan(LIMIT);
      expect(f.L.data.every((v) => Math.abs(v) <= 1)).toBe(true);
      const B = random(n, 5, n + 1);
      expect(solveRatio(A, f.solve(B), B, eps)).toBeLessThan(LIMIT);
      const b = B.data.slice(0, n);
      expect(solveRatio(A, column(f.solve(b)), column(b), eps)).toBeLessThan(LIMIT);
      expect(solveRatio(A, column(solve(A, b)), column(b), eps)).toBeLessThan(LIMIT);
      expect(solveRatio(A, solve(A, B), B, eps)).toBeLessThan(LIMIT);
      expect(solveRatio(A, column(solve(A, b, { method: "qr", refine: true })), column(b), eps)).toBeLessThan(
        LIMIT,
      );
      const X = inverse(A);
      // |I - A X| / (|A| |X| n eps), LAPACK's dget03.
      const inverted = norm1(difference(identity(n), product(A, X))) / (norm1(A) * norm1(X) * n * eps);
      expect(inverted).toBeLessThan(LIMIT);
      f.dispose();
    });
  });

  describe("Cholesky and LDL'", () => {
    test.each(sizes)("n = %i", (n) => {
      const A = make(n, n, symmetric(n, uniform(n), 1));
      const f = cholesky(A);
      expect(factorRatio(A, product(f.L, transposed(f.L)), eps)).toBeLessThan(LIMIT);
      const B = random(n, 7, n + 1);
      expect(solveRatio(A, f.solve(B), B, eps)).toBeLessThan(LIMIT);
      const b = B.data.slice(0, n);
      expect(solveRatio(A, column(f.solve(b)), column(b), eps)).toBeLessThan(LIMIT);
      f.dispose();

      const S = make(n, n, symmetric(n, uniform(n + 2), 0));
      const g = ldl(S);
      const LDL = product(product(g.L, g.D), transposed(g.L));
      expect(factorRatio(permuted(permuted(S, g.perm), g.perm, true), LDL, eps)).toBeLessThan(LIMIT);
      expect(solveRatio(S, column(g.solve(b)), column(b), eps)).toBeLessThan(LIMIT);
      expect(solveRatio(S, g.solve(B), B, eps)).toBeLessThan(LIMIT);
      const { values } = eigSym(S);
      expect(g.inertia.negative).toBe(values.filter((v) => v < 0).length);
      g.dispose();

      const m = modifiedCholesky(S);
      const M = product(product(m.L, m.D), transposed(m.L));
      const least = eigSym(matrix(n, n, M.data)).values[0]!;
      expect(least).toBeGreaterThan(0);
      expect(m.modified > 0).toBe(values[0]! < 0);
      const P = permuted(
        permuted({ rows: n, cols: n, data: M.data }, inverseOf(m.perm)),
        inverseOf(m.perm),
        true,
      );
      expect(solveRatio(P, column(m.solve(b)), column(b), eps)).toBeLessThan(LIMIT);
      m.dispose();
    });
  });

  describe("QR", () => {
    test.each(sizes.flatMap((n) => [[n, n] as const, [n + 13, n] as const]))("%i x %i", (m, n) => {
      const A = random(m, n, m + n);
      for (const pivot of [false, true]) {
        const f = qr(A, { pivot });
        const { Q, R } = f;
        expect(factorRatio(permuted(A, f.perm, true), product(Q, R), eps)).toBeLessThan(LIMIT);
        expect(orthogonalityRatio(Q, eps)).toBeLessThan(LIMIT);
        expect(f.rank).toBe(n);
        const b = Float64Array.from({ length: m }, uniform(5));
        const x = f.solve(b);
        const r = difference(column(Float64Array.from(b)), product(A, column(x)));
        // |A'r| / (|A| (|A| |x| + |b|) m eps)
        const size = norm1(A) * (norm1(A) * norm1(column(x)) + norm1(column(b))) * m * eps;
        expect(norm1(product(transposed(A), r)) / size).toBeLessThan(LIMIT);
        const fit = lstsq(A, b);
        expect(norm1(difference(column(fit.x), column(x))) * f.rcond).toBeLessThan(
          1e3 * eps * norm1(column(x)),
        );
        f.dispose();
      }
    });
  });
});

function inverseOf(perm: Int32Array): Int32Array {
  const out = new Int32Array(perm.length);
  perm.forEach((p, i) => {
    out[p] = i;
  });
  return out;
}

describe("symmetric eigenvalues", () => {
  test.each(sizes)("n = %i: A V = V diag(values), orthonormal V, ascending values", (n) => {
    const A = matrix(n, n, symmetric(n, uniform(n), 0));
    const { values, vectors } = eigSym(A);
    const scaled = matrix(
      n,
      n,
      vectors.data.map((v, i) => v * values[i % n]!),
    );
    expect(norm1(difference(product(A, vectors), scaled)) / (norm1(A) * n * 2 ** -53)).toBeLessThan(LIMIT);
    expect(orthogonalityRatio(vectors, 2 ** -53)).toBeLessThan(LIMIT);
    expect([...values]).toEqual([...values].sort((a, b) => a - b));
    const alone = eigSym(A, { vectors: false });
    alone.values.forEach((v, i) => {
      expect(Math.abs(v - values[i]!)).toBeLessThan(n * 1e-15 * norm1(A));
    });
  });
});

test("the relaxed variant, where the engine has it, keeps the same bounds", () => {
  const runtime = loadSync({ variant: "auto" });
  for (const n of [5, 20, 67, 130]) {
    const A = matrix(n, n, symmetric(n, uniform(n), 1));
    const B = matrix(n, 9, Float64Array.from({ length: 9 * n }, uniform(2)));
    for (const make of [lu, cholesky, ldl])
      expect(solveRatio(A, make(A, { runtime }).solve(B), B, 2 ** -53)).toBeLessThan(LIMIT);
    const { Q, R } = qr(A, { runtime });
    expect(factorRatio(A, product(Q, R), 2 ** -53)).toBeLessThan(LIMIT);
    expect(orthogonalityRatio(Q, 2 ** -53)).toBeLessThan(LIMIT);
  }
  runtime.dispose();
});
