// Sobol's sequence (1967) in the order of Gray's code (Antonov and Saleev 1979): every 2^k consecutive points fill the
// unit cube evenly. Direction numbers: Joe and Kuo, SIAM J. Sci. Comput. 30 (2008) 2635, their table D6.

/** Primitive polynomials over GF(2), as bits, from the second variable on; the first has none. */
const POLYNOMIALS = [
  3, 7, 11, 13, 19, 25, 37, 41, 47, 55, 59, 61, 67, 91, 97, 103, 109, 115, 131, 137,
] as const;
/** The first direction numbers of each: as many as the degree. */
const FIRST = [
  [1],
  [1, 3],
  [1, 3, 1],
  [1, 1, 1],
  [1, 1, 3, 3],
  [1, 3, 5, 13],
  [1, 1, 5, 5, 17],
  [1, 1, 5, 5, 5],
  [1, 1, 7, 11, 19],
  [1, 1, 5, 1, 1],
  [1, 1, 1, 3, 11],
  [1, 3, 5, 5, 31],
  [1, 3, 3, 9, 7, 49],
  [1, 1, 1, 15, 21, 21],
  [1, 3, 1, 13, 27, 49],
  [1, 1, 1, 15, 7, 5],
  [1, 3, 1, 15, 13, 25],
  [1, 1, 5, 5, 19, 61],
  [1, 3, 7, 11, 23, 15, 103],
  [1, 3, 7, 13, 13, 15, 69],
] as const;
const BITS = 32;
export const SOBOL_VARIABLES = POLYNOMIALS.length + 1;

/** Direction numbers of variable j, scaled to 32 bits (section 2 of the paper). */
function directions(j: number): Uint32Array {
  const v = new Uint32Array(BITS);
  const polynomial = POLYNOMIALS[j - 1] ?? 1;
  const first = FIRST[j - 1] ?? [];
  const degree = first.length;
  for (let k = 0; k < BITS; k++) {
    if (k < degree || degree === 0) v[k] = (first[k] ?? 1) << (BITS - 1 - k);
    else {
      let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
      for (let i = 1; i < degree; i++) if ((polynomial >>> (degree - i)) & 1) next ^= v[k - i]!;
      v[k] = next;
    }
  }
  return v;
}

/** Points in (0, 1)^n for n <= SOBOL_VARIABLES, shifted bit by bit by `word()` of each variable where it is given. */
export class Sobol {
  readonly #directions: readonly Uint32Array[];
  readonly #bits: Uint32Array;
  #index = 0;

  constructor(n: number, word: (() => number) | null) {
    this.#directions = Array.from({ length: n }, (_, j) => directions(j));
    this.#bits = Uint32Array.from({ length: n }, () => word?.() ?? 0);
  }

  next(): Float64Array {
    // In the middle of its cell, so that no coordinate is 0.
    const point = Float64Array.from(this.#bits, (word) => (word + 0.5) / 4294967296);
    this.#index++;
    let changed = 0;
    while (((this.#index >>> changed) & 1) === 0) changed++;
    this.#directions.forEach((v, j) => {
      this.#bits[j] = this.#bits[j]! ^ v[changed]!;
    });
    return point;
  }
}
