// A linear program solved by the simplex method, as a part of a run: first what presolve leaves, then the whole program from the basis
// that follows, so that the answer is a vertex of the program as given, with its own basis.

import { ITERATION, type Mark } from "../../driver/task.js";
import type { Watch } from "../../driver/watch.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { ConvexMethodOptions } from "../methods.js";
import { type Presolved, presolve } from "../presolve.js";
import { type Program, times } from "../program.js";
import { equilibrate, type Scaled } from "../scaling.js";
import type { Basis } from "./basis.js";
import { Tableau } from "./tableau.js";
import { type WalkEnd, walk } from "./walk.js";

/** A side within this of a value, relatively, binds. */
const BINDS = 1e-9;
/** Tolerances where the usual ones have left too much. */
const CLOSER = 1e-12;

interface Point {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export class SimplexRun {
  readonly program: Program;
  /** Of the vertex that was found. */
  basis: Basis | null = null;
  readonly #settings: ConvexMethodOptions;
  readonly #runtime: Runtime | undefined;
  readonly #watch: Watch;
  #presolved: Presolved | null = null;
  #scaled: Scaled | null = null;
  #t: Tableau | null = null;

  constructor(program: Program, settings: ConvexMethodOptions, runtime: Runtime | undefined, watch: Watch) {
    this.program = program;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#watch = watch;
  }

  /** `proves` says whether multipliers contradict the rows; `take` how far a point is from optimal. */
  *run(
    tolerance: number,
    take: (p: Point) => number,
    proves: (y: Float64Array) => boolean,
  ): Generator<Mark, WalkEnd, void> {
    const { program } = this;
    const given = this.#settings.basis ?? null;
    let basis = given;
    if (!given && this.#settings.presolve !== false) {
      const presolved = presolve(program);
      const reduced = presolved.program;
      if (reduced && (reduced.n < program.n || reduced.m < program.m)) {
        this.#open(reduced, presolved);
        const end = yield* this.#steps(null);
        if (end.kind === "optimal") basis = this.#wholeBasis(presolved);
        if (end.kind === "infeasible") {
          const y = this.#multipliers(end.y);
          if (proves(y)) return { kind: "infeasible", y };
        }
        this.release();
      }
    }
    this.#open(program, null);
    let end = yield* this.#steps(basis);
    const t = this.#t!;
    if (end.kind === "optimal") {
      const first = take(this.point());
      this.basis = this.#basisOf(t);
      if (first > tolerance) {
        t.primalTolerance = t.dualTolerance = CLOSER;
        end = yield* this.#steps(this.basis);
        if (end.kind === "optimal" && take(this.point()) < first) this.basis = this.#basisOf(t);
      }
    }
    if (end.kind === "infeasible") return { kind: "infeasible", y: this.#multipliers(end.y) };
    if (end.kind === "unbounded")
      return { kind: "unbounded", d: end.d.map((v, j) => v * this.#scaled!.D[j]!) };
    return end;
  }

  #open(p: Program, presolved: Presolved | null): void {
    this.#presolved = presolved;
    this.#scaled = equilibrate(p);
    this.#t = new Tableau(this.#scaled.program, this.#runtime);
  }

  *#steps(basis: Basis | null): Generator<Mark, WalkEnd, void> {
    this.#t!.begin(basis);
    const steps = walk(this.#t!);
    for (;;) {
      const next = steps.next();
      // The last look changes no basis.
      if (next.done) return next.value;
      this.#watch.nfev++;
      yield ITERATION;
    }
  }

  #multipliers(y: Float64Array): Float64Array {
    const { E } = this.#scaled!;
    const own = y.map((v, i) => v * E[i]!);
    if (!this.#presolved) return own;
    return this.#presolved.undo(new Float64Array(this.#t!.n), own, false).y;
  }

  /** Where the run stands, in the whole program. */
  point(): Point {
    const { D, E, cost } = this.#scaled!;
    const t = this.#t!;
    const x = Float64Array.from(D, (scale, j) => scale * t.x[j]!);
    const y = Float64Array.from(E, (scale, i) => {
      const v = t.d[t.n + i]!;
      return v === 0 ? 0 : (-scale * v) / cost;
    });
    return this.#presolved?.undo(x, y, true) ?? { x, y };
  }

  #basisOf(t: Tableau): Basis {
    const side = (j: number) => (t.place[j]! >= 0 ? 0 : t.lo[j] !== t.x[j] && t.up[j] === t.x[j] ? 1 : -1);
    return {
      variables: Int8Array.from({ length: t.n }, (_, j) => side(j)),
      rows: Int8Array.from({ length: t.m }, (_, i) => side(t.n + i)),
    };
  }

  /** The basic variables of what presolve left, and whatever else lies strictly within its sides. */
  #wholeBasis(presolved: Presolved): Basis {
    const { n, m, A, l, u, lower, upper } = this.program;
    const own = this.#basisOf(this.#t!);
    const { x } = this.point();
    const Ax = new Float64Array(m);
    times(A, x, Ax);
    const basic = new Uint8Array(n + m);
    presolved.columns.forEach((j, k) => {
      basic[j] = own.variables[k] === 0 ? 1 : 0;
    });
    presolved.rows.forEach((i, k) => {
      basic[n + i] = own.rows[k] === 0 ? 1 : 0;
    });
    let count = 0;
    const place = (v: number, lo: number, up: number, isBasic: number) => {
      const room = BINDS * Math.max(1, Math.abs(v));
      const within = v - lo > room && up - v > room;
      if (within || isBasic) count++;
      return within ? 0 : isBasic ? 2 : up - v < v - lo ? 1 : -1;
    };
    const all = Int8Array.from({ length: n + m }, (_, j) =>
      j < n
        ? place(x[j]!, lower[j]!, upper[j]!, basic[j]!)
        : place(Ax[j - n]!, l[j - n]!, u[j - n]!, basic[j]!),
    );
    // Basic at a side: those give way where there are too many.
    for (let j = 0; j < n + m; j++) {
      if (all[j] !== 2) continue;
      all[j] = count > m ? -1 : 0;
      if (count > m) count--;
    }
    return { variables: all.subarray(0, n), rows: all.subarray(n) };
  }

  /** The basis, where it is one of `whole`, which has further sides: a free variable that is not basic lies at none. */
  basisFor(whole: Program): Basis | undefined {
    const { basis, program: p } = this;
    if (!basis || p === whole) return basis ?? undefined;
    const stands = (place: ArrayLike<number>, lo: Float64Array, up: Float64Array) =>
      Array.from(place).every((v, i) => v === 0 || Math.abs(v < 0 ? lo[i]! : up[i]!) < Infinity);
    return stands(basis.variables, p.lower, p.upper) && stands(basis.rows, p.l, p.u) ? basis : undefined;
  }

  get begun(): boolean {
    return this.#t !== null;
  }

  release(): void {
    this.#t?.release();
  }
}
