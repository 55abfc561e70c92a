// The inverse Hessian of L-BFGS as a normal law: H = diag(a) + B G B', from the steps and gradient differences of a climb, with
// draws, density and product in O(d) (Zhang, Carpenter, Gelman and Vehtari, JMLR 23 (2022) 306: algorithms 2 to 4; the compact
// form is Byrd, Nocedal and Schnabel's, 1994).

import type { Random } from "../random/philox.js";
import { log } from "../runtime/elementary.js";
import { cholesky } from "./metric.js";
import { axpy, dot } from "./vectors.js";

/** A pair counts where y's > CURVED |y|^2: the density is curved downwards along the step. */
const CURVED = 1e-12;
/** A column this small after its projection, relative to before, lies in the span of the others. */
const DEPENDENT = 1e-10;
/** log(2 pi). */
const LOG_2PI = 1.8378770664093453;

/** A normal law with the covariance H about one Newton step from where the climb is. */
export interface PathNormal {
  readonly mean: Float64Array;
  /** The diagonal of H. */
  readonly variances: Float64Array;
  /** A draw into u; returns the logarithm of its density. */
  draw(random: Random, u: Float64Array): number;
  /** The logarithm of the density at u. */
  logDensity(u: Float64Array): number;
}

export class InverseHessian {
  readonly #diagonal: Float64Array;
  readonly #steps: Float64Array[] = [];
  readonly #slopes: Float64Array[] = [];
  /** Columns of B: a y for each pair, then s for each; and G, row-major. */
  #columns: Float64Array[] = [];
  #inner = new Float64Array(0);

  constructor(
    readonly d: number,
    readonly history: number,
  ) {
    this.#diagonal = new Float64Array(d).fill(1);
  }

  /** Learns from a step s and y, what minus the gradient of the log density gained on it; false where it is not curved. */
  learn(s: Float64Array, y: Float64Array): boolean {
    const { d } = this;
    const a = this.#diagonal;
    const b = dot(d, y, s);
    if (!(b > CURVED * dot(d, y, y)) || !Number.isFinite(b)) return false;
    let yay = 0;
    let sas = 0;
    for (let i = 0; i < d; i++) {
      yay += y[i]! * a[i]! * y[i]!;
      sas += (s[i]! * s[i]!) / a[i]!;
    }
    for (let i = 0; i < d; i++) {
      const own = a[i]!;
      const off = s[i]! / own;
      a[i] = 1 / (yay / (b * own) + (y[i]! * y[i]!) / b - (yay * off * off) / (b * sas));
    }
    this.#steps.push(s);
    this.#slopes.push(y);
    if (this.#steps.length > this.history) {
      this.#steps.shift();
      this.#slopes.shift();
    }
    this.#assemble();
    return true;
  }

