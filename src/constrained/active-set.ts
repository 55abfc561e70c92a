// The program once it is known which sides bind: a linear system. It polishes what an iterative method has found (Stellato and others
// 2020, "OSQP", section 4), and solves the next of a sequence of programs from the last one's sides, changing them as long as that helps
// (the primal-dual active set method: Hintermueller, Ito and Kunisch 2002).

import type { Kkt, Shift } from "./kkt.js";
import { addTransposed, type Program, times } from "./program.js";

/** Stiffness of a variable held at its bound. */
const HELD = 1e12;
/** 1 / stiffness of a row that does not bind. */
const LOOSE = 1e20;
/** Newton corrections with one factorisation: each takes back what the shift of the diagonal did. */
const CORRECTIONS = 12;
/** Residuals of the scaled system at which the corrections end. */
const SETTLED = 1e-13;
const SHIFT: Shift = { x: 1e-9, y: 1e-9 };
const FREE = 0;
const EQUAL = 2;

export class ActiveSet {
  readonly p: Program;
  readonly kkt: Kkt;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Rows, then variables: -1 held at the lower side, 1 at the upper one, 2 equal, 0 free. */
  readonly side: Int8Array;
  readonly #lo: Float64Array;
  readonly #up: Float64Array;
  readonly #v: Float64Array;
  readonly #z: Float64Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #f: Float64Array;
  readonly #g: Float64Array;
  readonly #dx: Float64Array;
  readonly #dy: Float64Array;
  #factored = false;

  constructor(p: Program, kkt: Kkt) {
    const { n, m } = p;
    this.p = p;
    this.kkt = kkt;
    const vector = (length: number) => new Float64Array(length);
    this.side = new Int8Array(n + m);
    [this.x, this.#z, this.#a, this.#f, this.#dx] = [vector(n), vector(n), vector(n), vector(n), vector(n)];
    [this.y, this.#b, this.#g, this.#dy] = [vector(m), vector(m), vector(m), vector(m)];
    [this.#lo, this.#up, this.#v] = [vector(n + m), vector(n + m), vector(n + m)];
  }

  /** Takes the sides of the program anew, after they changed. */
  read(): void {
    const { m, l, u, lower, upper } = this.p;
    this.#lo.set(l);
    this.#up.set(u);
    this.#lo.set(lower, m);
    this.#up.set(upper, m);
  }

  /** Somebody else has used the matrix. */
  forget(): void {
    this.#factored = false;
  }

  /** The sides that bind at a point: those whose slack is less than their multiplier. */
  guess(x: Float64Array, y: Float64Array): void {
    this.read();
    this.x.set(x);
    this.y.set(y);
    this.#gradient();
    for (let i = 0; i < this.side.length; i++) this.#set(i, this.#choose(i));
  }

  #choose(i: number): number {
    const { m } = this.p;
    const [lo, up] = [this.#lo[i]!, this.#up[i]!];
    if (lo === up) return EQUAL;
    const w = i < m ? this.y[i]! : this.#z[i - m]!;
    const v = this.#v[i]!;
    if (w > 0 && up - v < w) return 1;
    return w < 0 && v - lo < -w ? -1 : FREE;
  }

  #set(i: number, side: number): boolean {
    if (this.side[i] === side) return false;
    this.side[i] = side;
    this.#factored = false;
    return true;
  }

  /** v = [Ax; x] and z = -(Px + q + A'y). */
  #gradient(): void {
    const { p, x, y } = this;
    const z = this.#z;
    times(p.A, x, this.#v);
    this.#v.set(x, p.m);
    if (p.P) times(p.P, x, z);
    else z.fill(0);
    for (let j = 0; j < p.n; j++) z[j] = z[j]! + p.q[j]!;
    addTransposed(p.A, y, z);
    for (let j = 0; j < p.n; j++) z[j] = -z[j]!;
  }

  /** x and y for the sides that bind. */
  solve(): boolean {
    const { p, side, x, y } = this;
    const { n, m } = p;
    const [a, b] = [this.#a, this.#b];
    if (!this.#factored) {
      for (let j = 0; j < n; j++) a[j] = side[m + j] === FREE ? 0 : HELD;
      for (let i = 0; i < m; i++) b[i] = side[i] === FREE ? LOOSE : 0;
      if (!this.kkt.refactor(a, b, SHIFT)) return false;
      this.#factored = true;
    }
    for (let i = 0; i < m; i++) if (side[i] === FREE) y[i] = 0;
    const target = (i: number) => (side[i]! < 0 ? this.#lo[i]! : this.#up[i]!);
    let least = Infinity;
    for (let turn = 0; turn < CORRECTIONS; turn++) {
      this.#gradient();
      let most = 0;
      for (let j = 0; j < n; j++) {
        const free = side[m + j] === FREE;
        const r = free ? this.#z[j]! : HELD * (target(m + j) - x[j]!);
        this.#f[j] = r;
        most = Math.max(most, free ? Math.abs(r) : Math.abs(r / HELD));
      }
      for (let i = 0; i < m; i++) {
        this.#g[i] = side[i] === FREE ? 0 : target(i) - this.#v[i]!;
        most = Math.max(most, Math.abs(this.#g[i]!));
      }
      if (most < SETTLED || (turn > 2 && most > 0.5 * least)) break;
      least = Math.min(least, most);
      this.kkt.once(this.#f, this.#g, this.#dx, this.#dy);
      for (let j = 0; j < n; j++) x[j] = side[m + j] === FREE ? x[j]! + this.#dx[j]! : target(m + j);
      for (let i = 0; i < m; i++) if (side[i] !== FREE) y[i] = y[i]! + this.#dy[i]!;
    }
    return Number.isFinite(x.reduce((s, v) => s + v, 0) + y.reduce((s, v) => s + v, 0));
  }

  /** Sides with a multiplier of the wrong sign are let go, violated ones held; how many changed. */
  revise(tolerance: number): number {
    const { side, y } = this;
    const { m } = this.p;
    this.#gradient();
    let changed = 0;
    for (let i = 0; i < side.length; i++) {
      const now = side[i]!;
      if (now === EQUAL) continue;
      const w = i < m ? y[i]! : this.#z[i - m]!;
      const v = this.#v[i]!;
      const room = tolerance * Math.max(1, Math.abs(v));
      let next = now;
      if (now === FREE) next = v > this.#up[i]! + room ? 1 : v < this.#lo[i]! - room ? -1 : FREE;
      else if (now * w < -tolerance) next = FREE;
      if (this.#set(i, next)) changed++;
    }
    return changed;
  }
}
