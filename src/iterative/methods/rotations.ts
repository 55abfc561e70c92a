// Givens rotations.

/** sqrt(a^2 + b^2) without overflow. */
export function hypot(a: number, b: number): number {
  const big = Math.max(Math.abs(a), Math.abs(b));
  const small = Math.min(Math.abs(a), Math.abs(b));
  if (!(big > 0 && big < Infinity)) return big;
  const q = small / big;
  return big * Math.sqrt(1 + q * q);
}

/** [c, s, r] with c a + s b = r, -s a + c b = 0 (Golub and Van Loan, section 5.1.8). */
export function rotation(a: number, b: number): readonly [c: number, s: number, r: number] {
  const r = hypot(a, b);
  return r === 0 ? [1, 0, 0] : [a / r, b / r, r];
}
