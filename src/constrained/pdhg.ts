// Primal-dual hybrid gradients for linear programs: products with A and A' only. Reflected Halpern iterations with restarts and a
// controlled primal weight (Lu and Yang 2024, "Restarted Halpern PDHG"; Chambolle and Pock 2011; Applegate and others 2021, "PDLP").

import { exp, log } from "../runtime/elementary.js";
import type { Engine } from "./engine.js";
import { type Program, times, transposed } from "./program.js";

/** Iterations between two looks. */
const CHUNK = 200;
/** Step over the largest singular value of A. */
const STEP = 0.998;
/** Restart where the fixed-point error fell to a fifth; or to four fifths and rises again; or after this part of all iterations. */
const SUFFICIENT = 0.2;
const NECESSARY = 0.8;
const ARTIFICIAL = 0.36;
/** The controller of the weight: proportional and integral part. */
const PROPORTIONAL = 0.5;
const INTEGRAL = 0.01;
const POWER_STEPS = 100;

const square = (v: number): number => v * v;

/** Rows and columns over the roots of their 1-norms (Pock and Chambolle 2011, with alpha = 1). */
function precondition(given: Program): { p: Program; D: Float64Array; E: Float64Array } {
  const { n, m, A } = given;
  const D = new Float64Array(n);
  const E = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const v = Math.abs(A.values[k]!);
      E[i] = E[i]! + v;
      D[A.colIdx[k]!] = D[A.colIdx[k]!]! + v;
    }
  }
  const root = (v: number) => (v > 0 ? 1 / Math.sqrt(v) : 1);
  for (let j = 0; j < n; j++) D[j] = root(D[j]!);
  for (let i = 0; i < m; i++) E[i] = root(E[i]!);
  const values = A.values.slice();
  for (let i = 0; i < m; i++)
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) values[k] = values[k]! * E[i]! * D[A.colIdx[k]!]!;
  const p: Program = {
    ...given,
    A: { ...A, values },
    q: given.q.map((v, j) => v * D[j]!),
    l: given.l.map((v, i) => v * E[i]!),
    u: given.u.map((v, i) => v * E[i]!),
    lower: given.lower.map((v, j) => v / D[j]!),
    upper: given.upper.map((v, j) => v / D[j]!),
  };
  return { p, D, E };
}

export class Pdhg implements Engine {
  readonly p: Program;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly chunk = CHUNK;
  readonly patience = 2000;
  readonly doubt = 200;
  rp = Infinity;
  rd = 0;
  mu = 0;
  /** x = D x', y = E y' of the program with other columns and rows. */
  readonly #D: Float64Array;
  readonly #E: Float64Array;
  readonly #rows: Program["A"];
  readonly #columns: Program["A"];
  /** The iterate, the anchor of this restart, and what one step makes of it. */
  readonly #ix: Float64Array;
  readonly #iy: Float64Array;
  readonly #ax: Float64Array;
  readonly #ay: Float64Array;
  readonly #tx: Float64Array;
  readonly #ty: Float64Array;
  readonly #ATy: Float64Array;
  readonly #Ax: Float64Array;
  readonly #turned: Float64Array;
  #step = 1;
  #weight = 1;
  #since = 0;
  #total = 0;
  #first = Infinity;
  #before = Infinity;
  #sum = 0;

  constructor(given: Program) {
    const { p, D, E } = precondition(given);
    const { n, m } = p;
    this.p = p;
    this.#D = D;
    this.#E = E;
    const vector = (length: number) => new Float64Array(length);
    this.#rows = p.A;
    this.#columns = transposed(p.A);
    [this.x, this.#ix, this.#ax, this.#tx, this.#ATy, this.#turned] = [
      vector(n),
      vector(n),
      vector(n),
      vector(n),
      vector(n),
      vector(n),
    ];
    [this.y, this.#iy, this.#ay, this.#ty, this.#Ax] = [
      vector(m),
      vector(m),
      vector(m),
      vector(m),
      vector(m),
    ];
  }

  start(): boolean {
    const { n, q, l, u, lower, upper } = this.p;
    this.#step = STEP / Math.max(1e-12, this.#largestSingular());
    let costs = 0;
    let sides = 0;
    for (let j = 0; j < n; j++) costs += q[j]! * q[j]!;
    for (let i = 0; i < this.p.m; i++) {
      const a = l[i]! > -Infinity ? l[i]! : 0;
      const b = u[i]! < Infinity ? u[i]! : 0;
      sides += Math.max(a * a, b * b);
    }
    this.#weight = costs > 0 && sides > 0 ? Math.sqrt(costs / sides) : 1;
    for (let j = 0; j < n; j++) this.#ix[j] = Math.min(upper[j]!, Math.max(lower[j]!, 0));
    this.#restart();
    this.#take();
    return true;
  }

