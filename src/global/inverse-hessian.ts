// The inverse Hessian of BFGS, (6.17) in Nocedal and Wright, Numerical Optimization, 2nd ed.

/** H (n x n) after the step s from gradient g to gNew; left alone where the curvature along s is lost in rounding. hy: workspace. */
export function updateInverse(
  H: Float64Array,
  s: Float64Array,
  g: Float64Array,
  gNew: Float64Array,
  hy: Float64Array,
): void {
  const n = s.length;
  let sy = 0;
  let ss = 0;
  let yy = 0;
  for (let j = 0; j < n; j++) {
    const y = gNew[j]! - g[j]!;
    sy += s[j]! * y;
    ss += s[j]! * s[j]!;
    yy += y * y;
  }
  if (!(sy > 1e-12 * Math.sqrt(ss * yy))) return;
  let yhy = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += H[i * n + j]! * (gNew[j]! - g[j]!);
    hy[i] = sum;
    yhy += sum * (gNew[i]! - g[i]!);
  }
  const rho = 1 / sy;
  const factor = (1 + yhy * rho) * rho;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      H[i * n + j] = H[i * n + j]! + factor * s[i]! * s[j]! - rho * (hy[i]! * s[j]! + s[i]! * hy[j]!);
    }
  }
}
