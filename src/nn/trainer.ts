// Training as a task of the driver: every batch is a call, every epoch an iteration. `step()` trains one batch and makes no
// objects, or does a piece of what ends an epoch; who runs it, and what it waits for, is the driver's.

import { type Ask, ITERATION, Measure, type Requests, type Stopped, type Task } from "../driver/task.js";
import { LEFT, Watch } from "../driver/watch.js";
import { type Average, average } from "../first-order/average.js";
import { optimizerAt } from "../first-order/known-rules.js";
import { type Rate, type Rule, rateAt, resolve } from "../first-order/rule.js";
import type { Kept } from "../first-order/snapshot.js";
import type { FirstOrderOptimizer } from "../first-order/stepper.js";
import { DownhillError } from "../runtime/errors.js";
import { now } from "../runtime/now.js";
import { isPromise } from "../runtime/promises.js";
import type { Best } from "./best.js";
import { firstBad, firstBadGradient, ownerOf } from "./blame.js";
import type { Body } from "./body.js";
import { continued, type Held, heldOf } from "./continued.js";
import { type Evaluation, evaluating, type Pieces } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import {
  type Batch,
  copyOf,
  type Epoch,
  type EpochIteration,
  type FitEnd,
  TrainingHistory,
} from "./history.js";
import { type FloatVector, vectorType } from "./kernels.js";
import { rangesOf } from "./owner.js";
import { ProgressLine } from "./progress.js";
import { type BatchRecord, Recorder } from "./records.js";
import type { Samples } from "./samples.js";
import { type Before, inOrder, type Setup, setUp } from "./setup.js";
import type { Source } from "./source.js";
import { recalibrating } from "./statistics.js";
import type { Training } from "./training.js";
import type { TrainingState } from "./training-state.js";

/** Where NaN or infinity appeared first. */
interface Blame {
  readonly layer: string;
  readonly what: "output" | "gradient" | "parameters";
  readonly epoch: number;
}

interface Frozen {
  readonly now: FloatVector;
  readonly before: FloatVector;
}

const NONE: Readonly<Record<string, number>> = Object.freeze({});
const COMPLETED: FitEnd = Object.freeze({ status: "completed", reason: "epochs" });
const PATIENCE: FitEnd = Object.freeze({ status: "stopped", reason: "patience" });
const DRY: FitEnd = Object.freeze({ status: "stopped", reason: "batches" });
const NON_FINITE: FitEnd = Object.freeze({ status: "failed", reason: "nonFinite" });
/** A piece of what is asked after the end: it was done when it was asked for. */
const PIECE = { kind: "call", cost: () => 0, run: () => undefined } as const;

/** The optimizer takes over a state; SNAPSHOT where it is of another kind. */
function goOn(where: string, opt: FirstOrderOptimizer, kept: Kept): void {
  try {
    opt.takeOver(where, kept);
  } catch (error) {
    if (!(error instanceof DownhillError)) throw error;
    const hint = "a training goes on with its rule and its groups; without continue it begins anew";
    throw new DownhillError(error.code, error.message, { hint, details: error.details, cause: error });
  }
}

export class Trainer implements Task<FitEnd, TrainingHistory, TrainingState>, Requests<FitEnd> {
  readonly watch: Watch;
  readonly rule: Rule;
  readonly opt: FirstOrderOptimizer;
  readonly body: Body;
  readonly best: Best;
  readonly log: Epoch[] = [];
  readonly records: BatchRecord[] = [];
  readonly averaged: Average | null;
  readonly setup: Setup;
  readonly #options: FitOptions;
  /** For a training that goes on from this one. */
  readonly #held: Held;
  readonly #source: Source;
  readonly #line: ProgressLine | null;
  readonly #recorder: Recorder;
  /** Frozen parameters and the copies that bring them back after a step. */
  readonly #frozen: Frozen[] = [];
  /** For rules that take the gradient ahead of the parameters, which then wait here. */
  readonly #closure: (() => number) | null;
  readonly #before: FloatVector;
  #batch = 0;
  readonly #info: { -readonly [K in keyof Batch]: Batch[K] };
  readonly #patience: Measure<FitEnd>;
  readonly #whole: Measure<FitEnd>;
  readonly #unpin: () => void;
  /** What `next` gives, again and again. */
  readonly #work: IteratorResult<Ask, FitEnd>;
  readonly #mark: IteratorResult<Ask, FitEnd> = { done: false, value: ITERATION };
  /** Called once the memory went back. */
  onRelease: (() => void) | null = null;
  epoch: number;
  /** The epoch of the weights at the start, and the one from which patience counts. */
  readonly #from: number;
  since: number;
  #epochStart = 0;
  #begun = false;
  #m = 0;
  #seen = 0;
  #lossSum = 0;
  #hits = 0;
  #marked = false;
  /** The end of an epoch (or what comes before the first) while it is under way; gives what onEpoch answered. */
  #closing: Pieces<unknown> | null = null;
  #blame: Blame | null = null;
  #end: FitEnd | null = null;
  #settled = false;
  #released = false;

