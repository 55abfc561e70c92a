// A sequence of quadratic programs that differ in q and the sides, as in model-predictive control: analysed, scaled and, as long as the
// same sides bind, factored once.

import { run, runAsync } from "../driver/run.js";
import type { Iteration, Mark, Method, Nested, Task } from "../driver/task.js";
import { ITERATION, Measure } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import type { SparseMatrix } from "../linalg/csr.js";
import type { MatrixLike } from "../linalg/matrix.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import { beside } from "../runtime/workspace.js";
import { Admm } from "./admm.js";
import { ConvexAnswer, type ConvexEnd } from "./answer.js";
import { negativeCurvature } from "./convexity.js";
import { DualSet } from "./dual-set.js";
import { exactMeasures } from "./exact-measures.js";
import { bounds, checkCrossing, type QuadraticProgram, readProgram } from "./input.js";
import { InteriorPoint } from "./interior-point.js";
import { Kkt } from "./kkt.js";
import { Meter, weightOf, worst } from "./measures.js";
import type { Program } from "./program.js";
import { ConvexTask } from "./run.js";
import { rescale, samePattern } from "./same-pattern.js";
import { equilibrate, type Scaled } from "./scaling.js";
import { type ConvexSettings, settingKeys } from "./settings.js";
import type { ConvexResult } from "./solve.js";
import { SparseCore } from "./sparse-core.js";
import { withinEvaluations } from "./within-evaluations.js";

/** What may change between two solves; A and P keep their patterns. */
export interface QPUpdate {
  q?: ArrayLike<number> | undefined;
  l?: ArrayLike<number | null> | undefined;
  u?: ArrayLike<number | null> | undefined;
  lower?: ArrayLike<number | null> | undefined;
  upper?: ArrayLike<number | null> | undefined;
  P?: MatrixLike | SparseMatrix | undefined;
  A?: MatrixLike | SparseMatrix | undefined;
}

export interface QPSession extends Disposable {
  /** Solves the program as it stands, from the last answer. */
  solve(): ConvexResult;
  /** The same; the event loop gets a turn at least every 8 ms. Until it has ended, `solve`, `update` and `dispose` are REENTRANT. */
  solveAsync(): Promise<ConvexResult>;
  /** Replaces numbers; what is not named stays. */
  update(patch: QPUpdate): this;
  dispose(): void;
}

export interface QPSessionOptions extends ConvexSettings {
  /**
   * "activeSet" (default): from the sides that bound last, and the interior point method where they change much. "admm": from the last
   * iterate with the last factors, polished; its default tolerance is 1e-6.
   */
  method?: "activeSet" | "admm" | undefined;
}

/** Changes of the active set over n + m before the interior point method takes over; turns between two looks. */
const PATIENCE = 5;
const TURNS = 50;
const OPTIMAL = { status: "solved", reason: "optimal" } as const;

/**
 * A quadratic program that is solved again and again with other q, l, u, lower, upper (or numbers of P and A). Each solve starts from the
 * sides that bound last, and factors nothing while they stay; where they change much the interior point method finds them anew.
 *
 * @throws as solveQP; SHAPE where a new P or A has another pattern; DISPOSED after `dispose()`; REENTRANT from within its own onIteration.
 * @example
 * const session = qpSession({ P: [[2, 0], [0, 2]], q: [-2, -5], A: [[1, 2]], u: [3] });
 * session.solve().x; // [0.4, 1.3]
 * session.update({ u: [2] }).solve().x; // [0.2, 0.9]
 * session.dispose(); // or `using`
 */
export function qpSession(problem: QuadraticProgram, o: QPSessionOptions = {}): QPSession {
  checkKeys("qpSession", o, [...settingKeys, "method"]);
  const method = choiceOption("qpSession", "method", o.method, ["activeSet", "admm"], "activeSet");
  return new Session(readProgram("qpSession", problem), o, method === "admm");
}

class Session implements QPSession {
  readonly program: Program;
  readonly scaled: Scaled;
  readonly settings: ConvexSettings;
  readonly tolerance: number;
  readonly kkt: Kkt;
  readonly meter: Meter;
  core: SparseCore;
  set: DualSet;
  /** By "admm": its iterate and factors, once there are any. */
  readonly splits: boolean;
  admm: Admm | null = null;
  /** P was found convex. */
  convex = false;
  #disposed = false;
  #busy = false;

