// The baseline of a generation of CMA-ES, in plain JavaScript written for speed: the formulas of test/reference/global.ts on arrays that stay, loops
// along rows with four sums or rows at a time, the covariance's lower triangle only, the eigendecomposition of bench/plain/eigen.ts. The
// library's own stop tests and weights of the bounds, which are JavaScript, go along.

import { FORM_FULL } from "../../src/abi/global.js";
import { BoundPenalty } from "../../src/global/bound-penalty.js";
import type { CmaParameters } from "../../src/global/cma-parameters.js";
import type { CmaRun } from "../../src/global/cma-run.js";
import { CmaTests } from "../../src/global/cma-tests.js";
import { sortRows } from "../../src/global/ranking.js";
import type { Random } from "../../src/random/philox.js";
import { plainEigen } from "./eigen.js";

export class PlainGeneration {
  readonly n: number;
  readonly rows: number;
  readonly form = FORM_FULL;
  readonly keys = null;
  readonly scale: Float64Array;
  readonly limit: Float64Array;
  readonly gamma: Float64Array;
  readonly parameters: CmaParameters;
  readonly workspace: { readonly f64: { readonly d: Float64Array } };
  readonly #tests: CmaTests;
  readonly #penalty = new BoundPenalty();
  readonly #sorted: Float64Array;
  readonly mean: Float64Array;
  readonly points: Float64Array;
  readonly values: Float64Array;
  sigma = 1;
  readonly #n: number;
  readonly #rows: number;
  readonly #size: number;
  readonly #c: CmaParameters;
  readonly #random: Random;
  readonly #Z: Float64Array;
  readonly #Y: Float64Array;
  readonly #C: Float64Array;
  readonly #B: Float64Array;
  readonly #D: Float64Array;
  readonly #ps: Float64Array;
  readonly #pc: Float64Array;
  readonly #yw: Float64Array;
  readonly #zw: Float64Array;
  readonly #e: Float64Array;
  readonly #tau: Float64Array;
  readonly #w: Float64Array;
  readonly #order: Int32Array;
  #generation = 0;

  /** `start`: the first mean; `size`: the unit cube's length of one unit, the box being [0, 1 / size]. */
  constructor(n: number, rows: number, c: CmaParameters, random: Random, start: number, size: number) {
    const vector = () => new Float64Array(n);
    this.n = n;
    this.rows = rows;
    this.parameters = c;
    this.#n = n;
    this.#rows = rows;
    this.#size = size;
    this.#c = c;
    this.#random = random;
    this.mean = vector().fill(start);
    this.points = new Float64Array(rows * n);
    this.values = new Float64Array(rows);
    this.#Z = new Float64Array(rows * n);
    this.#Y = new Float64Array(rows * n);
    this.#C = new Float64Array(n * n);
    for (let i = 0; i < n; i++) this.#C[i * n + i] = 1;
    this.#B = this.#C.slice();
    this.#D = vector().fill(1);
    this.#ps = vector();
    this.#pc = vector();
    this.#yw = vector();
    this.#zw = vector();
    this.#e = vector();
    this.#tau = vector();
    this.#w = new Float64Array(rows);
    this.#order = new Int32Array(rows);
    this.#sorted = new Float64Array(rows);
    this.scale = vector().fill(size);
    this.limit = vector().fill(1 / size);
    this.gamma = vector();
    this.workspace = { f64: { d: vector().fill(1) } };
    this.#tests = new CmaTests(this as unknown as CmaRun, 1e9);
  }

  get generation(): number {
    return this.#generation;
  }

  variance(j: number): number {
    return this.sigma * this.sigma * this.#C[j * this.#n + j]!;
  }

  ask(): void {
    const n = this.#n;
    const { mean, points, sigma } = this;
    const Z = this.#random.normals(this.#Z);
    const Y = this.#Y;
    const B = this.#B;
    const D = this.#D;
    Y.fill(0);
    for (let k = 0; k < Y.length; k += n) {
      let i = 0;
      for (; i + 4 <= n; i += 4) {
        const [a, b, c, d] = [
          D[i]! * Z[k + i]!,
          D[i + 1]! * Z[k + i + 1]!,
          D[i + 2]! * Z[k + i + 2]!,
          D[i + 3]! * Z[k + i + 3]!,
        ];
        const [p, q, r, s] = [i * n, i * n + n, i * n + 2 * n, i * n + 3 * n];
        for (let j = 0; j < n; j++)
          Y[k + j]! += a * B[p + j]! + b * B[q + j]! + (c * B[r + j]! + d * B[s + j]!);
      }
      for (; i < n; i++) {
        const a = D[i]! * Z[k + i]!;
        for (let j = 0; j < n; j++) Y[k + j]! += a * B[i * n + j]!;
      }
    }
    const size = this.#size;
    const most = 1 / size;
    for (let k = 0; k < Y.length; k += n)
      for (let j = 0; j < n; j++) {
        const v = mean[j]! + sigma * Y[k + j]!;
        points[k + j] = (v < 0 ? 0 : v > most ? most : v) * size;
      }
  }