  constructor(
    where: string,
    body: Body,
    x: unknown,
    y: unknown,
    given: FitOptions,
    before: Before,
    more: readonly string[] = [],
  ) {
    const goesOn = given?.continue === true && before.training;
    const options = goesOn ? continued(where, x, given, goesOn) : given;
    const setup = setUp(where, body, x, y, options, before, more);
    this.body = body;
    this.#options = options;
    this.#held = heldOf(options);
    this.setup = setup;
    this.rule = setup.rule;
    this.best = setup.best;
    this.#source = setup.source;
    this.epoch = setup.first;
    this.#from = setup.previous?.weights ?? setup.first;
    const same = setup.previous?.monitored === this.best.name;
    this.since = (same ? setup.previous?.since : undefined) ?? setup.first;
    const { signal, maxTimeMs } = options;
    this.#patience = new Measure("patience", 0, PATIENCE);
    this.#whole = new Measure("epochs", 0, COMPLETED);
    const measures = this.best.waits ? [this.#patience, this.#whole] : [this.#whole];
    this.watch = new Watch(where, { signal, maxTimeMs }, measures, Infinity);
    this.#line = options.progress ? new ProgressLine() : null;
    body.grads.fill(0);
    body.keep();
    this.#unpin = body.pin(() => this.release());
    try {
      this.opt = this.#optimizer(where);
      try {
        if (setup.previous) goOn(where, this.opt, setup.previous.kept);
        this.averaged = options.average === undefined ? null : average(this.opt, options.average);
      } catch (error) {
        this.opt.dispose();
        throw error;
      }
    } catch (error) {
      this.#unpin();
      throw error;
    }
    const { params } = body;
    const lookahead = resolve(this.rule.definition, this.rule.options).nesterov === "lookahead";
    this.#closure = lookahead ? () => this.#gradient() : null;
    this.#before = params.slice(0, lookahead ? params.length : 0);
    for (const stage of body.stages) {
      if (!stage.frozen) continue;
      for (const { offset, length } of stage.plan.params) {
        const range = [offset, offset + length] as const;
        this.#frozen.push({ now: params.subarray(...range), before: body.kept.subarray(...range) });
      }
    }
    this.#recorder = new Recorder(body);
    this.#info = { epoch: 0, batch: 0, batches: this.#source.batches, size: 0, step: 0, loss: NaN };
    const work = { kind: "call", cost: () => 1, run: () => this.step() } as const;
    this.#work = { done: false, value: work };
    const samples = this.best.onTraining ? setup.train : setup.previous && setup.validation;
    if (samples && this.best.waits) this.#closing = this.#beforeFirst(samples);
  }

  #optimizer(where: string): FirstOrderOptimizer {
    const { clipNorm, clipValue, groups } = this.#options;
    const { params, site, dtype, plan } = this.body;
    const { runtime, x, g } = site;
    return optimizerAt({ runtime, x, g }, params.length, dtype, this.rule, {
      clipNorm,
      clipValue,
      groups: rangesOf(plan, where, groups),
    });
  }

  get method(): this {
    return this;
  }

