// Training: epochs of minibatches, one optimizer step each. `step()` trains one batch and makes no objects, or does a piece of
// what ends an epoch; the synchronous and the asynchronous fit both call it until it says how training ended.

import { type Average, average } from "../first-order/average.js";
import { optimizerAt } from "../first-order/optimizer.js";
import { resolve } from "../first-order/rule.js";
import { adam } from "../first-order/rules/adam.js";
import type { FirstOrderOptimizer } from "../first-order/stepper.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, numberOption } from "../runtime/options.js";
import { firstBad, firstBadGradient, lonely, ownerOf } from "./blame.js";
import type { Body } from "./body.js";
import { type Evaluation, evaluating, type Pieces, rightSigns } from "./evaluate.js";
import { checkCallbacks, checkFitKeys, checkOptimizer, type FitOptions } from "./fit-options.js";
import { type Batch, type Epoch, type FitEnd, type History, historyOf } from "./history.js";
import { type Features, gatherRows, type TargetValues } from "./inputs.js";
import type { FloatVector } from "./kernels.js";
import { ProgressLine } from "./progress.js";
import { type BatchRecord, Recorder } from "./records.js";
import { readSamples, type Samples } from "./samples.js";
import { BatchNormStage } from "./stages.js";
import { recalibrating } from "./statistics.js";

/** Where NaN or infinity appeared first. */
interface Blame {
  readonly layer: string;
  readonly what: "output" | "gradient" | "parameters";
  readonly epoch: number;
}

interface Held {
  readonly now: FloatVector;
  readonly before: FloatVector;
}

export class Trainer {
  readonly #body: Body;
  readonly #opt: FirstOrderOptimizer;
  readonly #average: Average | null;
  readonly #options: FitOptions;
  readonly #train: Samples;
  readonly #validation: Samples | null;
  /** The rows to train on, in ascending order. */
  readonly #inOrder: Int32Array;
  readonly #epochs: number;
  readonly #batchSize: number;
  readonly #patience: number;
  readonly #minDelta: number;
  readonly #maxTimeMs: number;
  readonly #seed: number;
  readonly #line: ProgressLine | null;
  readonly #recorder: Recorder;
  /** Frozen parameters and the copies that bring them back after a step. */
  readonly #held: Held[] = [];
  /** For rules that take the gradient ahead of the parameters, which then wait here. */
  readonly #closure: (() => number) | null;
  readonly #before: FloatVector;
  readonly #normed: boolean;
  readonly #info: { -readonly [K in keyof Batch]: Batch[K] };
  readonly #start = performance.now();
  #epochStart = 0;
  readonly records: BatchRecord[] = [];
  readonly #log: Epoch[] = [];
  #epoch = 0;
  #at = 0;
  #m = 0;
  #seen = 0;
  #lossSum = 0;
  #hits = 0;
  #best = Infinity;
  #bestEpoch = 0;
  readonly #bestParams: FloatVector | null;
  readonly #bestBuffers: FloatVector | null;
  /** The end of an epoch while it is under way, and what a callback promised. */
  #closing: Pieces<FitEnd | null> | null = null;
  #late: PromiseLike<unknown> | null = null;
  #blame: Blame | null = null;
  #end: FitEnd | null = null;

