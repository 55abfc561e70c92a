// The alternating direction method of multipliers for convex quadratic programs (Stellato, Banjac, Goulart, Bemporad and Boyd 2020,
// "OSQP"): one factorisation for many iterations, over-relaxation, an adaptive step, and a polish once the binding sides are known.

import { CHECK, type Look } from "../driver/task.js";
import type { Runtime } from "../runtime/runtime.js";
import { ActiveSet } from "./active-set.js";
import type { Engine, Parts } from "./engine.js";
import { Kkt, type Shift } from "./kkt.js";
import { addTransposed, largest, type Program, times } from "./program.js";
import { ProximalPolish } from "./proximal-polish.js";

/** Over-relaxation, proximal weight of x, and the step of equality rows over that of the others (OSQP, section 5 and table 1). */
const ALPHA = 1.6;
const SIGMA = 1e-6;
const EQUALITY = 1e3;
const LEAST_RHO = 1e-6;
const MOST_RHO = 1e6;
/** Iterations between two looks. */
export const ADMM_CHUNK = 25;
/** The step is changed when it is wrong by more than this. */
const WRONG = 5;
/** Looks of each round at which a proximal polish is tried, with which weight in the scaled program: none suits every program. */
const ROUND = 200;
const POLISHES: readonly (readonly [number, number])[] = [
  [20, 1e-4],
  [28, 1e-5],
  [36, 1e-6],
];
/** No static shift: sigma and 1 / rho keep the matrix quasi-definite. */
const NONE: Shift = { x: 0, y: 0 };

export class Admm implements Engine {
  readonly p: Program;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly chunk = ADMM_CHUNK;
  readonly patience = 200;
  rp = Infinity;
  rd = Infinity;
  mu = 0;
  rho = 0.1;
  readonly #kkt: Kkt;
  readonly #polisher: ActiveSet;
  readonly #lo: Float64Array;
  readonly #up: Float64Array;
  readonly #step: Float64Array;
  /** The iterate: x, the copies z of [Ax; x], their multipliers w. */
  readonly #x: Float64Array;
  readonly #z: Float64Array;
  readonly #w: Float64Array;
  readonly #tx: Float64Array;
  readonly #nu: Float64Array;
  readonly #f: Float64Array;
  readonly #g: Float64Array;
  readonly #v: Float64Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #lastSides: Int8Array;
  readonly #runtime: Runtime | undefined;
  #proximalPolish: ProximalPolish | undefined;
  /** Which of POLISHES it is. */
  #polish = -1;
  #stale = true;
  #looks = 0;
  #polishAt = 4;