  next(): IteratorResult<Ask, FitEnd> {
    if (this.#end) {
      // An epoch whose callback said "stop" counts as well.
      if (this.#marked) this.watch.nit++;
      this.#marked = false;
      return { done: true, value: this.#end };
    }
    if (!this.#marked) return this.#work;
    this.#marked = false;
    return this.#mark;
  }

  /** Trains one batch, or does a piece of an epoch's end; a promise where a generator or a callback made one. */
  step(): unknown {
    if (this.#closing) return this.#close(this.#closing);
    if (!this.#begun) this.#beginEpoch();
    const m = this.#source.next();
    return typeof m === "number" ? this.#trainRows(m) : m.then(this.#late);
  }

  /** Made once: a function within `step` would be an object a step. */
  readonly #late = (rows: number): unknown => this.#trainRows(rows);

  /** The batch of m rows that was taken; 0: the epoch is over. */
  #trainRows(m: number): unknown {
    this.#m = m;
    if (m === 0) {
      if (this.#seen === 0 && this.#source.dry && this.log.length > 0) {
        this.#end = DRY;
        return undefined;
      }
      if (this.#seen === 0) {
        throw new DownhillError("CALLBACK_RESULT", `${this.watch.where}: the generator gave no batch`, {
          hint: "a generator can be gone through once: give a function that makes one for each epoch",
        });
      }
      this.#closing = this.#endEpoch();
      return undefined;
    }
    if (!this.#trainBatch(this.#source.last)) return undefined;
    const answer = this.#afterBatch();
    if (this.#source.last) this.#closing ??= this.#endEpoch();
    return answer === undefined ? undefined : this.#hear(answer);
  }

  /** What a callback answered: "stop" ends training; for a promise the driver waits, or refuses it. */
  #hear(answer: unknown): unknown {
    if (isPromise(answer)) return answer.then((value) => this.#hear(value));
    if (answer === "stop") this.#end = LEFT;
    return undefined;
  }

  #close(closing: Pieces<unknown>): unknown {
    const { done, value } = closing.next();
    if (!done) return undefined;
    this.#closing = null;
    return value === undefined ? undefined : this.#hear(value);
  }

  /** The weights at the start are as good as any: of samples trained on, and of those that a training went on from. */
  *#beforeFirst(samples: Samples): Pieces<unknown> {
    const { body, best, setup, watch } = this;
    const rows = samples.order.length;
    const out = best.onMetric ? new (vectorType(body.dtype))(rows * body.plan.outputs) : undefined;
    const measured = yield* evaluating(body, samples, out);
    const metrics = out ? setup.metrics.of(watch.where, out, inOrder(samples), rows) : NONE;
    best.compare(best.pick(measured, metrics), this.#from);
    return undefined;
  }

  #beginEpoch(): void {
    this.#begun = true;
    this.#epochStart = now();
    this.#source.begin(this.epoch);
    this.#seen = 0;
    this.#lossSum = 0;
    this.#hits = 0;
    this.#batch = 0;
  }

  /**
   * Forward, loss, backward of the batch, and all that is read out of the arena: what comes before and after (schedules, callbacks)
   * may have used it for predictions.
   */
  #gradient(): number {
    const { body } = this;
    const m = this.#m;
    const { weights } = this.#source;
    this.#source.place();
    body.forward(m, "train");
    if (body.watch) this.#recorder.look(m);
    const loss = weights ? body.weightedLoss(m, weights) : body.lossGradient(m);
    if (!Number.isFinite(loss)) return loss;
    const { hits } = body.loss.definition;
    if (hits) this.#hits += hits(body.kernels, body.arena, body.plan.outputs, m);
    body.backward(m);
    return loss;
  }

  /** False when the loss was not finite: then training has ended. */
  #trainBatch(last: boolean): boolean {
    const { body, opt } = this;
    const m = this.#m;
    const record = last || this.records.length === 0;
    if (record) this.#recorder.watch();
    this.watch.nfev++;
    let loss: number;
    try {
      if (this.#closure) {
        this.#before.set(body.params);
        loss = opt.step(this.#closure);
        if (Number.isFinite(loss)) body.keep(this.#before);
      } else {
        loss = this.#gradient();
        if (Number.isFinite(loss)) {
          body.keep();
          opt.step();
        }
      }
    } catch (error) {
      // Clipping by norm refuses a gradient that is not finite.
      if (!(error instanceof DownhillError) || error.code !== "NON_FINITE_INPUT") throw error;
      return this.#failBatch(firstBadGradient(body), "gradient", NaN, record);
    }
    if (!Number.isFinite(loss)) return this.#failBatch(firstBad(body, m), "output", loss, record);
    for (let i = 0; i < this.#frozen.length; i++) {
      const { now, before } = this.#frozen[i]!;
      now.set(before);
    }
    this.averaged?.update();
    body.draws.step++;
    if (record) this.records.push(this.#recorder.finish(opt.steps, loss));
    this.#seen += m;
    this.#lossSum += loss * m;
    this.#info.loss = loss;
    return true;
  }

  #afterBatch(): unknown {
    const info = this.#info;
    // All of it anew: the caller may have written into it.
    info.epoch = this.epoch + 1;
    info.batch = ++this.#batch;
    info.batches = this.#source.batches;
    info.size = this.#m;
    info.step = this.opt.steps;
    this.#line?.batch(info, this.setup.last);
    return this.#options.onBatch?.(info);
  }

  /** The batch that ends training is on record too: its numbers say why. */
  #failBatch(layer: string, what: Blame["what"], loss: number, watched: boolean): false {
    if (!watched) {
      this.#recorder.watch();
      this.#recorder.look(this.#m);
    }
    this.records.push(this.#recorder.finish(this.opt.steps + 1, loss));
    return this.#fail(layer, what);
  }

  #fail(layer: string, what: Blame["what"], epoch = this.epoch + 1): false {
    const { body } = this;
    body.watch = null;
    this.#blame = { layer, what, epoch };
    body.goBack();
    this.#end = NON_FINITE;
    return false;
  }

  *#endEpoch(): Pieces<unknown> {
    const { body, best } = this;
    this.#begun = false;
    this.epoch++;
    const bad = body.kernels.firstNonFinite(body.params.length, body.params.byteOffset);
    if (bad >= 0) {
      this.#fail(ownerOf(body, bad), "parameters", this.epoch);
      return undefined;
    }
    const loss = this.#lossSum / this.#seen;
    const metrics: Record<string, number> = {};
    const measured = this.setup.validation
      ? yield* this.#measure(this.setup.validation, metrics, !best.onTraining)
      : null;
    const training = best.onTraining || (!this.setup.validation && this.setup.metrics.any);
    if (training && this.setup.train)
      yield* this.#measure(this.setup.train, this.setup.validation ? null : metrics, true);
    const epoch: Epoch = {
      epoch: this.epoch,
      epochs: this.setup.last,
      loss,
      accuracy: body.loss.definition.hits ? this.#hits / this.#seen : null,
      valLoss: measured?.loss ?? null,
      valAccuracy: measured?.accuracy ?? null,
      metrics,
      monitored: best.waits ? best.seen : null,
      lr: this.#nextRate(),
      gradNorm: this.opt.gradNorm,
      elapsedMs: now() - this.#epochStart,
    };
    this.log.push(epoch);
    this.#line?.epoch(epoch);
    this.#measureLeft();
    this.#marked = true;
    return this.#options.onEpoch?.(copyOf(epoch));
  }

  /** For show only: a schedule that has a rate for every step of this training needs none for the one after it. */
  #nextRate(): number {
    try {
      return this.opt.lr;
    } catch (error) {
      if (this.epoch < this.setup.last) throw error;
      const { name, options } = this.rule;
      return rateAt(name, "lr", options.lr as Rate, this.opt.steps - 1);
    }
  }

  /** Loss and metrics of samples: of the average, where there is one, with statistics that belong to it. */
  *#measure(samples: Samples, metrics: Record<string, number> | null, compared: boolean): Pieces<Evaluation> {
    const { body, averaged } = this;
    const rows = samples.order.length;
    const wanted = metrics && this.setup.metrics.any;
    const out = wanted ? new (vectorType(body.dtype))(rows * body.plan.outputs) : undefined;
    const statistics = averaged ? body.buffers.slice() : null;
    averaged?.swap();
    try {
      if (averaged && this.setup.normed)
        yield* recalibrating(body, this.setup.train!.x, this.setup.train!.order);
      const measured = yield* evaluating(body, samples, out);
      if (out && metrics)
        Object.assign(metrics, this.setup.metrics.of(this.watch.where, out, inOrder(samples), rows));
      if (compared) this.best.compare(this.best.pick(measured, metrics ?? NONE), this.epoch);
      return measured;
    } finally {
      averaged?.swap();
      if (statistics) body.buffers.set(statistics);
    }
  }

