// A convex program solved by the interior point method, as a task of the driver: attempts with more and more care, and where they
// fail the search for a proof that there is no solution.

import type { Iteration, Look, Mark, Method, Requests, Task } from "../driver/task.js";
import { CHECK, ITERATION, Measure } from "../driver/task.js";
import type { Limits } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { numberOption } from "../runtime/options.js";
import { type Certificate, ConvexAnswer, type ConvexEnd } from "./answer.js";
import { Attempt, type AttemptOptions } from "./attempt.js";
import { ATTEMPTS, DEFAULTS, FAR, type MethodName } from "./attempts.js";
import { farkas, PROOF, ray } from "./certificates.js";
import {
  type Anchor,
  anchorVectors,
  type ConvexState,
  fingerprint,
  readVectors,
  refusedState,
  sealConvex,
  unsealConvex,
} from "./convex-state.js";
import { negativeCurvature } from "./convexity.js";
import { dualRun } from "./dual-run.js";
import { exactly, exactMeasures } from "./exact-measures.js";
import { warnOfFarSides, withoutFarSides } from "./far-sides.js";
import { type Measures, Meter, weightOf, worst } from "./measures.js";
import type { ConvexMethodOptions } from "./methods.js";
import { type Program, times } from "./program.js";
import { ProofSearch } from "./proof-search.js";
import type { ConvexSettings } from "./settings.js";
import { SimplexRun } from "./simplex/run.js";
import type { WalkEnd } from "./simplex/walk.js";
import { UNITS } from "./units.js";
import { withinEvaluations } from "./within-evaluations.js";

/** Of the iterations, for the program without its far sides. */
const NEAR_SHARE = 0.25;

const OPTIMAL = { status: "solved", reason: "optimal" } as const;

/** Not near a solution, or only by the units of the program. */
const far = ({ best, reduced, x, y }: Attempt): boolean =>
  best > FAR || exactly(reduced, x, y).byUnits() > UNITS;

export class ConvexTask implements Task<ConvexEnd, ConvexAnswer, ConvexState> {
  readonly watch: Watch;
  readonly method: Requests<ConvexEnd>;
  readonly program: Program;
  /** The same without its far sides; itself where there are none. */
  readonly #near: Program;
  /** The best whole point so far. */
  x: Float64Array;
  y: Float64Array;
  readonly #meter: Meter;
  #name: MethodName;
  /** What was asked for. */
  readonly #asked: MethodName;
  /** Its state may be asked for at any time. */
  readonly #keeps: boolean;
  readonly #attempts: readonly AttemptOptions[];
  readonly #optimality: Measure<ConvexEnd>;
  /** What a status "solved" claims at least; the run goes on to `#optimality`. */
  readonly #tolerance: number;
  /** Of violation and stationarity. */
  readonly #weight: number;
  readonly #runtime: Limits["runtime"];
  readonly #options: ConvexMethodOptions;
  #attempt: Attempt | null = null;
  #simplex: SimplexRun | null = null;
  #best = Infinity;
  /** The best point is within the tolerance by the units of the program alone: first a proof is looked for, and a better point. */
  #excused = false;
  /** Of the best point, where they are known: its measures and the multipliers of the bounds. */
  #exact: readonly [Measures, Float64Array] | null = null;
  /** A proof has been looked for, and there is none. */
  #unproved = false;
  /** A proof has been looked for. */
  #sought = false;
  /** The attempt under way, and whether the last iteration was one of its own; else where it stood before. */
  #k = 0;
  #own = false;
  #anchor: Anchor | null = null;
  #resumed: Attempt | null = null;
  readonly #proofs: ProofSearch;
  #negative: Certificate | undefined;
  #look = { fun: Number.NaN, primal: Infinity, dual: Infinity };