  constructor(p: Program, runtime: Runtime | undefined) {
    const { n, m } = p;
    this.p = p;
    this.#runtime = runtime;
    this.#kkt = new Kkt(p, runtime);
    this.#polisher = new ActiveSet(p, this.#kkt);
    const vector = (length: number) => new Float64Array(length);
    const N = n + m;
    [this.x, this.#x, this.#tx, this.#f, this.#a] = [vector(n), vector(n), vector(n), vector(n), vector(n)];
    [this.y, this.#nu, this.#g, this.#b] = [vector(m), vector(m), vector(m), vector(m)];
    [this.#z, this.#w, this.#v, this.#step] = [vector(N), vector(N), vector(N), vector(N)];
    this.#lo = Float64Array.from([...p.l, ...p.lower]);
    this.#up = Float64Array.from([...p.u, ...p.upper]);
    this.#lastSides = new Int8Array(N);
  }

  start(): boolean {
    return this.#factor();
  }

  #factor(): boolean {
    const { n, m } = this.p;
    const step = this.#step;
    for (let i = 0; i < n + m; i++) {
      const [lo, up] = [this.#lo[i]!, this.#up[i]!];
      const bounded = lo > -Infinity || up < Infinity;
      const rho = lo === up ? EQUALITY * this.rho : this.rho;
      step[i] = bounded ? Math.min(MOST_RHO, Math.max(LEAST_RHO, rho)) : i < m ? LEAST_RHO : 0;
    }
    for (let j = 0; j < n; j++) this.#a[j] = SIGMA + step[m + j]!;
    for (let i = 0; i < m; i++) this.#b[i] = 1 / step[i]!;
    this.#stale = false;
    this.#polisher.forget();
    return this.#kkt.refactor(this.#a, this.#b, NONE);
  }

  /** A chunk of iterations, then residuals, the step, and where it promises something the polish. */
  *step(): Parts {
    if (this.#stale) {
      if (!this.#factor()) return false;
      yield CHECK;
    }
    for (let k = 0; k < this.chunk; k++) this.#iterate();
    yield CHECK;
    this.#residuals();
    this.x.set(this.#x);
    this.y.set(this.#w.subarray(0, this.p.m));
    this.#looks++;
    if (this.#looks >= this.#polishAt) yield* this.#plain();
    const turn = POLISHES.findIndex(([look]) => this.#looks % ROUND === look);
    if (turn >= 0) this.#proximal(turn);
    return Number.isFinite(this.rp + this.rd);
  }

  #iterate(): void {
    const { n, m, q } = this.p;
    const [x, z, w, tx, nu, step, f, g] = [
      this.#x,
      this.#z,
      this.#w,
      this.#tx,
      this.#nu,
      this.#step,
      this.#f,
      this.#g,
    ];
    for (let j = 0; j < n; j++) f[j] = SIGMA * x[j]! - q[j]! + step[m + j]! * z[m + j]! - w[m + j]!;
    for (let i = 0; i < m; i++) g[i] = z[i]! - w[i]! / step[i]!;
    this.#kkt.once(f, g, tx, nu);
    for (let i = 0; i < n + m; i++) {
      const rho = step[i]!;
      if (rho === 0) continue;
      const copy = i < m ? z[i]! + (nu[i]! - w[i]!) / rho : tx[i - m]!;
      const relaxed = ALPHA * copy + (1 - ALPHA) * z[i]!;
      const next = Math.min(this.#up[i]!, Math.max(this.#lo[i]!, relaxed + w[i]! / rho));
      w[i] = w[i]! + rho * (relaxed - next);
      z[i] = next;
    }
    for (let j = 0; j < n; j++) x[j] = ALPHA * tx[j]! + (1 - ALPHA) * x[j]!;
  }

  /** Residuals, and a step that balances them (OSQP, equation 25). */
  #residuals(): void {
    const { n, m, P, A, q } = this.p;
    const [x, z, w, v, f] = [this.#x, this.#z, this.#w, this.#v, this.#f];
    times(A, x, v);
    v.set(x, m);
    let rp = 0;
    let sizeP = 1e-10;
    for (let i = 0; i < n + m; i++) {
      if (this.#step[i] === 0) continue;
      rp = Math.max(rp, Math.abs(v[i]! - z[i]!));
      sizeP = Math.max(sizeP, Math.abs(v[i]!), Math.abs(z[i]!));
    }
    if (P) times(P, x, f);
    else f.fill(0);
    let sizeD = Math.max(1e-10, largest(f), largest(q));
    const Aty = this.#tx.fill(0);
    addTransposed(A, w.subarray(0, m), Aty);
    let rd = 0;
    for (let j = 0; j < n; j++) {
      const t = Aty[j]! + w[m + j]!;
      sizeD = Math.max(sizeD, Math.abs(t));
      rd = Math.max(rd, Math.abs(f[j]! + q[j]! + t));
    }
    this.rp = rp;
    this.rd = rd;
    const wanted = this.rho * Math.sqrt(rp / sizeP / Math.max(1e-12, rd / sizeD));
    const rho = Math.min(MOST_RHO, Math.max(LEAST_RHO, wanted));
    if (rho > WRONG * this.rho || rho < this.rho / WRONG) {
      this.rho = rho;
      this.#stale = true;
    }
  }

  /** Solves for the sides that bind, revised a few times; x and y become that point where it is better in this program. */
  *#plain(): Generator<Look, void, void> {
    const polisher = this.#polisher;
    polisher.guess(this.#x, this.y);
    const same = polisher.side.every((s, i) => s === this.#lastSides[i]);
    this.#lastSides.set(polisher.side);
    // Sides that still change are not worth a factorisation often.
    this.#polishAt = this.#looks + (same ? 4 : 8);
    this.#stale = true;
    for (let turn = 0; turn < 4; turn++) {
      const solved = polisher.solve();
      yield CHECK;
      if (!solved) return;
      this.polished = { x: polisher.x, y: polisher.y };
      if (polisher.revise(1e-9) === 0) return;
    }
  }

  /** The polish where the binding sides are not found by the plain one. */
  #proximal(turn: number): void {
    this.#prepare(turn);
    const polish = this.#proximalPolish;
    if (!polish) return;
    this.#polisher.guess(this.#x, this.#w.subarray(0, this.p.m));
    if (polish.run(this.#x, this.#polisher.side)) this.polished = { x: polish.x, y: polish.y };
  }

  #prepare(turn: number): void {
    if (turn === this.#polish) return;
    this.#proximalPolish?.release();
    this.#proximalPolish = ProximalPolish.make(this.p, POLISHES[turn]![1], this.#runtime) ?? undefined;
    this.#polish = turn;
  }

  /**
   * The sides of the program have changed, or with `matrices` P and A too: the iterate stays, the factors as long as the same sides are
   * there and equal.
   */
  renew(matrices: boolean): void {
    const { n, m, l, u, lower, upper } = this.p;
    const kind = (i: number) =>
      this.#lo[i] === this.#up[i] ? 2 : this.#lo[i]! > -Infinity || this.#up[i]! < Infinity ? 1 : 0;
    const before = Int8Array.from({ length: n + m }, (_, i) => kind(i));
    this.#lo.set(l);
    this.#lo.set(lower, m);
    this.#up.set(u);
    this.#up.set(upper, m);
    if (matrices) {
      this.#kkt.load(this.p);
      this.#proximalPolish?.release();
      this.#proximalPolish = undefined;
      this.#polish = -1;
    }
    this.#polisher.forget();
    this.#stale ||= matrices || before.some((k, i) => k !== kind(i));
    // The iterate moves within the new sides.
    for (let i = 0; i < n + m; i++) this.#z[i] = Math.min(this.#up[i]!, Math.max(this.#lo[i]!, this.#z[i]!));
    this.#looks = 0;
    // Where the last sides were settled the first look may polish.
    this.#polishAt = 1;
  }

  save(): Float64Array[] {
    const regular = this.#proximalPolish?.regular === false ? 0 : 1;
    const numbers = [this.rho, this.#looks, this.#polishAt, this.#polish, regular];
    return [this.#x, this.#z, this.#w, Float64Array.from(this.#lastSides), Float64Array.from(numbers)];
  }

  restore([x, z, w, sides, numbers]: readonly Float64Array[]): void {
    this.#x.set(x!);
    this.#z.set(z!);
    this.#w.set(w!);
    this.#lastSides.set(sides!);
    const [rho, looks, polishAt, turn, regular] = numbers as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    [this.rho, this.#looks, this.#polishAt] = [rho, looks, polishAt];
    if (turn >= 0) this.#prepare(turn);
    if (this.#proximalPolish) this.#proximalPolish.regular = regular === 1;
    this.x.set(this.#x);
    this.y.set(this.#w.subarray(0, this.p.m));
    this.#stale = true;
  }

  /** Another point worth looking at. */
  polished: { readonly x: Float64Array; readonly y: Float64Array } | null = null;

  release(): void {
    this.#proximalPolish?.release();
    this.#kkt.release();
  }
}
