// Spectral steps along projected gradients (Birgin, Martinez and Raydan, SIAM J. Optim. 10, 2000).

export const LEAST_STEP = 1e-12;
const LARGEST_STEP = 1e12;

/** |s|^2 / s'y, the inverse of a Rayleigh quotient of the mean Hessian (Barzilai and Borwein 1988). */
export function spectralStep(s: Float64Array, before: Float64Array, after: Float64Array): number {
  let ss = 0;
  let sy = 0;
  for (let j = 0; j < s.length; j++) {
    ss += s[j]! * s[j]!;
    sy += s[j]! * (after[j]! - before[j]!);
  }
  return sy > 0 ? Math.min(LARGEST_STEP, Math.max(LEAST_STEP, ss / sy)) : LARGEST_STEP;
}