  constructor(program: Program, o: ConvexSettings, splits: boolean) {
    this.splits = splits;
    this.program = program;
    this.settings = o;
    this.tolerance = numberOption("qpSession", "tolerance", o.tolerance, splits ? 1e-6 : 1e-9, {
      min: 1e-15,
      max: 1,
    });
    // Each solve has a watch of its own: what would be refused there is refused here.
    new Watch("qpSession", o, [], 1);
    this.scaled = equilibrate(program);
    this.kkt = new Kkt(this.scaled.program, o.runtime);
    this.core = new SparseCore(this.scaled.program, this.kkt);
    this.set = beside(this.kkt, () => new DualSet(this.scaled.program, this.core, o.runtime));
    this.meter = new Meter(program);
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  /** DISPOSED; REENTRANT for what onIteration asks of the solve that it is called by. */
  #live(what: string): void {
    if (this.#disposed) throw new DownhillError("DISPOSED", "this qpSession was disposed");
    if (this.#busy)
      throw new DownhillError("REENTRANT", `qpSession.${what} was called while this session solves`, {
        hint: "wait until solve() has returned, or use another session",
      });
  }

  solve(): ConvexResult {
    this.#live("solve");
    this.#busy = true;
    try {
      return run(new SessionTask(this, "qpSession.solve"));
    } finally {
      this.#busy = false;
    }
  }

  async solveAsync(): Promise<ConvexResult> {
    this.#live("solveAsync");
    this.#busy = true;
    try {
      return await runAsync(new SessionTask(this, "qpSession.solveAsync"));
    } finally {
      this.#busy = false;
    }
  }

  update(patch: QPUpdate): this {
    this.#live("update");
    const where = "qpSession.update";
    checkKeys(where, patch, ["q", "l", "u", "lower", "upper", "P", "A"]);
    const { program } = this;
    const { n, m } = program;
    const next = {
      l: patch.l === undefined ? program.l : bounds(where, "l", patch.l, m, -Infinity),
      u: patch.u === undefined ? program.u : bounds(where, "u", patch.u, m, Infinity),
      lower: patch.lower === undefined ? program.lower : bounds(where, "lower", patch.lower, n, -Infinity),
      upper: patch.upper === undefined ? program.upper : bounds(where, "upper", patch.upper, n, Infinity),
    };
    checkCrossing(where, "l", "u", next.l, next.u);
    checkCrossing(where, "lower", "upper", next.lower, next.upper);
    const q = patch.q === undefined ? undefined : copyNumbers(where, "q", patch.q, n);
    if (q !== undefined) checkFinite(where, "q", q);
    const P = patch.P === undefined ? null : samePattern(where, "P", patch.P, program.P);
    const A = patch.A === undefined ? null : samePattern(where, "A", patch.A, program.A);
    if (q !== undefined) program.q.set(q);
    for (const name of ["l", "u", "lower", "upper"] as const) program[name].set(next[name]);
    if (P) program.P!.values.set(P.values);
    if (A) program.A.values.set(A.values);
    this.#scale(P !== null, A !== null);
    return this;
  }

  /** The scaled program again, with the factors of the first. */
  #scale(newP: boolean, newA: boolean): void {
    const { program, scaled } = this;
    const { D, E, cost } = scaled;
    const s = scaled.program;
    for (let j = 0; j < program.n; j++) {
      s.q[j] = program.q[j]! * D[j]! * cost;
      s.lower[j] = program.lower[j]! / D[j]!;
      s.upper[j] = program.upper[j]! / D[j]!;
    }
    for (let i = 0; i < program.m; i++) {
      s.l[i] = program.l[i]! * E[i]!;
      s.u[i] = program.u[i]! * E[i]!;
    }
    if (newP) rescale(program.P!, s.P!, D, D, cost);
    if (newA) rescale(program.A, s.A, E, D, 1);
    if (newP) this.convex = false;
    this.admm?.renew(newP || newA);
    if (newP || newA) {
      this.kkt.load(s);
      this.core.forget();
      this.set.forget();
    }
    if (this.core.fits() && this.set.fits()) return;
    this.set.release();
    this.core = new SparseCore(s, this.kkt);
    // Without its set a session is none.
    const whole = { release: () => this.dispose() };
    this.set = beside(whole, () => new DualSet(s, this.core, this.settings.runtime));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#live("dispose");
    this.#disposed = true;
    this.admm?.release();
    this.set.release();
    this.kkt.release();
  }
}

class SessionTask implements Task<ConvexEnd, ConvexAnswer> {
  readonly watch: Watch;
  readonly method: Method<ConvexEnd>;
  readonly #session: Session;
  readonly #optimality: Measure<ConvexEnd>;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  #whole: ConvexAnswer | null = null;
  #name = "activeSet";