  constructor(
    where: string,
    program: Program,
    o: ConvexSettings,
    name: MethodName,
    {
      parent,
      keeps = false,
      options = {},
    }: { parent?: Watch; keeps?: boolean; options?: ConvexMethodOptions } = {},
  ) {
    const [usual, aim, most] = DEFAULTS[name];
    this.#tolerance = numberOption(where, "tolerance", o.tolerance, usual, { min: 1e-15, max: 1 });
    this.#name = name;
    this.#asked = name;
    this.#keeps = keeps;
    this.#options = options;
    this.program = program;
    this.#near = withoutFarSides(program);
    const usualAttempts = ATTEMPTS[name];
    this.#attempts =
      this.#near === program ? usualAttempts : [{ ...usualAttempts[0]!, near: true }, ...usualAttempts];
    this.#weight = weightOf(this.#tolerance);
    this.#optimality = new Measure("optimality", o.tolerance === undefined ? aim : this.#tolerance, OPTIMAL);
    this.watch = parent?.share([this.#optimality], most) ?? new Watch(where, o, [this.#optimality], most);
    this.#runtime = o.runtime;
    this.#meter = new Meter(program);
    this.#proofs = new ProofSearch(program, this.#near, o.runtime, this.watch);
    this.x = new Float64Array(program.n);
    this.y = new Float64Array(program.m);
    chosenRuntime(o.runtime);
    this.method = withinEvaluations(this.watch, this.#run());
  }

  *#run(): Method<ConvexEnd> {
    if (this.watch.maxIterations === 0) yield CHECK;
    if (this.#name === "simplex") return yield* this.#walk();
    if (this.#name === "activeSet" && !this.#anchor) {
      for (const program of new Set([this.#near, this.program])) {
        const y = yield* dualRun(program, this.#runtime, this.watch, (x, y) => this.#point(x, y));
        const proof = y && farkas(this.#near, y);
        if (!proof || proof.radius < PROOF) continue;
        yield* this.#proofs.accept(proof);
        return { status: "primalInfeasible", reason: "certificate" };
      }
      this.#name = "interiorPoint";
    }
    const { P } = this.program;
    const d = P && negativeCurvature(P, this.#runtime);
    if (d) {
      this.#negative = { d };
      return { status: "nonConvex", reason: "negativeCurvature" };
    }
    for (let k = this.#k; k < this.#attempts.length; k++) {
      this.#k = k;
      const resumed = this.#resumed;
      this.#resumed = null;
      const attempt = resumed ?? this.#make(k);
      if (attempt) {
        this.#attempt = attempt;
        yield* this.#iterate(attempt, resumed !== null);
        this.#take(attempt);
        this.#drop();
        if (this.#proof) return this.#proof;
      }
      if (this.#excused && !this.#sought) yield* this.#prove();
      if (this.#proof) return this.#proof;
      // An answer that rounding keeps from more than its tolerance gets one more attempt.
      if (this.#best <= this.#tolerance && (k > 0 || ATTEMPTS[this.#name].length === 1)) return OPTIMAL;
      if (k > 0 || this.#best <= FAR) continue;
      if (!this.#sought) yield* this.#prove();
      if (this.#proof) return this.#proof;
    }
    if (!this.#sought) yield* this.#prove();
    if (this.#proof) return this.#proof;
    return { status: "failed", reason: Number.isFinite(this.#best) ? "stalled" : "numerical" };
  }

  *#walk(): Method<ConvexEnd> {
    const { program } = this;
    const options = this.#options;
    // A given basis is of the whole program.
    const order = options.basis ? [program, this.#near] : [this.#near, program];
    for (const p of new Set(order)) {
      const end = yield* this.#vertices(p, p === order[0] ? options : { ...options, basis: undefined });
      if (this.#best <= this.#tolerance && !this.#excused) return OPTIMAL;
      if (end.kind === "infeasible") {
        const proof = farkas(this.#near, end.y);
        if (proof.radius >= PROOF) {
          yield* this.#proofs.accept(proof);
          return { status: "primalInfeasible", reason: "certificate" };
        }
      }
      if (end.kind === "unbounded" && ray(program, end.d).radius >= PROOF) {
        this.#proofs.acceptRay(end.d);
        return { status: "dualInfeasible", reason: "ray" };
      }
    }
    yield* this.#prove();
    return this.#proof ?? (this.#best <= this.#tolerance ? OPTIMAL : { status: "failed", reason: "stalled" });
  }

  *#vertices(program: Program, options: ConvexMethodOptions): Generator<Mark | Look, WalkEnd, void> {
    this.#simplex?.release();
    const simplex = new SimplexRun(program, options, this.#runtime, this.watch);
    this.#simplex = simplex;
    return yield* simplex.run(
      this.#optimality.tolerance,
      ({ x, y }) => this.#point(x, y),
      (y) => farkas(this.#near, y).radius >= PROOF,
    );
  }

  #make(k: number): Attempt | null {
    const attempt = this.#attempts[k]!;
    return Attempt.make(attempt.near ? this.#near : this.program, {
      ...attempt,
      ...(this.#options.presolve === undefined ? {} : { presolve: this.#options.presolve }),
      runtime: this.#runtime,
      weight: this.#weight,
    });
  }

  /** `resumed`: the attempt stands where it has just made a step. */
  *#iterate(attempt: Attempt, resumed: boolean): Generator<Mark | Look, void, void> {
    const { chunk } = attempt.point;
    const near = this.#attempts[this.#k]!.near === true;
    const mark: Mark = chunk === 1 ? ITERATION : { kind: "iteration", iterations: chunk };
    for (let stands = resumed; ; stands = false) {
      if (!stands) {
        yield* attempt.step();
        this.watch.nfev++;
        this.#publish(attempt);
        this.#own = true;
        yield mark;
      }
      const over = !attempt.more || (near && this.#nearEnds(attempt));
      const prove = !over && !this.#sought && attempt.doubtful && far(attempt);
      if (this.#keeps && (over || prove)) this.#anchor = this.#standing(attempt);
      if (over) return;
      if (!prove) continue;
      // The far sides may be what holds it.
      if (near) return;
      this.#take(attempt);
      yield* this.#prove();
      if (this.#proof) return;
    }
  }

  /** Without far sides nothing more is to be had, or the rest of the iterations is for the whole program. */
  #nearEnds({ best, gains }: Attempt): boolean {
    const { nit, maxIterations } = this.watch;
    return nit >= NEAR_SHARE * maxIterations || (best <= this.#optimality.tolerance && !gains);
  }

  *#prove(): Generator<Mark | Look, void, void> {
    this.#sought = true;
    this.#own = false;
    yield* this.#proofs.run();
    if (this.#proof) return;
    this.#unproved = true;
    if (!this.#excused) return;
    this.#excused = false;
    this.#optimality.value = this.#best;
  }

  get #proof(): ConvexEnd | null {
    const { certificate } = this.#proofs;
    if (certificate?.y) return { status: "primalInfeasible", reason: "certificate" };
    return certificate?.x ? { status: "dualInfeasible", reason: "ray" } : null;
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
    let value = worst(measures, this.#weight);
    let excused = false;
    let exact: readonly [Measures, Float64Array] | null = null;
    if (!(value < this.#best) && !this.#excused) return value;
    // What is claimed is what verify finds.
    if (value <= this.#tolerance) {
      const z = new Float64Array(this.program.n);
      const { measures: found, byUnits } = exactly(this.program, x, y, z);
      exact = [found, z];
      value = Math.max(value, worst(found, this.#weight));
      excused = !this.#unproved && byUnits() > UNITS;
    }
    const better = value < this.#best || (this.#excused && value <= this.#tolerance && !excused);
    if (!better) return value;
    this.#best = value;
    this.#excused = excused;
    this.#exact = exact;
    this.#look = { fun: measures.objective, primal: measures.primal, dual: measures.dual };
    this.x.set(x);
    this.y.set(y);
    this.#optimality.value = excused ? Math.max(value, 2 * this.#optimality.tolerance) : value;
    return this.#optimality.value;
  }

  #drop(): void {
    this.#attempt?.release();
    this.#attempt = null;
  }

  #standing(attempt: Attempt): Anchor {
    return {
      attempt: this.#k,
      method: this.#name,
      sought: this.#sought,
      counts: [this.watch.nit, this.watch.nfev],
      vectors: anchorVectors([this.x, this.y, ...attempt.save()]),
    };
  }

  save(): ConvexState {
    const { watch, program } = this;
    if (this.#own && this.#attempt) this.#anchor = this.#standing(this.#attempt);
    return sealConvex({
      method: this.#asked,
      n: program.n,
      m: program.m,
      program: fingerprint(program),
      counts: [watch.nit, watch.nfev],
      anchor: this.#anchor,
    });
  }

  /** Puts a new task where the saved one stood; SNAPSHOT where that is of another program. */
  load(given: ConvexState): void {
    const { watch, program } = this;
    const { anchor, counts } = unsealConvex(watch.where, given, this.#asked, program);
    if (anchor) {
      const attempt = this.#make(anchor.attempt);
      if (!attempt) throw refusedState(watch.where, "is of another program");
      this.#attempt = this.#resumed = attempt;
      const lengths = [program.n, program.m, ...attempt.save().map(({ length }) => length)];
      const read = readVectors(anchor.vectors, lengths);
      if (!read) throw refusedState(watch.where, "is of another size");
      const [x, y, ...saved] = read as [Float64Array, Float64Array, ...Float64Array[]];
      this.#point(x, y);
      attempt.restore(saved);
      this.#publish(attempt);
      this.#k = anchor.attempt;
      this.#name = anchor.method as MethodName;
      this.#sought = anchor.sought;
      this.#anchor = anchor;
      this.#own = true;
      [watch.nit, watch.nfev] = anchor.counts;
    }
    while (watch.nit < counts[0]) {
      const next = this.method.next();
      if (next.done) throw refusedState(watch.where, "goes on beyond the end of its run");
      if (next.value.kind === "iteration") watch.nit += next.value.iterations;
    }
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    if (this.#simplex) return { ...this.#vertex(this.#simplex), nit, nfev, elapsedMs };
    const now = this.#attempt?.whole().x ?? this.x.slice();
    const { fun, primal, dual } = this.#look;
    return { nit, nfev, x: now, fun, gradNorm: dual, stepNorm: primal, elapsedMs };
  }

  #vertex(simplex: SimplexRun) {
    const { x, y } = simplex.point();
    const { objective: fun, primal: stepNorm, dual: gradNorm } = this.#meter.measure(x, y);
    return { x, fun, stepNorm, gradNorm };
  }

  /** What holds where a limit ended the run: a proof, though perhaps not of few rows, or an answer within the tolerance. */
  #ended(given: ConvexEnd): ConvexEnd {
    if (this.#attempt) this.#take(this.#attempt);
    if (this.#best === Infinity && this.#simplex?.begun) {
      const { x, y } = this.#simplex.point();
      this.#point(x, y);
    }
    if (given.status !== "stopped") return given;
    if (this.#proofs.certificate?.y) return { status: "primalInfeasible", reason: "certificate" };
    return given.reason.startsWith("max") && this.#best <= this.#tolerance && !this.#excused
      ? OPTIMAL
      : given;
  }

  out(given: ConvexEnd): ConvexAnswer {
    const end = this.#ended(given);
    this.#meter.measure(this.x, this.y);
    if (this.#exact) this.#meter.z.set(this.#exact[1]);
    const measures = this.#exact?.[0] ?? exactMeasures(this.program, this.x, this.y, this.#meter.z);
    const Ax = new Float64Array(this.program.m);
    times(this.program.A, this.x, Ax);
    const warnings = warnOfFarSides(this.program, end.status, this.x, Ax);
    const { variant } = chosenRuntime(this.#runtime);
    return new ConvexAnswer(
      end,
      this.watch,
      { kind: "convexProgram", method: this.#name, variant, warnings },
      {
        ...measures,
        tolerance: this.#best <= this.#optimality.tolerance ? this.#optimality.tolerance : this.#tolerance,
        x: this.x.slice(),
        y: this.#meter.y.slice(),
        z: this.#meter.z.slice(),
        certificate: this.#negative ?? this.#proofs.certificate,
        conflict: this.#proofs.conflict,
        basis: this.#simplex?.basisFor(this.program),
        program: this.program,
        runtime: this.#runtime,
      },
    );
  }

  release(): void {
    this.#proofs.release();
    this.#simplex?.release();
    this.#drop();
  }
}