  /** Set by iterateFit. */
  save?: () => TrainingState;

  /** Goes on after this epoch, where its state was taken, of a training that began after the epoch `first`. */
  continueFrom(epoch: number, first: number, since: number): void {
    this.setup.last += first - this.setup.first;
    this.setup.first = first;
    this.since = since;
    this.epoch = epoch;
    this.#closing = null;
    this.#measureLeft();
  }

  #measureLeft(): void {
    this.#patience.value = this.best.patience - (this.epoch - Math.max(this.best.epoch, this.since));
    this.#whole.value = this.setup.last - this.epoch;
  }

  look(): EpochIteration {
    const { watch, log } = this;
    const epoch = log.at(-1);
    const stages = this.records.at(-1)?.stages ?? [];
    return {
      nit: watch.nit,
      nfev: watch.nfev,
      x: Float64Array.from(this.body.params),
      fun: epoch?.loss ?? NaN,
      gradNorm: epoch?.gradNorm ?? NaN,
      stepNorm: Math.sqrt(stages.reduce((sum, { update }) => sum + update * update, 0)),
      elapsedMs: watch.elapsedMs,
      epoch: copyOf(epoch!),
    };
  }

  /** Leaves the network with the weights that training ends with. */
  *after(end: FitEnd | Stopped): Generator<Ask, FitEnd, void> {
    const { averaged, body } = this;
    const pieces = this.#settle(end.status === "failed");
    if (averaged && this.setup.normed && pieces) {
      for (const _ of recalibrating(body, this.setup.train!.x, this.setup.train!.order)) yield PIECE;
    }
    return end;
  }

  /** The weights of the end: the best, the average or the last. True where statistics have to follow them. */
  #settle(failed: boolean): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    // An epoch's end that was cut short puts the weights back.
    this.#closing?.return(undefined);
    const { averaged, body, best } = this;
    const restored = best.found;
    if (restored) best.restore();
    else if (averaged && !failed && averaged.count > 0) body.params.set(averaged.params);
    return restored || !failed;
  }

  out(end: FitEnd | Stopped): TrainingHistory {
    const { best, log, opt, watch, rule, body } = this;
    return new TrainingHistory(end, watch, rule.name, body.runtime.variant, {
      epochs: log,
      bestEpoch: best.found ? best.epoch : this.#lastEpoch(),
      steps: opt.steps,
      layer: this.#blame?.layer ?? null,
      message: this.#message(end),
    });
  }

  /** The epoch of weights that nobody chose: the last one, or the one in which numbers ran out. */
  #lastEpoch(): number {
    const { first } = this.setup;
    if (this.#blame) return this.opt.steps > 0 ? this.#blame.epoch : first;
    return this.log.length === 0 ? this.#from : first + this.log.length;
  }

  #message({ reason }: FitEnd | Stopped): string {
    const { best, log, opt } = this;
    const restored = best.found;
    const epochs = `${log.length} epoch${log.length === 1 ? "" : "s"}`;
    const from = restored ? best.epoch : this.#lastEpoch();
    const weights = from === 0 ? "weights of the start" : `weights of epoch ${from}`;
    if (this.#blame) {
      const { layer, what, epoch } = this.#blame;
      const place = layer === "loss" ? "the loss" : `the ${what} of layer ${layer}`;
      const last = opt.steps > 0 ? "the last weights whose loss was finite" : "the weights it had";
      const kept = restored ? `has the ${weights}` : `keeps ${last}`;
      return `NaN or infinity appeared first in ${place} at step ${opt.steps + 1} (epoch ${epoch}); the network ${kept}. A smaller learning rate, clipNorm or standardised data may help`;
    }
    const missed = restored ? "" : ` (${best.name} was no finite number)`;
    if (reason === "patience") return `no improvement for ${best.patience} epochs${missed}; ${weights}`;
    if (reason === "batches")
      return `the generator ended after ${epochs} of ${this.setup.last}${restored ? `; ${weights}` : ""}`;
    if (reason === "epochs") return `trained ${epochs}${restored ? `; ${weights}` : ""}`;
    return `${reason} after ${epochs}${restored ? `; ${weights}` : ""}`;
  }

  /** Where it stands, for a later fit; null when it failed. What `last` holds is written over. */
  training(last: Training | null): Training | null {
    if (this.#blame || this.opt.disposed) return null;
    const { best, epoch } = this;
    const over = !best.waits || this.#patience.value <= 0;
    return {
      epoch,
      kept: this.opt.kept(false, last?.kept),
      weights: best.found ? best.epoch : undefined,
      since: over ? undefined : Math.max(best.epoch, this.since),
      monitored: over ? undefined : best.name,
      options: this.#held,
    };
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (this.body.alive) this.#settle(this.#blame !== null);
    this.#source.end();
    this.#line?.end();
    this.body.watch = null;
    this.averaged?.dispose();
    this.onRelease?.();
    this.opt.dispose();
    this.#unpin();
  }
}
