// Levels 2 and 3 inside the module: integer matrices whose results are exact, in both precisions, with
// guards.

import { gemm, gemmWork } from "../../assembly/dense/gemm";
import { gemv, gemvT } from "../../assembly/dense/gemv";
import { syrk, syrkWork } from "../../assembly/dense/syrk";
import { cholesky, choleskySolve, choleskyWork } from "../../assembly/linalg/cholesky";

function at<T>(x: StaticArray<T>): usize {
  return changetype<usize>(x) + sizeof<T>();
}

/** rows x cols small integers after one guard, with another guard behind. */
function integers<T>(rows: i32, cols: i32, seed: i32): StaticArray<T> {
  const x = new StaticArray<T>(rows * cols + 2);
  for (let i = 1; i <= rows * cols; i++) x[i] = <T>(((i * 7 + seed * 5) % 11) - 5);
  x[0] = <T>777;
  x[rows * cols + 1] = <T>777;
  return x;
}

function guardsHold<T>(x: StaticArray<T>): void {
  expect(x[0] == <T>777 && x[x.length - 1] == <T>777).toBe(true);
}

function work(bytes: usize): StaticArray<u8> {
  return new StaticArray<u8>(<i32>bytes);
}

function products<T>(): void {
  let wrong = 0;
  for (let m = 0; m <= 9; m++) {
    for (let n = 0; n <= 17; n += 1 + (n >> 2)) {
      const k = (m * 3 + n) % 10;
      const A = integers<T>(m, k, 1);
      const B = integers<T>(k, n, 2);
      const C = integers<T>(m, n, 3);
      const w = work(gemmWork<T>(m, n, k));
      gemm<T>(
        m,
        n,
        k,
        <T>2,
        at<T>(A),
        k,
        false,
        at<T>(B),
        n,
        false,
        <T>-1,
        at<T>(C),
        n,
        changetype<usize>(w),
      );
      const old = integers<T>(m, n, 3);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let s = <T>0;
          for (let p = 0; p < k; p++) s = <T>(s + A[1 + i * k + p] * B[1 + p * n + j]);
          if (C[1 + i * n + j] != <T>(2 * s - old[1 + i * n + j])) wrong++;
        }
      }
      guardsHold<T>(C);
    }
  }
  expect(wrong).toBe(0);
}

function vectors<T>(): void {
  let wrong = 0;
  for (let m = 0; m <= 9; m++) {
    for (let n = 0; n <= 11; n++) {
      const A = integers<T>(m, n, 4);
      const x = integers<T>(1, n, 5);
      const y = integers<T>(1, m, 6);
      gemv<T>(m, n, <T>1, at<T>(A), n, at<T>(x), <T>0, at<T>(y));
      for (let i = 0; i < m; i++) {
        let s = <T>0;
        for (let j = 0; j < n; j++) s = <T>(s + A[1 + i * n + j] * x[1 + j]);
        if (y[1 + i] != s) wrong++;
      }
      gemvT<T>(m, n, <T>1, at<T>(A), n, at<T>(y), <T>0, at<T>(x));
      for (let j = 0; j < n; j++) {
        let s = <T>0;
        for (let i = 0; i < m; i++) s = <T>(s + A[1 + i * n + j] * y[1 + i]);
        if (x[1 + j] != s) wrong++;
      }
      guardsHold<T>(x);
      guardsHold<T>(y);
    }
  }
  expect(wrong).toBe(0);
}

function gram<T>(): void {
  let wrong = 0;
  for (let n = 0; n <= 19; n++) {
    for (let m = 0; m <= 14; m += 1 + (m >> 2)) {
      const A = integers<T>(m, n, 7);
      const C = integers<T>(n, n, 8);
      const w = work(syrkWork<T>(m, n));
      syrk<T>(m, n, at<T>(A), n, at<T>(C), n, changetype<usize>(w));
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let s = <T>0;
          for (let p = 0; p < m; p++) s = <T>(s + A[1 + p * n + i] * A[1 + p * n + j]);
          if (C[1 + i * n + j] != s) wrong++;
        }
      }
      guardsHold<T>(C);
    }
  }
  expect(wrong).toBe(0);
}

/** min(i, j) + 1 = L L' with L all ones: every step of the factorisation is exact. */
function minimumMatrix<T>(n: i32): StaticArray<T> {
  const A = integers<T>(n, n, 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) A[1 + i * n + j] = j > i ? <T>NaN : <T>(j + 1);
  }
  return A;
}

function factors<T>(): void {
  let wrong = 0;
  for (let n = 0; n <= 40; n++) {
    const A = minimumMatrix<T>(n);
    const w = work(choleskyWork<T>(n));
    expect(cholesky<T>(n, at<T>(A), n, changetype<usize>(w))).toBe(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const v = A[1 + i * n + j];
        if (j > i ? !isNaN<T>(v) : v != <T>1) wrong++;
      }
    }
    // A (1, 2, 3 ...) by hand: row i is the sum of min(i, j) + 1 times j + 1.
    const b = integers<T>(1, n, 0);
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let j = 0; j < n; j++) s += (min(i, j) + 1) * (j + 1);
      b[1 + i] = <T>s;
    }
    choleskySolve<T>(n, at<T>(A), n, at<T>(b));
    for (let i = 0; i < n; i++) if (b[1 + i] != <T>(i + 1)) wrong++;
    guardsHold<T>(A);
    guardsHold<T>(b);
  }
  expect(wrong).toBe(0);
}

function failures<T>(): void {
  for (let n = 1; n <= 40; n += 1 + (n >> 3)) {
    for (let p = 0; p < n; p++) {
      for (let kind = 0; kind < 3; kind++) {
        const A = minimumMatrix<T>(n);
        // The pivot is A[p][p] - p: zero, negative, NaN.
        A[1 + p * n + p] = kind == 0 ? <T>p : kind == 1 ? <T>(p - 1) : <T>NaN;
        const w = work(choleskyWork<T>(n));
        expect(cholesky<T>(n, at<T>(A), n, changetype<usize>(w))).toBe(p + 1);
        guardsHold<T>(A);
      }
    }
  }
}

describe("dense", () => {
  it("multiplies matrices in f64", () => products<f64>());
  it("multiplies matrices in f32", () => products<f32>());
  it("multiplies vectors both ways in f64", () => vectors<f64>());
  it("multiplies vectors both ways in f32", () => vectors<f32>());
  it("forms A'A in f64", () => gram<f64>());
  it("forms A'A in f32", () => gram<f32>());
  it("factors and solves without reading the upper triangle in f64", () => factors<f64>());
  it("factors and solves without reading the upper triangle in f32", () => factors<f32>());
  it("names the failing pivot in f64", () => failures<f64>());
  it("names the failing pivot in f32", () => failures<f32>());
});
