// A convex program solved by the interior point method, as a task of the driver: attempts with more and more care, and where they
// fail the search for a proof that there is no solution.

import type { Iteration, Mark, Method, Requests, Task } from "../driver/task.js";
import { ITERATION, Measure } from "../driver/task.js";
import { type Limits, limitKeys } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { numberOption } from "../runtime/options.js";
import { type Certificate, ConvexAnswer, type ConvexEnd } from "./answer.js";
import { Attempt, type AttemptOptions } from "./attempt.js";
import { ATTEMPTS, DEFAULTS, FAR, type MethodName, PROOFS } from "./attempts.js";
import { farkas, farkasProgram, onlyRows, PROOF, phaseOne, ray, rayProgram } from "./certificates.js";
import { negativeCurvature } from "./convexity.js";
import { dualRun } from "./dual-run.js";
import { Meter, worst } from "./measures.js";
import { largest, type Program } from "./program.js";
import { equilibrate } from "./scaling.js";

export interface ConvexSettings extends Limits {
  /**
   * Bound on the three relative measures of the answer: violation, stationarity, gap. Default 1e-10; where rounding forbids it 1e-7 is
   * accepted, and said (reason "acceptable"). "admm": 1e-6; "pdhg": 1e-7, and 1e-6 accepted.
   */
  tolerance?: number | undefined;
}

export const settingKeys = [...limitKeys, "tolerance"] as const;

/** Of the last attempt at a proof: its rows are met more closely. */
const DIRECT = { x: 1e-8, y: 1e-12 };
/** Rows of a proof among which the needed ones are looked for. */
const FEW = 25;

/** Where multipliers are not 0 to rounding. */
function support(y: Float64Array): number[] {
  const most = largest(y);
  return [...y.keys()].filter((i) => Math.abs(y[i]!) > 1e-9 * most);
}

const chunk = (iterations: number): Mark => ({ kind: "iteration", iterations });

const OPTIMAL = { status: "solved", reason: "optimal" } as const;

