// Training: epochs of minibatches, one optimizer step each. `step()` trains one batch and allocates nothing; the synchronous
// and the asynchronous fit both call it until it says how training ended.

import { type Average, average } from "../first-order/average.js";
import { optimizerAt } from "../first-order/optimizer.js";
import { resolve } from "../first-order/rule.js";
import { adam } from "../first-order/rules/adam.js";
import type { FirstOrderOptimizer } from "../first-order/stepper.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, checkKeys, numberOption } from "../runtime/options.js";
import { firstBad, lonely, ownerOf } from "./blame.js";
import type { Body } from "./body.js";
import { type Evaluation, evaluateRows, rightSigns } from "./evaluate.js";
import { checkCallbacks, type FitOptions, fitKeys } from "./fit-options.js";
import { type Batch, type Epoch, type FitEnd, type History, historyOf } from "./history.js";
import { type Features, gatherRows } from "./inputs.js";
import type { FloatVector } from "./kernels.js";
import { ProgressLine } from "./progress.js";
import { type BatchRecord, Recorder } from "./records.js";
import { readSamples, type Samples } from "./samples.js";
import { BatchNormStage } from "./stages.js";
import { recalibrate } from "./statistics.js";

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
  #layer: string | null = null;
  #end: FitEnd | null = null;

  constructor(
    where: string,
    body: Body,
    x: Features,
    y: ArrayLike<number>,
    options: FitOptions,
    seed: number,
  ) {
    checkKeys(where, options, fitKeys);
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
    const rule = options.optimizer ?? adam();
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
    if (!lone && this.#afterBatch() === "stop") return this.#stop("stopped", "callback");
    return this.#at >= order.length ? this.#endEpoch() : null;
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
      return this.#fail(m, Infinity);
    }
    if (!Number.isFinite(loss)) return this.#fail(m, loss);
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

  #fail(m: number, loss: number): false {
    const body = this.#body;
    body.watch = null;
    this.#layer = firstBad(body, m);
    body.goBack();
    this.#info.loss = loss;
    this.#stop("failed", "nonFinite");
    return false;
  }

  #endEpoch(): FitEnd | null {
    const body = this.#body;
    this.#at = 0;
    this.#epoch++;
    const bad = body.kernels.firstNonFinite(body.params.length, body.params.byteOffset);
    if (bad >= 0) {
      this.#layer = ownerOf(body, bad);
      body.goBack();
      return this.#stop("failed", "nonFinite");
    }
    const classifies = body.loss.kind <= 0;
    this.#average?.swap();
    const measured = this.#validation ? evaluateRows(body, this.#validation) : null;
    const loss = this.#lossSum / this.#seen;
    const better = this.#isBetter(measured, loss);
    this.#average?.swap();
    const epoch: Epoch = {
      epoch: this.#epoch,
      epochs: this.#epochs,
      loss,
      accuracy: classifies ? this.#hits / this.#seen : null,
      valLoss: measured?.loss ?? null,
      valAccuracy: measured?.accuracy ?? null,
      lr: this.#opt.lr,
      gradNorm: this.#opt.gradNorm,
      elapsedMs: performance.now() - this.#epochStart,
    };
    this.#log.push(epoch);
    this.#line?.epoch(epoch);
    const stop = this.#options.onEpoch?.(epoch) === "stop";
    if (stop) return this.#stop("stopped", "callback");
    if (!better && this.#epoch - this.#bestEpoch >= this.#patience) return this.#stop("stopped", "patience");
    return this.#epoch >= this.#epochs ? this.#stop("completed", "epochs") : null;
  }

  /** Notes the best epoch; with patience its weights too. */
  #isBetter(measured: Evaluation | null, loss: number): boolean {
    const value = measured?.loss ?? loss;
    if (!(value < this.#best - this.#minDelta)) return false;
    this.#best = value;
    this.#bestEpoch = this.#epoch;
    this.#bestParams?.set(this.#body.params);
    this.#bestBuffers?.set(this.#body.buffers);
    return true;
  }

  #stop<S extends FitEnd["status"]>(status: S, reason: (FitEnd & { status: S })["reason"]): FitEnd {
    this.#end = { status, reason } as FitEnd;
    return this.#end;
  }

  /** Leaves the network with the weights that training ends with, and says how it went. */
  finish(): History {
    const body = this.#body;
    const end = this.#end ?? { status: "stopped", reason: "abort" };
    const failed = end.status === "failed";
    let weightsOf = this.#log.length;
    if (this.#bestParams && this.#bestEpoch > 0) {
      body.params.set(this.#bestParams);
      body.buffers.set(this.#bestBuffers as FloatVector);
      weightsOf = this.#bestEpoch;
    } else if (this.#average && !failed && this.#average.count > 0) {
      body.params.set(this.#average.params);
    }
    if (this.#average && !failed) recalibrate(body, this.#train.x, this.#inOrder);
    return historyOf(end, this.#message(end, weightsOf), this.#log, {
      bestEpoch: weightsOf,
      steps: this.#opt.steps,
      elapsedMs: performance.now() - this.#start,
      layer: this.#layer,
    });
  }

  #message({ reason }: FitEnd, weightsOf: number): string {
    const epochs = `${this.#log.length} epochs`;
    if (reason === "nonFinite") {
      const where = this.#layer === "loss" ? "the loss" : `layer ${this.#layer}`;
      const when = `step ${this.#opt.steps + 1} (epoch ${this.#epoch + (this.#at > 0 ? 1 : 0)})`;
      return `NaN or infinity appeared first in ${where} at ${when}; the network keeps the last weights whose loss was finite. A smaller learning rate or clipNorm may help`;
    }
    if (reason === "patience")
      return `no improvement for ${this.#patience} epochs; weights of epoch ${weightsOf}`;
    if (reason === "epochs") return `trained ${epochs}`;
    return `${reason} after ${epochs}`;
  }

  release(): void {
    this.#body.watch = null;
    this.#average?.dispose();
    this.#opt.dispose();
    this.#body.pinned = false;
  }
}