  /** By the power method, from a start that no pattern is orthogonal to. */
  #largestSingular(): number {
    const { n, m } = this.p;
    let v = Float64Array.from({ length: n }, (_, j) => 1 + ((j * 7919) % 101) / 101);
    const w = new Float64Array(m);
    let value = 0;
    for (let k = 0; k < POWER_STEPS; k++) {
      times(this.#rows, v, w);
      const next = new Float64Array(n);
      times(this.#columns, w, next);
      let norm = 0;
      for (let j = 0; j < n; j++) norm += next[j]! * next[j]!;
      norm = Math.sqrt(norm);
      if (norm === 0) return 0;
      value = Math.sqrt(norm);
      v = next.map((t) => t / norm);
    }
    // The method comes from below.
    return 1.01 * value;
  }

  step(): boolean {
    for (let k = 0; k < CHUNK; k++) this.#iterate();
    this.#take();
    return Number.isFinite(this.rp);
  }

  #take(): void {
    const [x, y] = this.#total > 0 ? [this.#tx, this.#ty] : [this.#ix, this.#iy];
    for (let j = 0; j < x.length; j++) this.x[j] = this.#D[j]! * x[j]!;
    for (let i = 0; i < y.length; i++) this.y[i] = this.#E[i]! * y[i]!;
  }

  /** T(z), its error, then the step from the anchor through the reflection of z. */
  #iterate(): void {
    const { n, m, q, l, u, lower, upper } = this.p;
    const [ix, iy, ax, ay, tx, ty] = [this.#ix, this.#iy, this.#ax, this.#ay, this.#tx, this.#ty];
    const [ATy, Ax, turned] = [this.#ATy, this.#Ax, this.#turned];
    const tau = this.#step / this.#weight;
    const sigma = this.#step * this.#weight;
    times(this.#columns, iy, ATy);
    for (let j = 0; j < n; j++) {
      const v = ix[j]! - tau * (q[j]! + ATy[j]!);
      const t = v < lower[j]! ? lower[j]! : v > upper[j]! ? upper[j]! : v;
      tx[j] = t;
      turned[j] = 2 * t - ix[j]!;
    }
    times(this.#rows, turned, Ax);
    let dx = 0;
    let dy = 0;
    for (let i = 0; i < m; i++) {
      const v = iy[i]! + sigma * Ax[i]!;
      const s = v / sigma;
      const t = v - sigma * (s < l[i]! ? l[i]! : s > u[i]! ? u[i]! : s);
      ty[i] = t;
      const d = t - iy[i]!;
      dy += d * d;
    }
    for (let j = 0; j < n; j++) {
      const d = tx[j]! - ix[j]!;
      dx += d * d;
    }
    // The norm of the method: |z|^2 = w |x|^2 - 2 step y'Ax + |y|^2 / w; the middle term is left out, which is within a constant.
    const error = Math.sqrt(this.#weight * dx + dy / this.#weight);
    this.#since++;
    this.#total++;
    if (this.#since === 1) this.#first = error;
    const k = this.#since;
    const a = k / (k + 1);
    for (let j = 0; j < n; j++) ix[j] = a * (2 * tx[j]! - ix[j]!) + (1 - a) * ax[j]!;
    for (let i = 0; i < m; i++) iy[i] = a * (2 * ty[i]! - iy[i]!) + (1 - a) * ay[i]!;
    const rises = error > this.#before;
    this.#before = error;
    this.rp = error;
    if (
      (k > 1 && error <= SUFFICIENT * this.#first) ||
      (k > 1 && error <= NECESSARY * this.#first && rises) ||
      k >= ARTIFICIAL * this.#total + 20
    ) {
      this.#ix.set(tx);
      this.#iy.set(ty);
      this.#reweigh();
      this.#restart();
    }
  }

  /** The weight that makes the way of x and of y since the anchor equally long. */
  #reweigh(): void {
    let dx = 0;
    let dy = 0;
    for (let j = 0; j < this.p.n; j++) dx += square(this.#ix[j]! - this.#ax[j]!);
    for (let i = 0; i < this.p.m; i++) dy += square(this.#iy[i]! - this.#ay[i]!);
    if (!(dx > 1e-30 && dy > 1e-30)) return;
    const ratio = (this.#weight * Math.sqrt(dx)) / Math.sqrt(dy);
    const e = log(ratio);
    this.#sum = 0.3 * this.#sum + e;
    const change = exp(-(PROPORTIONAL * e + INTEGRAL * this.#sum));
    this.#weight = Math.min(1e8, Math.max(1e-8, this.#weight * change));
  }

  #restart(): void {
    this.#ax.set(this.#ix);
    this.#ay.set(this.#iy);
    this.#since = 0;
    this.#first = Infinity;
    this.#before = Infinity;
  }

  get #vectors(): Float64Array[] {
    return [this.#ix, this.#iy, this.#ax, this.#ay, this.#tx, this.#ty];
  }

  save(): Float64Array[] {
    const numbers = [
      this.#step,
      this.#weight,
      this.#since,
      this.#total,
      this.#first,
      this.#before,
      this.#sum,
    ];
    return [...this.#vectors, Float64Array.from(numbers)];
  }

  restore(saved: readonly Float64Array[]): void {
    this.#vectors.forEach((to, k) => {
      to.set(saved[k]!);
    });
    const numbers = saved.at(-1) as unknown as [number, number, number, number, number, number, number];
    [this.#step, this.#weight, this.#since, this.#total, this.#first, this.#before, this.#sum] = numbers;
    this.#take();
  }

  release(): void {}
}
