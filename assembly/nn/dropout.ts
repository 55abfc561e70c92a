// Inverted dropout (Srivastava et al. 2014, section 10). Whether an element stays is a function of (seed, layer, step,
// element) alone: Philox4x32-10 (Salmon et al. 2011, section 3.3), the same words as src/random/philox.ts.

import { put, take, tailOf, wholeBytes } from "../registers";

/**
 * y = x mask, mask = 0 where the random word is below `threshold` = p 2^32 and scale = 1 / (1 - p) elsewhere. The counter of
 * element i is (i / 4, step, layer, 0); its word is number i % 4.
 */
function dropout<T>(
  n: i32, x: usize, y: usize, mask: usize, threshold: u32, scale: T, key0: u32, key1: u32, layer: u32, step: u32,
): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) four<T>(mask + <usize>i * sizeof<T>(), 4, i >> 2, threshold, scale, key0, key1, layer, step);
  if (i < n) four<T>(mask + <usize>i * sizeof<T>(), n - i, i >> 2, threshold, scale, key0, key1, layer, step);
  scaled<T>(n, x, mask, y);
}

function four<T>(
  mask: usize, count: i32, block: u32, threshold: u32, scale: T, key0: u32, key1: u32, layer: u32, step: u32,
): void {
  let c0 = block, c1 = step, c2 = layer, c3: u32 = 0;
  for (let round = 0; round < 10; round++) {
    const p = <u64>0xd2511f53 * <u64>c0, q = <u64>0xcd9e8d57 * <u64>c2;
    c0 = <u32>(q >> 32) ^ c1 ^ key0;
    c2 = <u32>(p >> 32) ^ c3 ^ key1;
    c1 = <u32>q;
    c3 = <u32>p;
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  store<T>(mask, c0 < threshold ? <T>0 : scale);
  if (count > 1) store<T>(mask, c1 < threshold ? <T>0 : scale, sizeof<T>());
  if (count > 2) store<T>(mask, c2 < threshold ? <T>0 : scale, 2 * sizeof<T>());
  if (count > 3) store<T>(mask, c3 < threshold ? <T>0 : scale, 3 * sizeof<T>());
}

/** y = x mask: forward with the mask made, and backward with dy for x. */
function scaled<T>(n: i32, x: usize, mask: usize, y: usize): void {
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, mask += 16, y += 16) {
    v128.store(y, v128.mul<T>(v128.load(x), v128.load(mask)));
  }
  const tail = tailOf<T>(n);
  if (tail) put<T>(y, v128.mul<T>(take<T>(x, tail), take<T>(mask, tail)), tail);
}

export function dropoutF64(
  n: i32, x: usize, y: usize, mask: usize, threshold: u32, scale: f64, key0: u32, key1: u32, layer: u32, step: u32,
): void {
  dropout<f64>(n, x, y, mask, threshold, scale, key0, key1, layer, step);
}
export function dropoutF32(
  n: i32, x: usize, y: usize, mask: usize, threshold: u32, scale: f32, key0: u32, key1: u32, layer: u32, step: u32,
): void {
  dropout<f32>(n, x, y, mask, threshold, scale, key0, key1, layer, step);
}
export function maskedF64(n: i32, x: usize, mask: usize, y: usize): void { scaled<f64>(n, x, mask, y); }
export function maskedF32(n: i32, x: usize, mask: usize, y: usize): void { scaled<f32>(n, x, mask, y); }