  constructor(where: string, body: Body, x: Features, y: TargetValues, options: FitOptions, seed: number) {
    checkFitKeys(where, options);
    this.#body = body;
    this.#options = options;
    const whole = { min: 1, integer: true };
    this.#epochs = numberOption(where, "epochs", options.epochs, 10, whole);
    const wanted = numberOption(where, "batchSize", options.batchSize, 32, whole);
    this.#patience = numberOption(where, "patience", options.patience, Infinity, {
      ...whole,
      infinite: true,
    });
    this.#minDelta = numberOption(where, "minDelta", options.minDelta, 0, { min: 0 });
    this.#maxTimeMs = numberOption(where, "maxTimeMs", options.maxTimeMs, Infinity, {
      min: 0,
      infinite: true,
    });
    const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
    this.#seed = numberOption(where, "seed", options.seed, seed, seeds);
    booleanOption(where, "shuffle", options.shuffle, true);
    checkCallbacks(where, options);
    this.#line = booleanOption(where, "progress", options.progress, false) ? new ProgressLine() : null;
    [this.#train, this.#validation] = readSamples(where, body, x, y, options, this.#seed);
    this.#inOrder = this.#train.order.slice();
    const count = this.#train.order.length;
    this.#batchSize = Math.min(wanted, count);
    this.#normed = body.stages.some((stage) => stage instanceof BatchNormStage && !stage.frozen);
    if (this.#normed && this.#batchSize === 1)
      throw lonely(where, body, count === 1 ? "samples" : "batchSize");
    if (!body.stages.some((stage) => stage.trainable)) {
      throw new DownhillError("OPTION", `${where}: the network has no trainable parameters`, {
        hint: "unfreeze a layer, or add one with parameters",
      });
    }
    body.reserve(this.#batchSize);
    body.grads.fill(0);
    body.keep();
    body.pinned = true;
    const rule = checkOptimizer(where, options.optimizer) ?? adam();
    const { clipNorm, clipValue } = options;
    const clipping = {
      ...(clipNorm === undefined ? {} : { clipNorm }),
      ...(clipValue === undefined ? {} : { clipValue }),
    };
    const { runtime, params, grads, dtype } = body;
    const site = { runtime, x: params.byteOffset, g: grads.byteOffset };
    try {
      this.#opt = optimizerAt(site, params.length, dtype, rule, clipping);
    } catch (error) {
      body.pinned = false;
      throw error;
    }
    try {
      this.#average = options.average ? average(this.#opt, options.average) : null;
    } catch (error) {
      this.#opt.dispose();
      body.pinned = false;
      throw error;
    }
    const lookahead = resolve(rule.definition, rule.options).nesterov === "lookahead";
    this.#closure = lookahead ? () => this.#gradient() : null;
    this.#before = params.slice(0, lookahead ? params.length : 0);
    for (const stage of body.stages) {
      if (!stage.frozen) continue;
      for (const { offset, length } of stage.plan.params) {
        const range = [offset, offset + length] as const;
        this.#held.push({ now: params.subarray(...range), before: body.kept.subarray(...range) });
      }
    }
    const remembers = this.#patience !== Infinity;
    this.#bestParams = remembers ? params.slice() : null;
    this.#bestBuffers = remembers ? body.buffers.slice() : null;
    this.#recorder = new Recorder(body);
    const batches = Math.ceil(count / this.#batchSize);
    this.#info = { epoch: 0, batch: 0, batches, size: 0, step: 0, loss: NaN };
  }

  /** Trains one batch. The end of training, or null: call again. */
  step(): FitEnd | null {
    if (this.#end) return this.#end;
    if (this.#options.signal?.aborted) return this.#stop("stopped", "abort");
    if (this.#closing) return this.#close(this.#closing);
    if (performance.now() - this.#start >= this.#maxTimeMs) return this.#stop("stopped", "maxTime");
    if (this.#at === 0) this.#beginEpoch();
    const { order } = this.#train;
    const left = order.length - this.#at;
    const m = Math.min(this.#batchSize, left);
    this.#m = m;
    // A last batch of one sample has no variance: its turn comes in another epoch.
    const lone = this.#normed && m === 1;
    if (!lone && !this.#trainBatch(left <= m || (this.#normed && left === m + 1))) return this.#end;
    this.#at += m;
    if (!lone && this.#said(this.#afterBatch())) return this.interrupt();
    if (this.#at >= order.length) this.#closing = this.#endEpoch();
    return null;
  }

  /** Ends training because a callback says so. */
  interrupt(): FitEnd {
    return this.#stop("stopped", "callback");
  }

  /** What the last callback promised, once: only fitAsync can wait for it. */
  takeLate(): PromiseLike<unknown> | null {
    const late = this.#late;
    this.#late = null;
    return late;
  }

  /** Whether a callback's answer stops training; a promise is kept for whoever can wait. */
  #said(answer: unknown): boolean {
    if (typeof (answer as PromiseLike<unknown> | null | undefined)?.then === "function") {
      this.#late = answer as PromiseLike<unknown>;
    }
    return answer === "stop";
  }

  #close(closing: Pieces<FitEnd | null>): FitEnd | null {
    const { done, value } = closing.next();
    if (!done) return null;
    this.#closing = null;
    return value ?? null;
  }

  #beginEpoch(): void {
    const { order } = this.#train;
    this.#epochStart = performance.now();
    if (this.#options.shuffle !== false) {
      order.set(this.#inOrder);
      new Random(this.#seed, this.#epoch).shuffle(order);
    }
    this.#seen = 0;
    this.#lossSum = 0;
    this.#hits = 0;
    this.#info.batch = 0;
    this.#info.epoch = this.#epoch + 1;
  }

  /** Forward, loss, backward of the batch in the arena. */
  #gradient(): number {
    const body = this.#body;
    body.forward(this.#m, "train");
    const loss = body.lossGradient(this.#m);
    if (Number.isFinite(loss)) body.backward(this.#m);
    return loss;
  }

  /** False when the loss was not finite: then training has ended. */
  #trainBatch(last: boolean): boolean {
    const body = this.#body;
    const { x, y, width, order } = this.#train;
    const m = this.#m;
    const { arena, plan, loss: lossKind } = body;
    gatherRows(x, plan.inputs, order, this.#at, m, arena.input);
    gatherRows(y, width, order, this.#at, m, lossKind.kind < 0 ? arena.labels : arena.targets);
    const record = last || (this.#epoch === 0 && this.#at === 0);
    if (record) this.#recorder.watch();
    let loss: number;
    try {
      if (this.#closure) {
        this.#before.set(body.params);
        loss = this.#opt.step(this.#closure);
        if (Number.isFinite(loss)) body.keep(this.#before);
      } else {
        loss = this.#gradient();
        if (Number.isFinite(loss)) {
          body.keep();
          this.#opt.step();
        }
      }
    } catch (error) {
      // Clipping by norm refuses a gradient that is not finite.
      if (!(error instanceof DownhillError) || error.code !== "NON_FINITE_INPUT") throw error;
      return this.#failBatch(firstBadGradient(body), "gradient", NaN, record);
    }
    if (!Number.isFinite(loss)) return this.#failBatch(firstBad(body, m), "output", loss, record);
    for (let i = 0; i < this.#held.length; i++) {
      const held = this.#held[i] as Held;
      held.now.set(held.before);
    }
    this.#average?.update();
    body.draws.step++;
    if (record) this.records.push(this.#recorder.finish(m, this.#opt.steps, loss));
    this.#seen += m;
    this.#lossSum += loss * m;
    if (lossKind.kind < 0) {
      const { output, labels } = arena;
      this.#hits += body.kernels.hits(m, plan.outputs, output.byteOffset, labels.byteOffset);
    } else if (lossKind.kind === 0) this.#hits += rightSigns(arena.output, arena.targets, m, plan.outputs);
    this.#info.loss = loss;
    return true;
  }

  #afterBatch(): unknown {
    const info = this.#info;
    info.batch++;
    info.size = this.#m;
    info.step = this.#opt.steps;
    this.#line?.batch(info, this.#epochs);
    return this.#options.onBatch?.(info);
  }

  /** The batch that ends training is on record too: its numbers say why. */
  #failBatch(layer: string, what: Blame["what"], loss: number, watched: boolean): false {
    if (!watched) this.#recorder.watch();
    this.records.push(this.#recorder.finish(this.#m, this.#opt.steps + 1, loss));
    return this.#fail(layer, what);
  }

  #fail(layer: string, what: Blame["what"], epoch = this.#epoch + 1): false {
    const body = this.#body;
    body.watch = null;
    this.#blame = { layer, what, epoch };
    body.goBack();
    this.#stop("failed", "nonFinite");
    return false;
  }

  *#endEpoch(): Pieces<FitEnd | null> {
    const body = this.#body;
    this.#at = 0;
    this.#epoch++;
    const bad = body.kernels.firstNonFinite(body.params.length, body.params.byteOffset);
    if (bad >= 0) {
      this.#fail(ownerOf(body, bad), "parameters", this.#epoch);
      return this.#end;
    }
    const loss = this.#lossSum / this.#seen;
    const measured = this.#validation ? yield* this.#validate(this.#validation) : null;
    if (!measured) {
      this.#average?.swap();
      this.#compare(loss);
      this.#average?.swap();
    }
    const epoch: Epoch = {
      epoch: this.#epoch,
      epochs: this.#epochs,
      loss,
      accuracy: body.loss.kind <= 0 ? this.#hits / this.#seen : null,
      valLoss: measured?.loss ?? null,
      valAccuracy: measured?.accuracy ?? null,
      lr: this.#opt.lr,
      gradNorm: this.#opt.gradNorm,
      elapsedMs: performance.now() - this.#epochStart,
    };
    this.#log.push(epoch);
    this.#line?.epoch(epoch);
    if (this.#said(this.#options.onEpoch?.(epoch))) return this.interrupt();
    if (this.#epoch - this.#bestEpoch >= this.#patience) return this.#stop("stopped", "patience");
    return this.#epoch >= this.#epochs ? this.#stop("completed", "epochs") : null;
  }

  /** The loss of the validation samples: of the average, where there is one, with statistics that belong to it. */
  *#validate(samples: Samples): Pieces<Evaluation> {
    const body = this.#body;
    if (!this.#average) {
      const measured = yield* evaluating(body, samples);
      this.#compare(measured.loss);
      return measured;
    }
    const statistics = body.buffers.slice();
    this.#average.swap();
    try {
      if (this.#normed) yield* recalibrating(body, this.#train.x, this.#inOrder);
      const measured = yield* evaluating(body, samples);
      this.#compare(measured.loss);
      return measured;
    } finally {
      this.#average.swap();
      body.buffers.set(statistics);
    }
  }

  /** Notes the best epoch; with patience its weights too. */
  #compare(value: number): void {
    if (!(value < this.#best - this.#minDelta)) return;
    this.#best = value;
    this.#bestEpoch = this.#epoch;
    this.#bestParams?.set(this.#body.params);
    this.#bestBuffers?.set(this.#body.buffers);
  }

  #stop<S extends FitEnd["status"]>(status: S, reason: (FitEnd & { status: S })["reason"]): FitEnd {
    this.#end = { status, reason } as FitEnd;
    return this.#end;
  }

  /** Leaves the network with the weights that training ends with, and says how it went. */
  *finishing(): Pieces<History> {
    const body = this.#body;
    // An epoch's end that was cut short puts the weights back.
    this.#closing?.return(null);
    const end = this.#end ?? { status: "stopped", reason: "abort" };
    const failed = end.status === "failed";
    const restored = this.#bestParams !== null && this.#bestEpoch > 0;
    if (restored) {
      body.params.set(this.#bestParams as FloatVector);
      body.buffers.set(this.#bestBuffers as FloatVector);
    } else if (this.#average && !failed && this.#average.count > 0) {
      body.params.set(this.#average.params);
    }
    if (this.#average && this.#normed && (!failed || restored)) {
      yield* recalibrating(body, this.#train.x, this.#inOrder);
    }
    const weightsOf = restored ? this.#bestEpoch : this.#log.length;
    return historyOf(end, this.#message(end, restored), this.#log, {
      bestEpoch: weightsOf,
      steps: this.#opt.steps,
      elapsedMs: performance.now() - this.#start,
      layer: this.#blame?.layer ?? null,
    });
  }

  #message({ reason }: FitEnd, restored: boolean): string {
    const epochs = `${this.#log.length} epoch${this.#log.length === 1 ? "" : "s"}`;
    const weights = `weights of epoch ${this.#bestEpoch}`;
    if (this.#blame) {
      const { layer, what, epoch } = this.#blame;
      const place = layer === "loss" ? "the loss" : `the ${what} of layer ${layer}`;
      const steps = this.#opt.steps;
      const last = steps > 0 ? "the last weights whose loss was finite" : "the weights it had";
      const kept = restored ? `has the ${weights}` : `keeps ${last}`;
      return `NaN or infinity appeared first in ${place} at step ${steps + 1} (epoch ${epoch}); the network ${kept}. A smaller learning rate, clipNorm or standardised data may help`;
    }
    if (reason === "patience") return `no improvement for ${this.#patience} epochs; ${weights}`;
    if (reason === "epochs") return `trained ${epochs}${restored ? `; ${weights}` : ""}`;
    return `${reason} after ${epochs}${restored ? `; ${weights}` : ""}`;
  }

  release(): void {
    this.#closing?.return(null);
    this.#line?.end();
    this.#body.watch = null;
    this.#average?.dispose();
    this.#opt.dispose();
    this.#body.pinned = false;
  }
}
