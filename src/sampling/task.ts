// Sampling as a task of the driver: chains that move in turn, one transition each, so that a run that is stopped leaves as many
// draws of every chain. Each chain has random numbers of its own: its draws do not depend on the others.

import { Chunk } from "../driver/chunk.js";
import {
  type Call,
  ITERATION,
  type Mark,
  Measure,
  type Method,
  type Stopped,
  type Task,
} from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import type { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { seal, unseal } from "../runtime/saved.js";
import { afterwards } from "./afterwards.js";
import { stepAround } from "./around.js";
import { type CoreTrajectory, MOST_TRANSITIONS } from "./core-trajectory.js";
import { COMPLETED, DIVERGING, NON_FINITE, type SampleEnd } from "./ends.js";
import { Escapes } from "./escape.js";
import { Evaluation } from "./evaluation.js";
import { followPath } from "./follow-path.js";
import { checkStart } from "./gradient-check.js";
import { Hamiltonian } from "./hamiltonian.js";
import { coreFor, makeMovers } from "./make-movers.js";
import type { Mover, MoverState } from "./mover.js";
import { notFinite } from "./not-finite.js";
import { packed, unpacked } from "./packed.js";
import { Posterior, type PosteriorParts } from "./posterior.js";
import type { SampleIteration, SampleState } from "./progress.js";
import { Recorder } from "./recorder.js";
import { sameDensity } from "./same-density.js";
import type { Settings } from "./settings.js";
import { TemperingMover } from "./tempering.js";
import { allFinite, leastOf } from "./vectors.js";

/** Random starts, or jittered ones, are tried so often until the density is finite (Stan's number). */
const TRIES = 100;

export class SampleTask implements Task<SampleEnd, Posterior, SampleState> {
  readonly watch: Watch;
  readonly method: Method<SampleEnd>;
  readonly settings: Settings;
  readonly #movers: readonly Mover[];
  readonly #evaluation: Evaluation;
  readonly #recorder: Recorder;
  readonly #left: Measure<SampleEnd>;
  /** Transitions of each chain so far. */
  #t = 0;
  #started = false;
  #core: CoreTrajectory | null = null;
  #detail = "";
  #mismatch: readonly string[] | null = null;
  readonly #escapes: Escapes;
  #answer: Omit<PosteriorParts, "settings"> | null = null;
  /** `pulled`: somebody looks after every transition. */
  constructor(
    settings: Settings,
    readonly pulled = false,
  ) {
    this.settings = settings;
    const { where, limits, warmup, draws, target } = settings;
    this.#left = new Measure<SampleEnd>("transitions left", 0, COMPLETED);
    this.#left.value = warmup + draws;
    this.watch = new Watch(where, limits, [this.#left], Infinity);
    this.#evaluation = new Evaluation(target, this.watch);
    this.#movers = makeMovers(settings, this.#evaluation);
    this.#recorder = new Recorder(target, settings.count, draws);
    this.#escapes = new Escapes(target, settings.first, settings.count);
    this.method = this.#run();
  }

  *#run(): Method<SampleEnd> {
    const { warmup, draws } = this.settings;
    if (!this.#started) {
      const end = yield* this.#begin();
      if (end) return end;
      this.#started = true;
    } else yield* sameDensity(this.watch, this.#evaluation, this.#movers);
    this.#core = coreFor(this.settings, this.watch);
    for (const mover of this.#movers) if (mover instanceof Hamiltonian) mover.core = this.#core;
    const total = warmup + draws;
    const chunk = new Chunk(this.watch, 1, MOST_TRANSITIONS);
    while (this.#t < total) {
      if (this.#t >= warmup && this.#core && this.#takesAll(this.#core)) {
        if (yield* this.#many(this.#core, chunk, total)) return DIVERGING;
        continue;
      }
      let chain = 0;
      for (const mover of this.#movers) {
        const step = mover.step(this.#t);
        for (let next = step.next(); !next.done; next = step.next()) yield next.value;
        for (let k = 0; k < mover.points.length; k++, chain++) {
          if (this.#escaped(chain, mover.points[k]!)) return DIVERGING;
          if (this.#t >= warmup) this.#recorder.record(chain, this.#t - warmup, mover, k);
        }
      }
      this.#t++;
      this.#left.value = total - this.#t;
      yield ITERATION;
    }
    return COMPLETED;
  }

  #takesAll(core: CoreTrajectory): boolean {
    return !this.pulled && this.#movers.every((mover) => mover instanceof Hamiltonian && core.takes(mover));
  }

  /** Several transitions of each chain, one call for each; whether one has left for infinity. */
  *#many(
    core: CoreTrajectory,
    chunk: Chunk,
    total: number,
  ): Generator<CoreTrajectory["call"] | Mark, boolean, void> {
    const draw = this.#t - this.settings.warmup;
    const count = Math.max(1, Math.min(chunk.begin(), total - this.#t));
    const point = new Float64Array(this.settings.target.free);
    let escaped = count;
    for (let first = 0; first < this.#movers.length; first += core.most) {
      const chains = this.#movers.slice(first, first + core.most) as Mover[] as Hamiltonian[];
      yield core.ask(chains, count, (place, rows, width) => {
        const chain = first + place;
        const { step } = chains[place]!.stepSize;
        this.#recorder.recordRows(chain, draw, rows, width, count, step);
        chains[place]!.stat.stepSize = step;
        // The first transition at which a chain is too far out, as if the chains took turns.
        for (let row = 0; row < count && row < escaped; row++) {
          for (let i = 0; i < point.length; i++) point[i] = rows[row * width + i]!;
          if (this.#escaped(chain, point)) escaped = row;
        }
      })!;
    }
    chunk.done();
    this.#t += escaped;
    if (escaped < count) {
      this.watch.nit += escaped;
      return true;
    }
    this.#left.value = total - this.#t;
    yield count === 1 ? ITERATION : { kind: "iteration", iterations: count };
    return false;
  }

  /** Finds a point for every chain where the density and its gradient are finite. */
  *#begin(): Generator<Evaluation, SampleEnd | null, void> {
    const { settings } = this;
    const { target, starts, jitter, method, first } = settings;
    const evaluation = this.#evaluation;
    let chain = first;
    for (const mover of this.#movers) {
      const { random } = mover as Mover & { random: Random };
      for (let k = 0; k < mover.points.length; k++, chain++) {
        const q = mover.points[k]!;
        const start = starts && (starts[chain] ?? starts[0]!);
        const spread = method.name === "ensemble" && (starts?.length ?? 0) === 1 ? method.spread : 0;
        // Around a fit: as far out as two standard errors, so that chains that agree have come from different places.
        const own = settings.limits.jitter === undefined && starts?.length === 1 ? settings.around : null;
        const moves = start === null || jitter > 0 || spread > 0 || own !== null;
        for (let tries = 1; ; tries++) {
          if (start === null) for (let i = 0; i < q.length; i++) q[i] = 4 * random.uniform() - 2;
          else {
            target.unconstrain(start, q);
            if (jitter > 0)
              for (let i = 0; i < q.length; i++) q[i] = q[i]! + jitter * (2 * random.uniform() - 1);
            if (own) stepAround(q, own, () => random.uniform());
            if (spread > 0) for (let i = 0; i < q.length; i++) q[i] = q[i]! + spread * random.normal();
          }
          evaluation.ask(q, mover.gradient);
          yield evaluation;
          mover.lp[k] = evaluation.value;
          const finite =
            evaluation.value > -Infinity && (mover.gradient === null || allFinite(q.length, mover.gradient));
          if (finite) break;
          if (moves && tries < TRIES) continue;
          this.#detail = notFinite(target, chain, q, evaluation.value, mover.gradient, moves ? TRIES : 1);
          return NON_FINITE;
        }
        if (settings.pathfinder) yield* followPath(settings, evaluation, chain, mover, k);
        this.#escapes.begin(q);
      }
      if (
        mover === this.#movers[0] &&
        first === 0 &&
        mover.gradient &&
        settings.checkGradient &&
        target.gradientCost === 1
      )
        this.#mismatch = yield* checkStart(settings, evaluation, mover.points[0]!, mover.gradient);
    }
    for (const mover of this.#movers) yield* mover.start();
    return null;
  }

  #escaped(chain: number, q: Float64Array): boolean {
    const told = this.#escapes.look(chain, q);
    if (told !== null) this.#detail = told;
    return told !== null;
  }

  look(): SampleIteration {
    const { watch, settings } = this;
    const mover = this.#movers[0];
    const x = new Float64Array(settings.target.size);
    settings.target.constrain(mover!.points[0]!, x);
    let gradNorm = mover!.gradient ? 0 : NaN;
    for (const g of mover!.gradient ?? []) gradNorm = Math.max(gradNorm, Math.abs(g));
    return {
      nit: watch.nit,
      nfev: watch.nfev,
      x,
      fun: mover!.lp[0]!,
      gradNorm,
      stepNorm: NaN,
      elapsedMs: watch.elapsedMs,
      phase: this.#t < settings.warmup ? "warmup" : "draws",
      draw: Math.max(0, this.#t - settings.warmup),
      divergences: this.#recorder.divergences.length,
      stepSize: mover!.stats[0]!.stepSize,
    };
  }

  *after(end: SampleEnd | Stopped): Generator<Evaluation | Call, SampleEnd | Stopped, void> {
    const parts = this.parts();
    const more = yield* afterwards(end, this.settings.target, parts.recorded, this.watch);
    this.#answer = { ...parts, ...more, detail: more.detail || parts.detail };
    return more.end;
  }

  out(end: SampleEnd | Stopped): Posterior {
    const parts = this.#answer ?? this.parts();
    return new Posterior(end, this.watch, { settings: this.settings, ...parts });
  }

  /** What the run has come to so far. */
  parts(): Omit<PosteriorParts, "settings"> {
    const { settings } = this;
    const count = Math.max(0, this.#t - settings.warmup);
    const metrics = this.#movers.map((mover) => (mover instanceof Hamiltonian ? mover.metric.state() : null));
    return {
      recorded: this.#recorder.upTo(count),
      detail: this.#detail,
      mismatch: this.#mismatch,
      exchange: leastOf(
        this.#movers.map((mover) => (mover instanceof TemperingMover ? mover.exchange : NaN)),
      ),
      metrics,
    };
  }

  save(): SampleState {
    const { watch } = this;
    return seal("downhill.sample", 2, {
      ...this.#identity(),
      counts: [watch.nit, watch.nfev, watch.njev],
      transitions: this.#started ? this.#t : -1,
      movers: this.#started ? this.#movers.map((mover) => packed(mover.save())) : [],
      mismatch: this.#mismatch,
      escapes: this.#started ? this.#escapes.save() : null,
      recorded: this.#recorder.save(Math.max(0, this.#t - this.settings.warmup)),
    });
  }

  #identity(): { method: string; shape: readonly number[] } {
    const { method, metric, chains, warmup, draws, seed, target } = this.settings;
    const blocks = target.blocks.map(({ kind, size }) => `${kind} ${size}`);
    return {
      method: JSON.stringify([method, metric, target.names, blocks]),
      shape: [chains, warmup, draws, seed, target.size, target.free],
    };
  }

  /** Puts a new task where a saved one was; SNAPSHOT when it was of another run. */
  resume(state: SampleState): void {
    const given = unseal<SampleState>(this.watch.where, state, "downhill.sample", 2);
    const { method, shape } = this.#identity();
    if (given.method !== method || JSON.stringify(given.shape) !== JSON.stringify(shape)) {
      throw new DownhillError("SNAPSHOT", `${this.watch.where}: the saved state is of another run`, {
        hint: "give the same density, method, metric, chains, warmup, draws and seed",
      });
    }
    [this.watch.nit, this.watch.nfev, this.watch.njev] = given.counts as [number, number, number];
    if (given.transitions < 0) return;
    this.#t = given.transitions;
    this.#started = true;
    this.#left.value = this.settings.warmup + this.settings.draws - this.#t;
    this.#movers.forEach((mover, i) => {
      mover.restore(unpacked(given.movers[i]!) as MoverState);
    });
    this.#recorder.restore(given.recorded, Math.max(0, this.#t - this.settings.warmup));
    this.#mismatch = given.mismatch;
    this.#escapes.restore(given.escapes);
  }

  release(): void {
    this.#core?.release();
    this.#core = null;
  }
}
