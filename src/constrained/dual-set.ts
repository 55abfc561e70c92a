// A strictly convex program by the dual active-set method (assembly/constrained/dual.ts): sides enter one by one where they are violated,
// and leave where their multipliers fall to 0. What it knows of the program is K^-1 in one of its sides' directions at a time, so that a
// sequence of programs with the same matrices keeps all of it.

import { D_CAPACITY, D_CHANGES, D_COUNT, DUAL_WORDS } from "../abi/convex.js";
import { takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import { type ConvexKernels, room } from "../wasm/convex.js";
import { addTransposed, largest, type Program, times } from "./program.js";

/** (dx, dy) of [P E'; E 0] (dx, dy) = (f, g), E being rows of A that always hold; f may be dx itself. */
export interface Core {
  readonly f: Float64Array;
  readonly g: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  /** Rows that always hold; null: none. */
  readonly held: Uint8Array | null;
  /** f = row i of A. */
  row(i: number): void;
  solve(): void;
  /** A dx. */
  values(out: Float64Array): void;
  release(): void;
}

/** By default a side is violated when it is by more than this share of its terms. */
const VIOLATED = 1e-12;
/** Sides of a set, and spare columns, at most. */
const LARGEST_SET = 800;
const SPARE = 64;
/** Residuals over their terms at which corrections end. */
const SETTLED = 4e-16;
const EQUAL = 2;

export class DualSet {
  readonly p: Program;
  readonly core: Core;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Sides: all rows, then the variables that have a bound. */
  readonly count: number;
  readonly variables: Int32Array;
  readonly #k: ConvexKernels;
  readonly #frame: Int32Array;
  readonly #at: number;
  readonly #lo: Float64Array;
  readonly #up: Float64Array;
  readonly #v0: Float64Array;
  readonly #l: Float64Array;
  readonly #next: Float64Array;
  readonly #set: Int32Array;
  readonly #state: Int8Array;
  readonly #columns: Int32Array;
  readonly #pool: Float64Array;
  readonly #poolAt: number;
  readonly #slots: number;
  readonly #owner: Int32Array;
  readonly #z: Float64Array;
  readonly #r: Float64Array;
  readonly #rg: Float64Array;
  readonly #Av: Float64Array;
  readonly #Dv: Float64Array;
  readonly #Dx: Float64Array;
  readonly #Dy: Float64Array;
  readonly #w: { release(): void };
  #used = 0;

  constructor(p: Program, core: Core, runtime: Runtime | undefined) {
    const { n, m } = p;
    this.p = p;
    this.core = core;
    this.variables = Int32Array.from(
      [...p.lower.keys()].filter((j) => p.lower[j]! > -Infinity || p.upper[j]! < Infinity),
    );
    const N = m + this.variables.length;
    const most = Math.min(N, n + 1, LARGEST_SET) + 1;
    const slots = Math.min(N, most + SPARE);
    const w = takeWorkspace(runtime, {
      key: `dual set ${N} ${most} ${slots}`,
      f64: {
        lo: N,
        up: N,
        v0: N,
        v: N,
        unit: N,
        l: most,
        next: most,
        L: most * most,
        d: most,
        pool: slots * N,
      },
      i32: { frame: DUAL_WORDS, set: most, state: Math.ceil(N / 4), columns: N },
    });
    this.count = N;
    this.#k = w.runtime.kernels(room);
    this.#frame = w.i32.frame;
    this.#at = w.at.frame;
    [this.#lo, this.#up, this.#v0, this.#l, this.#next] = [w.f64.lo, w.f64.up, w.f64.v0, w.f64.l, w.f64.next];
    this.#set = w.i32.set;
    this.#state = new Int8Array(w.runtime.buffer, w.at.state, N);
    this.#columns = w.i32.columns;
    this.#pool = w.f64.pool;
    this.#poolAt = w.at.pool;
    this.#slots = slots;
    this.#owner = new Int32Array(slots).fill(-1);
    const { at } = w;
    const { lo, up, v0, v, l, next, set, state, L, d, columns, unit } = at;
    this.#frame.set([N, most, lo, up, v0, v, l, next, set, state, L, d, columns, unit, 0, 0, 0, 0]);
    this.#state.fill(0);
    this.#columns.fill(0);
    const { rowPtr, values } = p.A;
    for (let i = 0; i < m; i++) {
      let s = 0;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) s += values[k]! * values[k]!;
      w.f64.unit[i] = s > 0 ? Math.sqrt(s) : 1;
    }
    w.f64.unit.fill(1, m);
    const vector = (length: number) => new Float64Array(length);
    [this.x, this.#z, this.#r, this.#Dx] = [vector(n), vector(n), vector(n), vector(n)];
    [this.y, this.#rg, this.#Av, this.#Dv, this.#Dy] = [
      vector(m),
      vector(m),
      vector(m),
      vector(m),
      vector(m),
    ];
    this.#w = w;
  }

  /** Takes the sides and q of the program as they are now; begins with the set of the last time, or with the equalities. */
  begin(): void {
    const { p, core } = this;
    const { m } = p;
    const [lo, up, state] = [this.#lo, this.#up, this.#state];
    const held = core.held;
    for (let i = 0; i < m; i++) {
      lo[i] = held?.[i] ? -Infinity : p.l[i]!;
      up[i] = held?.[i] ? Infinity : p.u[i]!;
    }
    this.variables.forEach((j, k) => {
      lo[m + k] = p.lower[j]!;
      up[m + k] = p.upper[j]!;
    });
    // The set of last time, as far as its sides are there; then equalities that are not in it.
    let kept = 0;
    const k = this.#frame[D_COUNT]!;
    for (let i = 0; i < k; i++) {
      const side = this.#set[i]!;
      const there = lo[side] === up[side] ? EQUAL : this.#l[i]! > 0 ? 1 : -1;
      const ok = there === EQUAL || (there > 0 ? up[side]! < Infinity : lo[side]! > -Infinity);
      state[side] = ok ? there : 0;
      if (ok) this.#set[kept++] = side;
    }
    for (let i = 0; i < this.count; i++) {
      if (lo[i] !== up[i] || state[i] === EQUAL || kept >= this.#frame[D_CAPACITY]!) continue;
      state[i] = EQUAL;
      this.#set[kept++] = i;
      if (this.#columns[i] === 0) this.#makeColumn(i);
    }
    this.#frame[D_COUNT] = kept;
    for (let j = 0; j < p.n; j++) core.f[j] = -p.q[j]!;
    for (let i = 0; i < m; i++) core.g[i] = held?.[i] ? p.l[i]! : 0;
    core.solve();
    this.#readValues(this.#v0);
    this.#k.dualBegin(this.#at);
  }

  /** The variables that have bounds are those of before. */
  fits(): boolean {
    const { lower, upper, n } = this.p;
    let k = 0;
    for (let j = 0; j < n; j++) {
      if (lower[j] === -Infinity && upper[j] === Infinity) continue;
      if (this.variables[k++] !== j) return false;
    }
    return k === this.variables.length;
  }

  /** Begins without a side the next time. */
  reset(): void {
    this.#frame[D_COUNT] = 0;
    this.#state.fill(0);
  }

  /** The next `begin` starts with these sides (rows, then variables: -1 lower, 1 upper), as far as memory goes. */
  suppose(side: Int8Array): void {
    const { m } = this.p;
    let k = 0;
    for (let i = 0; i < this.count && k < this.#frame[D_CAPACITY]! - 1; i++) {
      const s = side[i < m ? i : m + this.variables[i - m]!]!;
      if ((s !== 1 && s !== -1) || this.core.held?.[i]) continue;
      if (this.#columns[i] === 0 && !this.#makeColumn(i)) break;
      this.#state[i] = s;
      this.#l[k] = s;
      this.#set[k++] = i;
    }
    this.#frame[D_COUNT] = k;
  }

  /** Numbers of A or P are others: nothing of before holds. */
  forget(): void {
    this.reset();
    this.#columns.fill(0);
    this.#owner.fill(-1);
    this.#used = 0;
  }

  #readValues(out: Float64Array): void {
    const { core, variables } = this;
    const { m } = this.p;
    core.values(out.subarray(0, m));
    for (let k = 0; k < variables.length; k++) out[m + k] = core.dx[variables[k]!]!;
  }

  #makeColumn(side: number): boolean {
    const { core, variables } = this;
    const { m } = this.p;
    const slot = this.#slot();
    if (slot < 0) return false;
    if (side < m) core.row(side);
    else {
      core.f.fill(0);
      core.f[variables[side - m]!] = 1;
    }
    core.g.fill(0);
    core.solve();
    const N = this.count;
    this.#readValues(this.#pool.subarray(slot * N, slot * N + N));
    this.#owner[slot] = side;
    this.#columns[side] = this.#poolAt + 8 * slot * N;
    return true;
  }

  /** A place for a column: a new one, or that of a side which is not in the set. */
  #slot(): number {
    if (this.#used < this.#slots) return this.#used++;
    for (let s = 0; s < this.#slots; s++) {
      const side = this.#owner[s]!;
      if (this.#state[side] !== 0) continue;
      this.#columns[side] = 0;
      return s;
    }
    return -1;
  }

  /** Changes of the set since `begin`. */
  get changes(): number {
    return this.#frame[D_CHANGES]!;
  }

  /** About `most` changes, over all calls of the kernel: "solved" (then `finish`), "infeasible" (`contradiction`), "more", or "full" where memory or patience end. */
  advance(most: number, violated = VIOLATED): "solved" | "infeasible" | "more" | "full" {
    const until = this.changes + most;
    for (;;) {
      const end = this.#k.dualPivot(this.#at, violated, Math.max(1, until - this.changes));
      if (end > 0) {
        if (!this.#makeColumn(end - 1)) return "full";
        // The side waits in the kernel until the next call.
        if (this.changes >= until) return "more";
        continue;
      }
      return end === 0 ? "solved" : end === -1 ? "infeasible" : end === -2 ? "more" : "full";
    }
  }

  /** Multipliers of the rows that contradict each other. */
  contradiction(): Float64Array {
    const y = new Float64Array(this.p.m);
    for (let i = 0; i < this.#frame[D_COUNT]!; i++) {
      const side = this.#set[i]!;
      if (side < this.p.m) y[side] = this.#next[i]!;
    }
    return y;
  }

  #target(i: number): number {
    const side = this.#set[i]!;
    return this.#state[side]! > 0 ? this.#up[side]! : this.#lo[side]!;
  }

  /** x and y of the set, from the program itself. */
  finish(): void {
    const { p, core, x, y } = this;
    const k = this.#frame[D_COUNT]!;
    const z = this.#z;
    y.fill(0);
    z.fill(0);
    for (let i = 0; i < k; i++) this.#multiplier(i, this.#l[i]!);
    const f = core.f;
    const r = this.#r;
    r.fill(0);
    addTransposed(p.A, y, r);
    for (let j = 0; j < p.n; j++) f[j] = -p.q[j]! - r[j]! - z[j]!;
    for (let i = 0; i < p.m; i++) core.g[i] = core.held?.[i] ? p.l[i]! : 0;
    core.solve();
    x.set(core.dx);
    this.#addHeld();
  }

  #multiplier(i: number, v: number): void {
    const side = this.#set[i]!;
    if (side < this.p.m) this.y[side] = this.y[side]! + v;
    else {
      const j = this.variables[side - this.p.m]!;
      this.#z[j] = this.#z[j]! + v;
    }
  }

  #addHeld(): void {
    const { held, dy } = this.core;
    if (held) for (let i = 0; i < held.length; i++) if (held[i]) this.y[i] = this.y[i]! + dy[i]!;
  }

  /** One step of refinement for the sides of the set; false where there was nothing to gain. */
  correct(): boolean {
    const { p, core, x, y } = this;
    const { n, m } = p;
    const [r, z, rg, Av, next] = [this.#r, this.#z, this.#rg, this.#Av, this.#next];
    const k = this.#frame[D_COUNT]!;
    if (p.P) times(p.P, x, r);
    else r.fill(0);
    let size = Math.max(largest(r), largest(p.q));
    addTransposed(p.A, y, r);
    for (let j = 0; j < n; j++) r[j] = -(r[j]! + p.q[j]! + z[j]!);
    times(p.A, x, Av);
    let off = largest(r) > SETTLED * size;
    for (let i = 0; i < m; i++) rg[i] = core.held?.[i] ? p.l[i]! - Av[i]! : 0;
    size = Math.max(largest(Av), largest(x));
    off ||= largest(rg) > SETTLED * size;
    core.f.set(r);
    core.g.set(rg);
    core.solve();
    const values = this.#Dv;
    core.values(values);
    for (let i = 0; i < k; i++) {
      const side = this.#set[i]!;
      const j = side < m ? -1 : this.variables[side - m]!;
      const now = j < 0 ? Av[side]! : x[j]!;
      const short = now - this.#target(i);
      off ||= Math.abs(short) > SETTLED * size;
      next[i] = short + (j < 0 ? values[side]! : core.dx[j]!);
    }
    if (!off) return false;
    this.#k.dualSolve(this.#at);
    // f = r - C' next.
    const t = this.#Dx.fill(0);
    const dy = this.#Dy.fill(0);
    for (let i = 0; i < k; i++) {
      const side = this.#set[i]!;
      if (side < m) dy[side] = next[i]!;
      else t[this.variables[side - m]!] = next[i]!;
      this.#multiplier(i, next[i]!);
    }
    addTransposed(p.A, dy, t);
    for (let j = 0; j < n; j++) core.f[j] = r[j]! - t[j]!;
    core.g.set(rg);
    core.solve();
    for (let j = 0; j < n; j++) x[j] = x[j]! + core.dx[j]!;
    this.#addHeld();
    // A side that holds holds exactly.
    for (let i = 0; i < k; i++) {
      const side = this.#set[i]!;
      if (side >= m) x[this.variables[side - m]!] = this.#target(i);
    }
    return true;
  }

  release(): void {
    this.#w.release();
    this.core.release();
  }
}
