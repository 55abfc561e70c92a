// Parts of determinants.

const TWO_1000 = 1.0715086071862673e301;
const SMALL_1000 = 9.332636185032189e-302;

/** mantissa 2^exponent, which may leave the range of doubles. */
export function scaleByPower(mantissa: number, exponent: number): number {
  let value = mantissa;
  let e = exponent;
  for (; e >= 1000 && Number.isFinite(value); e -= 1000) value *= TWO_1000;
  for (; e <= -1000 && value !== 0; e += 1000) value *= SMALL_1000;
  for (; e > 0; e--) value *= 2;
  for (; e < 0; e++) value /= 2;
  return value;
}

/** +1 or -1: the sign of the permutation. */
export function permutationSign(perm: ArrayLike<number>): number {
  const seen = new Uint8Array(perm.length);
  let sign = 1;
  for (let i = 0; i < perm.length; i++) {
    let length = 0;
    for (let j = i; !seen[j]; j = perm[j]!) {
      seen[j] = 1;
      length++;
    }
    if (length > 0 && length % 2 === 0) sign = -sign;
  }
  return sign;
}