export class ConvexTask implements Task<ConvexEnd, ConvexAnswer> {
  readonly watch: Watch;
  readonly method: Requests<ConvexEnd>;
  readonly program: Program;
  /** The best whole point so far. */
  x: Float64Array;
  y: Float64Array;
  readonly #meter: Meter;
  #name: MethodName;
  readonly #attempts: readonly AttemptOptions[];
  readonly #optimality: Measure<ConvexEnd>;
  readonly #acceptable: number;
  readonly #runtime: Limits["runtime"];
  #attempt: Attempt | null = null;
  #best = Infinity;
  /** A proof has been looked for. */
  #sought = false;
  #certificate: Certificate | undefined;
  #conflict: readonly (string | number)[] | undefined;
  #look: { fun: number; primal: number; dual: number } = {
    fun: Number.NaN,
    primal: Infinity,
    dual: Infinity,
  };

  constructor(where: string, program: Program, o: ConvexSettings, name: MethodName, parent?: Watch) {
    const [usual, acceptable, most] = DEFAULTS[name];
    const tolerance = numberOption(where, "tolerance", o.tolerance, usual, { min: 1e-15, max: 1 });
    this.#name = name;
    this.#attempts = ATTEMPTS[name];
    this.program = program;
    this.#acceptable = o.tolerance === undefined ? acceptable : tolerance;
    this.#optimality = new Measure<ConvexEnd>("optimality", tolerance, OPTIMAL);
    this.watch = parent?.share([this.#optimality], most) ?? new Watch(where, o, [this.#optimality], most);
    this.#runtime = o.runtime;
    this.#meter = new Meter(program);
    this.x = new Float64Array(program.n);
    this.y = new Float64Array(program.m);
    chosenRuntime(o.runtime);
    this.method = this.#run();
  }

  *#run(): Method<ConvexEnd> {
    if (this.#name === "activeSet") {
      const y = yield* dualRun(this.program, this.#runtime, this.watch, (x, y) => this.#point(x, y));
      const proof = y && farkas(this.program, y);
      if (proof && proof.radius >= PROOF) {
        yield* this.#accept(proof);
        return { status: "primalInfeasible", reason: "certificate" };
      }
      this.#name = "interiorPoint";
    }
    const { P } = this.program;
    const d = P && negativeCurvature(P, this.#runtime);
    if (d) {
      this.#certificate = { d };
      return { status: "nonConvex", reason: "negativeCurvature" };
    }
    for (let k = 0; k < this.#attempts.length; k++) {
      const attempt = Attempt.make(this.program, { ...this.#attempts[k]!, runtime: this.#runtime });
      if (attempt) {
        this.#attempt = attempt;
        yield* this.#iterate(attempt, true);
        this.#take(attempt);
        this.#drop();
        if (this.#proof) return this.#proof;
      }
      // An answer that only rounding keeps from the tolerance gets one more attempt.
      if (this.#best <= this.#acceptable && (k > 0 || this.#attempts.length === 1))
        return { status: "solved", reason: "acceptable" };
      if (k > 0 || this.#best <= FAR) continue;
      if (!this.#sought) yield* this.#prove();
      if (this.#proof) return this.#proof;
    }
    return { status: "failed", reason: Number.isFinite(this.#best) ? "stalled" : "numerical" };
  }

  *#iterate(attempt: Attempt, counts: boolean): Generator<Mark, void, void> {
    for (;;) {
      const more = attempt.step();
      this.watch.nfev++;
      if (counts) this.#publish(attempt);
      yield attempt.point.chunk === 1 ? ITERATION : chunk(attempt.point.chunk);
      if (!more || (!counts && attempt.best < 1e-13)) return;
      if (!counts || this.#sought || !attempt.doubtful || attempt.best <= FAR) continue;
      this.#take(attempt);
      yield* this.#prove();
      this.#attempt = attempt;
      if (this.#proof) return;
    }
  }

  get #proof(): ConvexEnd | null {
    if (this.#certificate?.y) return { status: "primalInfeasible", reason: "certificate" };
    return this.#certificate?.x ? { status: "dualInfeasible", reason: "ray" } : null;
  }

  /** The measure that the driver compares: of the whole program, computed where the reduced one promises enough. */
  #publish(attempt: Attempt): void {
    const { measures, best } = attempt;
    if (measures) this.#look = { fun: measures.objective, primal: measures.primal, dual: measures.dual };
    if (best <= this.#optimality.tolerance) this.#take(attempt);
  }

  #take(attempt: Attempt): void {
    if (attempt.best === Infinity) return;
    const { x, y } = attempt.whole();
    this.#point(x, y);
  }

  #point(x: Float64Array, y: Float64Array): number {
    const measures = this.#meter.measure(x, y);
    const value = worst(measures);
    if (!(value < this.#best)) return value;
    this.#best = value;
    this.#look = { fun: measures.objective, primal: measures.primal, dual: measures.dual };
    this.x.set(x);
    this.y.set(y);
    this.#optimality.value = value;
    return value;
  }

  /** Looks for multipliers that contradict the constraints, then for a ray. */
  *#prove(): Generator<Mark, void, void> {
    const { program } = this;
    this.#sought = true;
    const { D, E } = equilibrate(program);
    if (program.m > 0) {
      const direct = farkasProgram(program, E);
      for (const settings of [...PROOFS, null]) {
        const found = settings
          ? (yield* this.#auxiliary(phaseOne(program, E), settings)).y
          : yield* this.#direct(direct.program, direct.read);
        const proof = farkas(program, found);
        if (proof.radius < PROOF) continue;
        yield* this.#accept(proof);
        return;
      }
    }
    for (const settings of PROOFS) {
      const direction = (yield* this.#auxiliary(rayProgram(program, D), settings)).x;
      if (ray(program, direction).radius < PROOF) continue;
      this.#certificate = { x: direction };
      return;
    }
  }

  *#accept({ y, z }: { y: Float64Array; z: Float64Array }): Generator<Mark, void, void> {
    const size = largest(y);
    this.#certificate = { y: y.map((v) => v / size), z: z.map((v) => v / size) };
    yield* this.#contradiction(y);
  }

  /** The first multipliers on the way to the strongest proof that prove enough; else the last. */
  *#direct(program: Program, read: (x: Float64Array) => Float64Array): Generator<Mark, Float64Array, void> {
    const attempt = new Attempt(program, null, { presolve: false, shift: DIRECT, runtime: this.#runtime });
    this.#attempt = attempt;
    const { D } = attempt.scaled;
    let y = new Float64Array(this.program.m);
    for (let more = true; more; ) {
      more = attempt.step();
      this.watch.nfev++;
      y = read(attempt.point.x.map((v, j) => v * D[j]!)) as typeof y;
      if (farkas(this.program, y).radius >= PROOF) more = false;
      yield ITERATION;
    }
    this.#drop();
    return y;
  }

  /** The rows of a proof; while they are few, without those that are not needed (the deletion filter: Chinneck and Dravnieks 1991). */
  *#contradiction(y: Float64Array): Generator<Mark, void, void> {
    const { program } = this;
    let rows = support(y);
    const named = () => rows.map((i) => program.rowNames?.[i] ?? i);
    this.#conflict = named();
    if (rows.length <= FEW) {
      for (const i of [...rows]) {
        if (!rows.includes(i)) continue;
        const fewer = onlyRows(
          program,
          rows.filter((r) => r !== i),
        );
        const found = yield* this.#auxiliary(
          phaseOne(fewer.program, new Float64Array(fewer.program.m).fill(1)),
          PROOFS[0]!,
        );
        const proof = farkas(fewer.program, found.y);
        if (proof.radius >= PROOF) rows = support(proof.y).map((k) => fewer.rows[k]!);
      }
    }
    this.#conflict = named();
  }

  /** The best point of a program that always has a solution. */
  *#auxiliary(
    program: Program,
    o: AttemptOptions,
  ): Generator<Mark, { x: Float64Array; y: Float64Array }, void> {
    const attempt = Attempt.make(program, { ...o, runtime: this.#runtime });
    if (!attempt) return { x: new Float64Array(program.n), y: new Float64Array(program.m) };
    this.#attempt = attempt;
    yield* this.#iterate(attempt, false);
    const point = attempt.whole();
    this.#drop();
    return point;
  }

  #drop(): void {
    this.#attempt?.release();
    this.#attempt = null;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const now = this.#attempt?.program === this.program ? this.#attempt.whole().x : this.x.slice();
    const { fun, primal, dual } = this.#look;
    return { nit, nfev, x: now, fun, gradNorm: dual, stepNorm: primal, elapsedMs };
  }

  out(given: ConvexEnd): ConvexAnswer {
    // A proof found before a limit ended the search for fewer rows is a proof.
    const end: ConvexEnd =
      given.status === "stopped" && this.#certificate?.y
        ? { status: "primalInfeasible", reason: "certificate" }
        : given;
    if (this.#attempt && this.#attempt.program === this.program) this.#take(this.#attempt);
    const measures = this.#meter.measure(this.x, this.y);
    return new ConvexAnswer(
      end,
      this.watch,
      { kind: "convexProgram", method: this.#name, variant: chosenRuntime(this.#runtime).variant },
      {
        ...measures,
        x: this.x,
        y: this.#meter.y.slice(),
        z: this.#meter.z.slice(),
        certificate: this.#certificate,
        conflict: this.#conflict,
        program: this.program,
        runtime: this.#runtime,
      },
    );
  }

  release(): void {
    this.#drop();
  }
}