  /** G = [0, -R^-1; -R^-T, R^-T (D + Y' a Y) R^-1], R the upper triangle of S'Y and D its diagonal. */
  #assemble(): void {
    const { d } = this;
    const [s, y, a] = [this.#steps, this.#slopes, this.#diagonal];
    const m = s.length;
    const scaled = y.map((column) => column.map((v, i) => a[i]! * v));
    this.#columns = [...scaled, ...s];
    const inverse = new Float64Array(m * m);
    const r = (i: number, j: number) => dot(d, s[i]!, y[j]!);
    for (let j = 0; j < m; j++) {
      for (let i = j; i >= 0; i--) {
        let sum = i === j ? 1 : 0;
        for (let k = i + 1; k <= j; k++) sum -= r(i, k) * inverse[k * m + j]!;
        inverse[i * m + j] = sum / r(i, i);
      }
    }
    const middle = new Float64Array(m * m);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++) middle[i * m + j] = dot(d, y[i]!, scaled[j]!) + (i === j ? r(i, i) : 0);
    const inner = new Float64Array(4 * m * m);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        inner[i * 2 * m + m + j] = -inverse[i * m + j]!;
        inner[(m + j) * 2 * m + i] = -inverse[i * m + j]!;
        let sum = 0;
        for (let k = 0; k < m; k++)
          for (let l = 0; l < m; l++) sum += inverse[k * m + i]! * middle[k * m + l]! * inverse[l * m + j]!;
        inner[(m + i) * 2 * m + m + j] = sum;
      }
    }
    this.#inner = inner;
  }

  /** H v. */
  times(v: Float64Array): Float64Array {
    const { d } = this;
    const columns = this.#columns;
    const c = columns.length;
    const out = v.map((each, i) => this.#diagonal[i]! * each);
    const projected = columns.map((column) => dot(d, column, v));
    for (let i = 0; i < c; i++) {
      let sum = 0;
      for (let j = 0; j < c; j++) sum += this.#inner[i * c + j]! * projected[j]!;
      axpy(d, sum, columns[i]!, out);
    }
    return out;
  }

  /** The law about x with gradient g; null where H is not positive definite in floating point. */
  normal(x: Float64Array, g: Float64Array): PathNormal | null {
    const { d } = this;
    const columns = this.#columns;
    const c = columns.length;
    const root = this.#diagonal.map(Math.sqrt);
    if (!root.every((v) => v > 0 && v < Infinity)) return null;
    const mean = this.times(g);
    axpy(d, 1, x, mean);
    // a^-1/2 B = Q R by Gram and Schmidt, each column projected twice; a column that depends on the others becomes 0.
    const q = columns.map((column) => column.map((v, i) => v / root[i]!));
    const r = new Float64Array(c * c);
    for (let j = 0; j < c; j++) {
      const column = q[j]!;
      const length = Math.sqrt(dot(d, column, column));
      for (let pass = 0; pass < 2; pass++) {
        for (let i = 0; i < j; i++) {
          const along = dot(d, q[i]!, column);
          r[i * c + j] = r[i * c + j]! + along;
          axpy(d, -along, q[i]!, column);
        }
      }
      const left = Math.sqrt(dot(d, column, column));
      if (!(left > DEPENDENT * length)) {
        column.fill(0);
        continue;
      }
      r[j * c + j] = left;
      for (let i = 0; i < d; i++) column[i] = column[i]! / left;
    }
    // I + R G R' = L L'.
    const half = new Float64Array(c * c);
    for (let i = 0; i < c; i++)
      for (let j = 0; j < c; j++)
        for (let k = i; k < c; k++)
          half[i * c + j] = half[i * c + j]! + r[i * c + k]! * this.#inner[k * c + j]!;
    const core = new Float64Array(c * c);
    for (let i = 0; i < c; i++) {
      for (let j = 0; j < c; j++) {
        let sum = i === j ? 1 : 0;
        for (let k = j; k < c; k++) sum += half[i * c + k]! * r[j * c + k]!;
        core[i * c + j] = sum;
      }
    }
    const factor = new Float64Array(c * c);
    if (!cholesky(c, core, factor)) return null;
    let logDet = 0;
    for (let i = 0; i < d; i++) logDet += 2 * log(root[i]!);
    for (let i = 0; i < c; i++) logDet += 2 * log(factor[i * c + i]!);
    const variances = this.#diagonal.slice();
    for (let i = 0; i < d; i++)
      for (let j = 0; j < c; j++)
        for (let k = 0; k < c; k++)
          variances[i] = variances[i]! + columns[j]![i]! * this.#inner[j * c + k]! * columns[k]![i]!;
    const draw = (random: Random, u: Float64Array): number => {
      random.normals(u);
      const density = -0.5 * (logDet + dot(d, u, u) + d * LOG_2PI);
      // u + Q (L - I) Q'u.
      const along = q.map((column) => dot(d, column, u));
      for (let i = 0; i < c; i++) {
        let sum = -along[i]!;
        for (let k = 0; k <= i; k++) sum += factor[i * c + k]! * along[k]!;
        axpy(d, sum, q[i]!, u);
      }
      for (let i = 0; i < d; i++) u[i] = mean[i]! + root[i]! * u[i]!;
      return density;
    };
    const z = new Float64Array(d);
    const logDensity = (u: Float64Array): number => {
      for (let i = 0; i < d; i++) z[i] = (u[i]! - mean[i]!) / root[i]!;
      // z + Q (L^-1 - I) Q'z.
      const along = q.map((column) => dot(d, column, z));
      const solved = along.slice();
      for (let i = 0; i < c; i++) {
        for (let k = 0; k < i; k++) solved[i]! -= factor[i * c + k]! * solved[k]!;
        solved[i]! /= factor[i * c + i]!;
      }
      for (let i = 0; i < c; i++) axpy(d, solved[i]! - along[i]!, q[i]!, z);
      return -0.5 * (logDet + dot(d, z, z) + d * LOG_2PI);
    };
    return { mean, variances, draw, logDensity };
  }
}
