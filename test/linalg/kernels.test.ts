// Kernels below the public names: order 0, which the facade refuses, and leading dimensions larger than a row.

import { describe, expect, test } from "vitest";
import { loadSync } from "../../src/index.js";
import { kernelsOf } from "../../src/linalg/precision.js";
import type { CoreRuntime } from "../../src/runtime/runtime.js";
import { room as sparse } from "../../src/wasm/sparse.js";
import { room } from "../../src/wasm/spectral.js";
import { uniform } from "../reference/linalg.js";

test("incomplete Cholesky: the factor where its pattern has room for it, the first pivot that is not positive, nothing beyond", () => {
  const runtime = loadSync({ memoryBytes: 1 << 20 }) as CoreRuntime;
  const block = runtime.f64(64).data;
  const integers = new Int32Array(block.buffer, block.byteOffset + 256, 64);
  const factor = (n: number, entries: [row: number, column: number, value: number][], shift = 0) => {
    block.fill(NaN);
    integers.fill(0);
    const starts = integers.subarray(0, n + 1);
    entries.forEach(([i, j, value], k) => {
      starts[i + 1] = k + 1;
      integers[32 + k] = 8 * j;
      block[1 + k] = value;
    });
    const at = block.byteOffset;
    const code = runtime.kernels(sparse).incompleteCholesky(n, at + 256, at + 256 + 128, at + 8, shift);
    expect([block[0], block[1 + entries.length]]).toEqual([NaN, NaN]);
    return { code, L: [...block.subarray(1, 1 + entries.length)] };
  };
  // L = [2], [1, 2], [3, 1, 1].
  const A: [number, number, number][] = [
    [0, 0, 4],
    [1, 0, 2],
    [1, 1, 5],
    [2, 0, 6],
    [2, 1, 5],
    [2, 2, 11],
  ];
  expect(factor(3, A)).toEqual({ code: 0, L: [2, 1, 2, 3, 1, 1] });
  // Without the place (2, 1) it is left out: 11 - 9 under the root.
  expect(factor(3, A.toSpliced(4, 1))).toEqual({ code: 0, L: [2, 1, 2, 3, Math.sqrt(2)] });
  expect(factor(3, A, 3).L[0]).toBe(4);
  expect(factor(3, A.with(5, [2, 2, 10])).code).toBe(3);
  expect(factor(3, A.with(2, [1, 1, 1])).code).toBe(2);
  expect(factor(3, A.with(0, [0, 0, 0])).code).toBe(1);
  runtime.dispose();
});

describe.each(["f64", "f32"] as const)("%s", (precision) => {
  test("order 0 succeeds and touches nothing", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 }) as CoreRuntime;
    const k = kernelsOf(runtime, precision);
    const block = runtime.f64(256).data;
    block.fill(7);
    const at = block.byteOffset + 512;
    expect(k.lu(0, at, 0, at, at)).toBe(0);
    expect(k.cholesky(0, at, 0, at)).toBe(0);
    k.luSolve(0, at, 0, at, at, at);
    k.choleskySolve(0, at, 0, at);
    k.qrBlocked(0, 0, at, 0, at, at);
    k.qrFactor(0, 0, 0, at, 0, at, at, at, 1);
    expect(k.qrRank(0, 0, at, 0, 0)).toBe(0);
    k.ldl(0, at, 0, at, at);
    k.ldlSolve(0, at, 0, at, at, at, at, at);
    k.trsm(false, false, false, 0, 3, at, 0, at, 3, at);
    k.equilibrate(0, at, 0, at, at);
    k.residual(0, 0, at, 0, at, at, at);
    expect(runtime.kernels(room).eigSym(0, at, at, at, true, 0)).toBe(0);
    expect(k.norm1(0, 0, at, 0, at)).toBe(0);
    expect(k.lstsqFactor(0, 0, at, at, at, at, at, 0)).toBe(0);
    expect(block.every((v) => v === 7)).toBe(true);
    runtime.dispose();
  });

  test("eigSym says at which eigenvalue it ended where there is none to find", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 }) as CoreRuntime;
    const block = runtime.f64(64).data;
    // A diagonal with NaN at one place: the pair it belongs to is never told apart.
    [1, 1, 2, 3].forEach((index, bad) => {
      block.fill(0);
      for (let j = 0; j < 4; j++) block[5 * j] = j === bad ? NaN : 1 + j;
      const at = (j: number) => block.byteOffset + 8 * j;
      expect(runtime.kernels(room).eigSym(4, at(0), at(20), at(30), true, 0)).toBe(index);
    });
    runtime.dispose();
  });

  test("triangular solves with many right-hand sides: all eight cases, any size, gaps between rows untouched", () => {
    const runtime = loadSync({ memoryBytes: 8 << 20 }) as CoreRuntime;
    const k = kernelsOf(runtime, precision);
    const eps = precision === "f64" ? 2 ** -53 : 2 ** -24;
    for (const n of [1, 2, 3, 4, 5, 8, 9, 31, 64, 65, 70, 131]) {
      for (const count of [1, 2, 3, 4, 7, 8, 9, 17]) {
        const next = uniform(100 * n + count);
        const [lda, ldb] = [n + 3, count + 1];
        const A = runtime[precision](n * lda).data;
        const B = runtime[precision](n * ldb).data;
        const work = runtime.f64(Math.ceil(k.trsmWork(n, count) / 8));
        for (const upper of [false, true]) {
          for (const trans of [false, true]) {
            for (const unit of [false, true]) {
              for (let i = 0; i < n * lda; i++) A[i] = next() / n;
              for (let i = 0; i < n; i++) A[i * lda + i] = unit ? Number.NaN : 1 + Math.abs(next());
              // The other triangle must not be read.
              for (let i = 0; i < n; i++)
                for (let j = 0; j < n; j++) if (upper ? j < i : j > i) A[i * lda + j] = Number.NaN;
              for (let i = 0; i < n * ldb; i++) B[i] = next();
              const given = Float64Array.from(B);
              k.trsm(
                upper,
                trans,
                unit,
                n,
                count,
                A.byteOffset,
                lda,
                B.byteOffset,
                ldb,
                work.data.byteOffset,
              );
              let worst = 0;
              for (let i = 0; i < n; i++) {
                for (let c = 0; c < count; c++) {
                  let s = unit ? B[i * ldb + c]! : A[i * lda + i]! * B[i * ldb + c]!;
                  for (let j = 0; j < n; j++) {
                    if (j === i || (upper !== trans ? j < i : j > i)) continue;
                    s += (trans ? A[j * lda + i]! : A[i * lda + j]!) * B[j * ldb + c]!;
                  }
                  worst = Math.max(worst, Math.abs(s - given[i * ldb + c]!));
                }
                expect(B[i * ldb + count]).toBe(given[i * ldb + count]);
              }
              expect(worst).toBeLessThan(30 * n * eps);
            }
          }
        }
      }
    }
    runtime.dispose();
  });
});
