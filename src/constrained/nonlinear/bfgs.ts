// Powell's damped BFGS update of an approximation of the Hessian of the Lagrangian, which keeps it positive definite.
// M. J. D. Powell, Lecture Notes in Mathematics 630 (1978) 144-157; Nocedal and Wright (2006), procedure 18.2.

/** The share of the curvature s'Bs that the damped change keeps. */
const KEPT = 0.2;

/** B += y y'/s'y - B s s'B / s'B s with y damped; false, and B as it was, where the step says nothing. */
export function updateDamped(
  n: number,
  B: Float64Array,
  s: Float64Array,
  y: Float64Array,
  Bs: Float64Array,
): boolean {
  let sBs = 0;
  let sy = 0;
  for (let i = 0; i < n; i++) {
    let t = 0;
    for (let j = 0; j < n; j++) t += B[i * n + j]! * s[j]!;
    Bs[i] = t;
    sBs += t * s[i]!;
    sy += s[i]! * y[i]!;
  }
  if (!(sBs > 0) || !(sy - sy === 0)) return false;
  // theta of equation (18.15).
  const theta = sy >= KEPT * sBs ? 1 : ((1 - KEPT) * sBs) / (sBs - sy);
  const sr = theta * sy + (1 - theta) * sBs;
  if (!(sr > 0)) return false;
  for (let i = 0; i < n; i++) {
    const ri = theta * y[i]! + (1 - theta) * Bs[i]!;
    for (let j = 0; j <= i; j++) {
      const rj = theta * y[j]! + (1 - theta) * Bs[j]!;
      const v = B[i * n + j]! + (ri * rj) / sr - (Bs[i]! * Bs[j]!) / sBs;
      B[i * n + j] = v;
      B[j * n + i] = v;
    }
  }
  return true;
}

/** s'y / s's as the size of a new diagonal B, within [1e-6, 1e6]; 1 where it says nothing. */
export function diagonalSize(s: Float64Array, y: Float64Array): number {
  let ss = 0;
  let sy = 0;
  let yy = 0;
  for (let j = 0; j < s.length; j++) {
    ss += s[j]! * s[j]!;
    sy += s[j]! * y[j]!;
    yy += y[j]! * y[j]!;
  }
  const size = sy > 0 ? yy / sy : 1;
  return size - size === 0 && ss > 0 ? Math.min(Math.max(size, 1e-6), 1e6) : 1;
}

export function diagonal(n: number, B: Float64Array, value: number): void {
  B.fill(0);
  for (let j = 0; j < n; j++) B[j * n + j] = value;
}

/** Changes of the slope that noise hides, one after the other, before the matrix is given up: it may be what keeps the steps short. */
const MOST_SILENT = 4;

/** Damped updates as far as steps tell something. */
export class Curvatures {
  fresh = true;
  #silent = 0;
  readonly #n: number;
  readonly #Bs: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.#Bs = new Float64Array(n);
  }

  learn(B: Float64Array, s: Float64Array, y: Float64Array, tells: boolean): void {
    if (!tells) {
      if (++this.#silent < MOST_SILENT) return;
      this.#silent = 0;
      this.reset(B);
      return;
    }
    this.#silent = 0;
    if (this.fresh) diagonal(this.#n, B, diagonalSize(s, y));
    this.fresh = false;
    updateDamped(this.#n, B, s, y, this.#Bs);
  }

  /** Back to the unit matrix, or `size` times it. */
  reset(B: Float64Array, size = 1): void {
    diagonal(this.#n, B, size);
    this.fresh = true;
  }
}
