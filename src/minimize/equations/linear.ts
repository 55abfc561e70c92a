// The local model F + J p of solveEquations: what the iteration (dogleg.ts) asks of a Jacobian in factors. The dense one keeps Q R, which
// Broyden's updates change.

import { DownhillError } from "../../runtime/errors.js";
import { factorQR, solveR, updateQR } from "./qr-update.js";

/** A full n x n matrix of zeros; OUT_OF_MEMORY where there is no room for it. */
export function fullMatrix(where: string, n: number): Float64Array {
  try {
    return new Float64Array(n * n);
  } catch (cause) {
    throw new DownhillError(
      "OUT_OF_MEMORY",
      `${where}: a full Jacobian of ${n} x ${n} needs ${8 * n * n} bytes`,
      {
        hint: "say with jacobianPattern where it has entries",
        details: { requested: 8 * n * n },
        cause,
      },
    );
  }
}

export interface LinearModel {
  /** Takes the Jacobian in; `columns`: the lengths of its columns. */
  take(J: Float64Array, columns: Float64Array): void;
  /** step = -J^-1 F; false where there is none. What follows is of this F. */
  newton(F: Float64Array, step: Float64Array): boolean;
  /** out = J'F. */
  gradient(out: Float64Array): void;
  /** |J v|^2. */
  square(v: Float64Array): number;
  /** |F + J p|^2 / size^2. */
  predict(p: Float64Array, size: number): number;
  /** Broyden's "good" update, in the norm of D: J += (next - F - J p) (D^2 p)' / |D p|^2, |D p| = reach. Absent: there is none. */
  update?(F: Float64Array, next: Float64Array, p: Float64Array, D: Float64Array, reach: number): void;
  dispose(): void;
}

export class DenseModel implements LinearModel {
  readonly #n: number;
  readonly #Q: Float64Array;
  readonly #R: Float64Array;
  readonly #qtf: Float64Array;
  readonly #u: Float64Array;
  readonly #v: Float64Array;
  readonly #w: Float64Array;

  constructor(where: string, n: number) {
    this.#n = n;
    [this.#Q, this.#R] = [fullMatrix(where, n), fullMatrix(where, n)];
    [this.#qtf, this.#u, this.#v, this.#w] = [
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
    ];
  }

  take(J: Float64Array, columns: Float64Array): void {
    const n = this.#n;
    factorQR(n, J, this.#Q, this.#R);
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += J[i * n + j]! * J[i * n + j]!;
      columns[j] = Math.sqrt(sum);
    }
  }

  newton(F: Float64Array, step: Float64Array): boolean {
    const n = this.#n;
    const [Q, qtf, w] = [this.#Q, this.#qtf, this.#w];
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let k = 0; k < n; k++) dot += Q[k * n + i]! * F[k]!;
      qtf[i] = dot;
      w[i] = -dot;
    }
    return solveR(n, this.#R, w, step);
  }

  gradient(out: Float64Array): void {
    const n = this.#n;
    const [R, qtf] = [this.#R, this.#qtf];
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let i = 0; i <= j; i++) dot += R[i * n + j]! * qtf[i]!;
      out[j] = dot;
    }
  }

  square(v: Float64Array): number {
    const n = this.#n;
    const R = this.#R;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let j = i; j < n; j++) dot += R[i * n + j]! * v[j]!;
      sum += dot * dot;
    }
    return sum;
  }

  predict(p: Float64Array, size: number): number {
    const n = this.#n;
    const [R, qtf] = [this.#R, this.#qtf];
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let dot = qtf[i]!;
      for (let j = i; j < n; j++) dot += R[i * n + j]! * p[j]!;
      sum += (dot / size) * (dot / size);
    }
    return sum;
  }

  update(F: Float64Array, next: Float64Array, p: Float64Array, D: Float64Array, reach: number): void {
    const n = this.#n;
    const [Q, R, u, v, w] = [this.#Q, this.#R, this.#u, this.#v, this.#w];
    for (let k = 0; k < n; k++) {
      let dot = 0;
      for (let j = k; j < n; j++) dot += R[k * n + j]! * p[j]!;
      w[k] = dot;
    }
    for (let i = 0; i < n; i++) {
      let Jp = 0;
      for (let k = 0; k < n; k++) Jp += Q[i * n + k]! * w[k]!;
      u[i] = (next[i]! - F[i]! - Jp) / reach;
    }
    for (let j = 0; j < n; j++) v[j] = (D[j]! * (D[j]! * p[j]!)) / reach;
    updateQR(n, Q, R, u, v, w);
  }

  dispose(): void {}
}
