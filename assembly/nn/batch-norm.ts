// Batch normalisation of an m x n batch by columns (Ioffe & Szegedy 2015, algorithm 1), row-major, rows n elements apart.
// Moments are gathered in blocks of 8 rows, each with its own mean, and merged as Chan, Golub & LeVeque (1983, equation
// 2.1): one pass over memory, and no cancellation however large the mean is against the spread.

import { lanes, madd } from "../simd";
import { put, take, tailOf, wholeBytes } from "../registers";

/** Rows in a block. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 8;

// @ts-ignore: decorator
@inline
function sum8<T>(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  const left = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
  return v128.add<T>(left, v128.add<T>(v128.add<T>(e, f), v128.add<T>(g, h)));
}

/** (x - mean)^2. */
// @ts-ignore: decorator
@inline
function square<T>(x: v128, mean: v128): v128 {
  const d = v128.sub<T>(x, mean);
  return v128.mul<T>(d, d);
}

/** Merges a block's mean and sum of squares into those at `mean` and `squares`: weight = nB / n, pair = nA nB / n. */
// @ts-ignore: decorator
@inline
function merge<T>(mean: usize, squares: usize, m: v128, q: v128, weight: v128, pair: v128, tail: i32): void {
  const a = take<T>(mean, tail);
  const delta = v128.sub<T>(m, a);
  put<T>(mean, madd<T>(delta, weight, a), tail);
  const b = v128.add<T>(take<T>(squares, tail), q);
  put<T>(squares, madd<T>(v128.mul<T>(delta, delta), pair, b), tail);
}

// @ts-ignore: decorator
@inline
function eight<T>(x: usize, row: usize, mean: usize, squares: usize, w: v128, p: v128, tail: i32): void {
  const r1 = x + row, r2 = r1 + row, r3 = r2 + row, r4 = r3 + row, r5 = r4 + row, r6 = r5 + row, r7 = r6 + row;
  const a = take<T>(x, tail), b = take<T>(r1, tail), c = take<T>(r2, tail), d = take<T>(r3, tail);
  const e = take<T>(r4, tail), f = take<T>(r5, tail), g = take<T>(r6, tail), h = take<T>(r7, tail);
  const m = v128.mul<T>(sum8<T>(a, b, c, d, e, f, g, h), v128.splat<T>(0.125));
  const q = sum8<T>(
    square<T>(a, m), square<T>(b, m), square<T>(c, m), square<T>(d, m),
    square<T>(e, m), square<T>(f, m), square<T>(g, m), square<T>(h, m),
  );
  merge<T>(mean, squares, m, q, w, p, tail);
}

function blockOf8<T>(n: i32, x: usize, mean: usize, squares: usize, weight: T, pair: T): void {
  const row = <usize>n * sizeof<T>();
  const w = v128.splat<T>(weight), p = v128.splat<T>(pair);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, mean += 16, squares += 16) {
    eight<T>(x, row, mean, squares, w, p, 0);
  }
  const tail = tailOf<T>(n);
  if (tail) eight<T>(x, row, mean, squares, w, p, tail);
}

/** The last rows of a batch: fewer than a block. */
function shortBlock<T>(rows: i32, n: i32, x: usize, mean: usize, squares: usize, weight: T, pair: T): void {
  const row = <usize>n * sizeof<T>();
  const w = v128.splat<T>(weight), p = v128.splat<T>(pair), count = v128.splat<T>(<T>rows);
  for (let j = 0; j < n; j += lanes<T>(), x += 16, mean += 16, squares += 16) {
    const tail = n - j < lanes<T>() ? n - j : 0;
    let s = take<T>(x, tail);
    let at = x;
    for (let i = 1; i < rows; i++) {
      at += row;
      s = v128.add<T>(s, take<T>(at, tail));
    }
    const m = v128.div<T>(s, count);
    let q = v128.splat<T>(0);
    at = x;
    for (let i = 0; i < rows; i++) {
      q = v128.add<T>(q, square<T>(take<T>(at, tail), m));
      at += row;
    }
    merge<T>(mean, squares, m, q, w, p, tail);
  }
}

/**
 * Takes m rows into the moments of `count` rows before them: mean[n] and squares[n], the sum of (x - mean)^2. count = 0
 * starts anew. So statistics over any number of chunks come from as many calls.
 */
export function moments<T>(m: i32, n: i32, x: usize, count: f64, mean: usize, squares: usize): void {
  if (count == 0) {
    memory.fill(mean, 0, <usize>n * sizeof<T>());
    memory.fill(squares, 0, <usize>n * sizeof<T>());
  }
  const step = <usize>(BLOCK * n) * sizeof<T>();
  for (; m >= BLOCK; m -= BLOCK, x += step) {
    const total = count + BLOCK;
    blockOf8<T>(n, x, mean, squares, <T>(BLOCK / total), <T>(count * BLOCK / total));
    count = total;
  }
  if (m > 0) shortBlock<T>(m, n, x, mean, squares, <T>(m / (count + m)), <T>(count * m / (count + m)));
}