  tell(): unknown {
    const n = this.#n;
    const rows = this.#rows;
    const { mean, values } = this;
    const { weights, muEff, cs, cc, c1, cmu, damps, chi, sumWeights, lazy } = this.#c;
    const [Z, Y, C, B, ps, pc, yw, zw, w] = [
      this.#Z,
      this.#Y,
      this.#C,
      this.#B,
      this.#ps,
      this.#pc,
      this.#yw,
      this.#zw,
      this.#w,
    ];
    sortRows(rows, values, this.#order);
    for (let k = 0; k < rows; k++) this.#sorted[k] = values[this.#order[k]!]!;
    this.#tests.record(this.#sorted, rows);
    yw.fill(0);
    zw.fill(0);
    for (let rank = 0; rank < rows; rank++) {
      const weight = weights[rank]!;
      const row = this.#order[rank]!;
      const at = row * n;
      if (weight > 0) {
        for (let j = 0; j < n; j++) {
          yw[j]! += weight * Y[at + j]!;
          zw[j]! += weight * Z[at + j]!;
        }
        w[row] = cmu * weight;
      } else {
        let squares = 0;
        for (let j = 0; j < n; j++) squares += Z[at + j]! * Z[at + j]!;
        w[row] = (cmu * weight * n) / squares;
      }
    }
    const keep = Math.sqrt(cs * (2 - cs) * muEff);
    for (let j = 0; j < n; j++) {
      mean[j]! += this.sigma * yw[j]!;
      ps[j]! *= 1 - cs;
    }
    for (let i = 0; i < n; i++) {
      const a = keep * zw[i]!;
      for (let j = 0; j < n; j++) ps[j]! += a * B[i * n + j]!;
    }
    let length2 = 0;
    for (let j = 0; j < n; j++) length2 += ps[j]! * ps[j]!;
    this.#generation++;
    let left = 1;
    for (let g = 0; g < 2 * Math.min(this.#generation, 1000); g++) left *= 1 - cs;
    const stall = !(length2 / (1 - left) < (2 + 4 / (n + 1)) * n);
    const grow = stall ? 0 : Math.sqrt(cc * (2 - cc) * muEff);
    for (let j = 0; j < n; j++) pc[j] = (1 - cc) * pc[j]! + grow * yw[j]!;
    const decay = 1 - c1 * (1 - (stall ? cc * (2 - cc) : 0)) - cmu * sumWeights;
    for (let i = 0; i < n; i++) {
      const at = i * n;
      const first = c1 * pc[i]!;
      for (let j = 0; j <= i; j++) C[at + j] = decay * C[at + j]! + first * pc[j]!;
      let k = 0;
      for (; k + 4 <= rows; k += 4) {
        const [p, q, r, s] = [k * n, k * n + n, k * n + 2 * n, k * n + 3 * n];
        const a = w[k]! * Y[p + i]!;
        const b = w[k + 1]! * Y[q + i]!;
        const c = w[k + 2]! * Y[r + i]!;
        const d = w[k + 3]! * Y[s + i]!;
        for (let j = 0; j <= i; j++)
          C[at + j]! += a * Y[p + j]! + b * Y[q + j]! + (c * Y[r + j]! + d * Y[s + j]!);
      }
      for (; k < rows; k++) {
        const a = w[k]! * Y[k * n + i]!;
        for (let j = 0; j <= i; j++) C[at + j]! += a * Y[k * n + j]!;
      }
      for (let j = 0; j < i; j++) C[j * n + i] = C[at + j]!;
    }
    this.sigma *= Math.exp(Math.min(1, (cs / damps) * (Math.sqrt(length2) / chi - 1)));
    this.#penalty.update(this, this.#sorted, rows);
    if (this.#generation % lazy === 0) this.#decompose();
    return this.#tests.end(this.#sorted, rows, Infinity, { u: mean, f: Infinity });
  }

  #decompose(): void {
    const n = this.#n;
    const B = this.#B;
    const { d } = this.workspace.f64;
    B.set(this.#C);
    plainEigen(n, B, this.#D, this.#e, this.#tau);
    for (let i = 0; i < n; i++) {
      let least = i;
      for (let j = i + 1; j < n; j++) if (this.#D[j]! < this.#D[least]!) least = j;
      this.#swap(i, least);
      d[i] = this.#D[i]!;
      this.#D[i] = Math.sqrt(Math.max(1e-300, d[i]!));
    }
  }

  /** Eigenvalues i and j and their vectors. */
  #swap(i: number, j: number): void {
    const n = this.#n;
    const B = this.#B;
    const D = this.#D;
    if (i === j) return;
    const d = D[i]!;
    D[i] = D[j]!;
    D[j] = d;
    for (let k = 0; k < n; k++) {
      const b = B[i * n + k]!;
      B[i * n + k] = B[j * n + k]!;
      B[j * n + k] = b;
    }
  }
}
