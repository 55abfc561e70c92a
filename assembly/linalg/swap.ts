// Exchanges of numbers and rows.

// @ts-ignore: decorator
@inline
export function swap<T>(a: usize, b: usize): void {
  const t = load<T>(a);
  store<T>(a, load<T>(b));
  store<T>(b, t);
}

/** Exchanges n numbers of two rows. */
export function swapRows<T>(n: i32, a: usize, b: usize): void {
  const end = a + <usize>max(n, 0) * sizeof<T>();
  for (const stop = a + ((end - a) & ~15); a < stop; a += 16, b += 16) {
    const t = v128.load(a);
    v128.store(a, v128.load(b));
    v128.store(b, t);
  }
  for (; a < end; a += sizeof<T>(), b += sizeof<T>()) swap<T>(a, b);
}