/** y = (x - mean) inv gamma + beta, row by row: the difference comes first, so nothing cancels. */
// @ts-ignore: decorator
@inline
function normaliseRows<T>(m: i32, n: i32, x: usize, mean: usize, inv: usize, gamma: usize, beta: usize, y: usize): void {
  for (let i = 0; i < m; i++) {
    let mu = mean, s = inv, g = gamma, b = beta;
    for (const end = x + wholeBytes<T>(n); x < end; x += 16, y += 16, mu += 16, s += 16) {
      v128.store(y, normalised<T>(x, mu, s, g, b, 0));
      if (gamma) {
        g += 16;
        b += 16;
      }
    }
    const tail = tailOf<T>(n);
    if (tail == 0) continue;
    put<T>(y, normalised<T>(x, mu, s, g, b, tail), tail);
    x += <usize>tail * sizeof<T>();
    y += <usize>tail * sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function normalised<T>(x: usize, mean: usize, inv: usize, gamma: usize, beta: usize, tail: i32): v128 {
  const h = v128.mul<T>(v128.sub<T>(take<T>(x, tail), take<T>(mean, tail)), take<T>(inv, tail));
  return gamma ? madd<T>(h, take<T>(gamma, tail), take<T>(beta, tail)) : h;
}

function affineRows<T>(m: i32, n: i32, x: usize, mean: usize, inv: usize, gamma: usize, beta: usize, y: usize): void {
  normaliseRows<T>(m, n, x, mean, inv, gamma, beta, y);
}

function plainRows<T>(m: i32, n: i32, x: usize, mean: usize, inv: usize, y: usize): void {
  normaliseRows<T>(m, n, x, mean, inv, 0, 0, y);
}

// @ts-ignore: decorator
@inline
function normalise<T>(m: i32, n: i32, x: usize, mean: usize, inv: usize, gamma: usize, beta: usize, y: usize): void {
  if (gamma) affineRows<T>(m, n, x, mean, inv, gamma, beta, y);
  else plainRows<T>(m, n, x, mean, inv, y);
}

/**
 * Training: y = (x - mean) / sqrt(eps + var) gamma + beta with the batch's own moments, var the biased variance. gamma
 * and beta 0: without. Leaves mean[n] and inv[n] = 1 / sqrt(eps + var) for the backward pass and moves the running
 * statistics: r += momentum (new - r), the variance unbiased (PyTorch). y may not be x.
 */
function batchNorm<T>(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, momentum: f64, eps: f64,
): void {
  moments<T>(m, n, x, 0, mean, inv);
  const size = <usize>n * sizeof<T>();
  const w = <T>momentum, rest = <T>(1 - momentum), unbiased = <T>(momentum / max(m - 1, 1));
  for (let j: usize = 0; j < size; j += sizeof<T>()) {
    const squares = load<T>(inv + j);
    store<T>(runningMean + j, <T>(rest * load<T>(runningMean + j) + w * load<T>(mean + j)));
    store<T>(runningVar + j, <T>(rest * load<T>(runningVar + j) + unbiased * squares));
    store<T>(inv + j, <T>(<T>1 / sqrt<T>(<T>eps + squares / <T>m)));
  }
  normalise<T>(m, n, x, mean, inv, gamma, beta, y);
}

/** Evaluation: the same with the running statistics. */
function batchNormEval<T>(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, eps: f64,
): void {
  const size = <usize>n * sizeof<T>();
  memory.copy(mean, runningMean, size);
  for (let j: usize = 0; j < size; j += sizeof<T>()) {
    store<T>(inv + j, <T>(<T>1 / sqrt<T>(<T>eps + load<T>(runningVar + j))));
  }
  normalise<T>(m, n, x, mean, inv, gamma, beta, y);
}

export function momentsF64(m: i32, n: i32, x: usize, count: f64, mean: usize, squares: usize): void {
  moments<f64>(m, n, x, count, mean, squares);
}
export function momentsF32(m: i32, n: i32, x: usize, count: f64, mean: usize, squares: usize): void {
  moments<f32>(m, n, x, count, mean, squares);
}
export function batchNormF64(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, momentum: f64, eps: f64,
): void {
  batchNorm<f64>(m, n, x, gamma, beta, y, mean, inv, runningMean, runningVar, momentum, eps);
}
export function batchNormF32(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, momentum: f64, eps: f64,
): void {
  batchNorm<f32>(m, n, x, gamma, beta, y, mean, inv, runningMean, runningVar, momentum, eps);
}
export function batchNormEvalF64(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, eps: f64,
): void {
  batchNormEval<f64>(m, n, x, gamma, beta, y, mean, inv, runningMean, runningVar, eps);
}
export function batchNormEvalF32(
  m: i32, n: i32, x: usize, gamma: usize, beta: usize, y: usize, mean: usize, inv: usize,
  runningMean: usize, runningVar: usize, eps: f64,
): void {
  batchNormEval<f32>(m, n, x, gamma, beta, y, mean, inv, runningMean, runningVar, eps);
}