  constructor(session: Session, where: string) {
    this.#session = session;
    this.#optimality = new Measure<ConvexEnd>("optimality", session.tolerance, OPTIMAL);
    this.watch = new Watch(where, session.settings, [this.#optimality], session.splits ? 20_000 : 500);
    this.#x = new Float64Array(session.program.n);
    this.#y = new Float64Array(session.program.m);
    this.method = withinEvaluations(this.watch, this.#run());
  }

  *#run(): Method<ConvexEnd> {
    const session = this.#session;
    const { program, core, set, scaled, settings } = session;
    if (!session.convex && program.P && negativeCurvature(program.P, settings.runtime))
      return yield* this.#anew();
    session.convex = true;
    if (session.splits) return yield* this.#split();
    if (yield* this.#activeSet()) return OPTIMAL;
    this.#name = "interiorPoint";
    const point = new InteriorPoint(scaled.program, settings.runtime, session.kkt);
    const { regular } = core;
    core.forget();
    core.regular = regular;
    let best = Infinity;
    for (let waited = 0, ok = point.start(); ok && waited < point.patience; ok = point.step()) {
      this.watch.nfev++;
      this.#take(point.x, point.y);
      const distance = point.rp + point.rd + point.mu;
      waited = distance < 0.9 * best ? 0 : waited + 1;
      best = Math.min(best, distance);
      yield ITERATION;
    }
    set.reset();
    return yield* this.#anew();
  }

  /** From the last iterate. */
  *#split(): Method<ConvexEnd> {
    const session = this.#session;
    this.#name = "admm";
    const begun = session.admm !== null;
    session.admm ??= new Admm(session.scaled.program, session.settings.runtime);
    const point = session.admm;
    const mark: Mark = { kind: "iteration", iterations: point.chunk };
    let best = Infinity;
    for (let waited = 0, ok = begun || point.start(); ok && waited < point.patience; ) {
      ok = yield* point.step();
      this.watch.nfev++;
      this.#take(point.x, point.y);
      if (point.polished) this.#take(point.polished.x, point.polished.y);
      point.polished = null;
      const distance = point.rp + point.rd;
      waited = distance < 0.9 * best ? 0 : waited + 1;
      best = Math.min(best, distance);
      yield mark;
    }
    return yield* this.#anew();
  }

  /** From the sides that bound last; false where the method does not reach the tolerance. */
  *#activeSet(): Generator<Mark, boolean, void> {
    const { set, core, program, tolerance } = this.#session;
    if (!core.regular) return false;
    set.begin();
    for (;;) {
      if (!core.regular) break;
      const end = set.advance(Math.max(1, Math.min(TURNS, this.watch.maxEvaluations - set.changes)));
      this.watch.nfev = Math.max(1, set.changes);
      if (end === "solved") {
        set.finish();
        this.#take(set.x, set.y);
        for (let turn = 0; turn < 3 && this.#optimality.value > 1e-2 * tolerance && set.correct(); turn++)
          this.#take(set.x, set.y);
        yield ITERATION;
        return this.#optimality.value <= tolerance;
      }
      yield ITERATION;
      if (end !== "more" || set.changes > PATIENCE * (program.n + program.m)) break;
    }
    set.reset();
    return false;
  }

  /** Everything from the beginning: presolve, other scaling, certificates. */
  *#anew(): Method<ConvexEnd> {
    const { program, settings } = this.#session;
    const task = new ConvexTask(this.watch.where, program, settings, "interiorPoint", { parent: this.watch });
    const ask: Nested<ConvexAnswer> = { kind: "task", task: task as never };
    yield ask;
    this.#whole = ask.result ?? null;
    const { status, reason } = this.#whole ?? { status: "failed", reason: "stalled" };
    return { status, reason } as ConvexEnd;
  }

  /** The point of the program as given, if it is the best so far. */
  #take(x: Float64Array, y: Float64Array): void {
    const { meter, scaled } = this.#session;
    const { D, E, cost } = scaled;
    const tx = x.map((v, j) => v * D[j]!);
    const ty = y.map((v, i) => (v * E[i]!) / cost);
    const weight = weightOf(this.#optimality.tolerance);
    let value = worst(meter.measure(tx, ty), weight);
    // What is claimed is what verify finds.
    if (value <= this.#optimality.tolerance)
      value = Math.max(value, worst(exactMeasures(meter.program, tx, ty), weight));
    if (!(value < this.#optimality.value)) return;
    this.#optimality.value = value;
    this.#x.set(tx);
    this.#y.set(ty);
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const { objective, primal, dual } = this.#session.meter.measure(this.#x, this.#y);
    return { nit, nfev, x: this.#x.slice(), fun: objective, gradNorm: dual, stepNorm: primal, elapsedMs };
  }

  out(end: ConvexEnd): ConvexAnswer {
    if (this.#whole) return this.#whole;
    const { meter, settings, program } = this.#session;
    meter.measure(this.#x, this.#y);
    const measures = exactMeasures(program, this.#x, this.#y, meter.z);
    const { variant } = chosenRuntime(settings.runtime);
    return new ConvexAnswer(
      end,
      this.watch,
      { kind: "convexProgram", method: this.#name, variant },
      {
        ...measures,
        tolerance: this.#optimality.tolerance,
        program: { ...program, q: program.q.slice(), l: program.l.slice(), u: program.u.slice() },
        runtime: settings.runtime,
        x: this.#x,
        y: meter.y.slice(),
        z: meter.z.slice(),
      },
    );
  }

  release(): void {}
}
