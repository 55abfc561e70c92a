// (J'J)^-1 from the normal equations, where they keep its digits; one fit and many take their standard errors from here.

import { F_A, F_D, F_FREE, F_G, F_GF, F_L, F_T, F_WORK, F_Y, SMALL } from "../../src/abi/least-squares";
import { copy, get, set, setIndex, slot } from "./frame";
import { dampedCholesky } from "./normal";
import { inverseSmall, solveSmall } from "./small-solve";

/** Smallest pivot of the unit-diagonal matrix that leaves 11 digits of the inverse; below it the orthogonal path is taken. */
const INVERSE_PIVOT: f64 = 1e-4;

/** Row z = L^-1 e_j for j <= i < n; zero before. */
function column(n: i32, j: i32, L: usize, z: usize): void {
  for (let i = 0; i < j; i++) set(z, i, 0);
  for (let i = j; i < n; i++) {
    let s = i == j ? 1.0 : 0.0;
    for (let c = j; c < i; c++) s -= get(L, i * n + c) * get(z, c);
    set(z, i, s / get(L, i * n + i));
  }
}

/** Product of L^-1 e_i and L^-1 e_j from row `from` on. */
function product(n: i32, from: i32, a: usize, b: usize): f64 {
  let s = 0.0;
  for (let c = from; c < n; c++) s += get(a, c) * get(b, c);
  return s;
}

/**
 * (J'J)^-1 of the J'J in F_A: its diagonal into `out` (n), or all of it (n*n) with `full`. 0, with nothing that counts written,
 * where the normal equations would lose digits.
 */
export function normalInverse(n: i32, full: i32, out: usize, frame: usize): i32 {
  if (n <= SMALL) {
    copy(n, slot(frame, F_G), slot(frame, F_GF));
    if (!(solveSmall(n, 0, frame) >= INVERSE_PIVOT)) return 0;
    inverseSmall(n, full != 0, out, frame);
    return 1;
  }
  const L = slot(frame, F_L), free = slot(frame, F_FREE), d = slot(frame, F_D), Z = slot(frame, F_T);
  for (let j = 0; j < n; j++) {
    setIndex(free, j, j);
    set(d, j, 0);
  }
  const pivot = dampedCholesky(n, n, slot(frame, F_A), d, 0, free, L, slot(frame, F_Y), slot(frame, F_WORK));
  if (!(pivot >= INVERSE_PIVOT)) return 0;
  const width = <usize>n << 3;
  for (let j = 0; j < n; j++) {
    const z = Z + <usize>j * width;
    column(n, j, L, z);
    if (full != 0) {
      for (let i = 0; i <= j; i++) {
        const value = product(n, j, Z + <usize>i * width, z);
        set(out, i * n + j, value);
        set(out, j * n + i, value);
      }
    } else set(out, j, product(n, j, z, z));
  }
  return 1;
}
