// network({ inputs, layers, loss }): a feed-forward network, its training, and what can be asked of it. Checks stand here;
// the passes are body.ts, training is fit.ts.

import { macrotask } from "../driver/drive.js";
import { DownhillError, quote } from "../runtime/errors.js";
import {
  checkArray,
  checkFinite,
  checkKeys,
  choiceOption,
  numberOption,
  optionError,
} from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { lonely } from "./blame.js";
import { Body } from "./body.js";
import { type Diagnosis, diagnosisOf, inputCondition } from "./diagnose.js";
import { type Evaluation, evaluating, layerOutputs, whole } from "./evaluate.js";
import { Trainer } from "./fit.js";
import type { FitOptions } from "./fit-options.js";
import type { FitEnd, History } from "./history.js";
import { copyRows, type Features, readFeatures, type TargetValues } from "./inputs.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";
import { checkLayers, type Layer } from "./layers.js";
import { type LossName, lossOf, readTargets, type Targets } from "./losses.js";
import { planOf } from "./plan.js";
import { type BatchRecord, deadUnits, Recorder } from "./records.js";
import { fromSafetensors, toSafetensors } from "./safetensors.js";
import { saveBody } from "./save.js";
import { BatchNormStage, type Mode } from "./stages.js";
import { recalibrating } from "./statistics.js";
import { summaryOf } from "./summary.js";

export interface NetworkOptions {
  /** Features a sample. */
  inputs: number;
  layers: readonly Layer[];
  /** Cross-entropies take raw outputs (logits): no softmax() or sigmoid() at the end. */
  loss: LossName;
  /** Where the Huber loss turns linear: 1. */
  delta?: number;
  /** "f32" by default. */
  dtype?: DType;
  /** Of initial weights, dropout, and the order of samples in fit: 0. */
  seed?: number;
  runtime?: Runtime;
}

/** How long fitAsync works before it gives the event loop a turn. */
const SLICE_MS = 8;

/** What `minimize` takes: the loss of fixed data as a function of the parameters. */
export interface NetworkObjective {
  fun(x: ArrayLike<number>): number;
  funGrad(x: ArrayLike<number>, outGrad: { set(values: ArrayLike<number>): void }): number;
}

export class Network {
  readonly #body: Body;
  readonly #seed: number;
  readonly layers: readonly Layer[];
  #disposed = false;
  #busy = "";
  /** Rows and mode of the last forward pass that a backward pass may follow. */
  #pending = 0;
  #records: readonly BatchRecord[] = [];
  /** A few rows of the last fit, for diagnose. */
  #sample: { data: FloatVector; rows: number } | null = null;

  /** @internal */
  constructor(options: NetworkOptions) {
    const where = "network";
    checkKeys(where, options, ["inputs", "layers", "loss", "delta", "dtype", "seed", "runtime"]);
    const whole = { min: 1, max: 2 ** 24, integer: true };
    if (options.inputs === undefined) throw optionError(where, "inputs", undefined, "an integer >= 1");
    const inputs = numberOption(where, "inputs", options.inputs, 0, whole);
    checkLayers(where, options.layers);
    const loss = lossOf(where, options.loss, options.delta);
    const dtype = choiceOption(where, "dtype", options.dtype, ["f32", "f64"], "f32");
    const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
    this.#seed = numberOption(where, "seed", options.seed, 0, seeds);
    this.layers = Object.freeze([...options.layers]);
    const plan = planOf(where, inputs, this.layers);
    const last = plan.stages.at(-1);
    if (loss.kind < 0 && plan.outputs < 2) {
      throw new DownhillError(
        "SHAPE",
        `${where}: softmaxCrossEntropy needs two or more outputs, layer ${last?.index} (${last?.name}) gives 1`,
        {
          hint: 'for two classes take dense(2), or one output with "binaryCrossEntropy"',
          details: { layer: last?.name },
        },
      );
    }
    this.#body = new Body(plan, dtype, loss, this.#seed, options.runtime);
    if (typeof Symbol.dispose === "symbol") {
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
    }
  }

  declare [Symbol.dispose]: () => void;

  /** @internal */
  get body(): Body {
    if (!this.#disposed && this.#body.alive) return this.#body;
    throw new DownhillError("DISPOSED", "this network was disposed");
  }

  /** The body, for what must not happen while training runs. */
  #idle(what: string): Body {
    const { body } = this;
    if (this.#busy === "") return body;
    throw new DownhillError("REENTRANT", `${what} was called while this network is in ${this.#busy}`, {
      hint: "inside callbacks of fit only predict, evaluate, params, diagnose, summary and save are allowed",
    });
  }

  /** @internal The body, for others that use its arena: no backward pass may follow. */
  claim(what: string): Body {
    const body = this.#idle(what);
    this.#pending = 0;
    return body;
  }

  get inputs(): number {
    return this.body.plan.inputs;
  }
  get outputs(): number {
    return this.body.plan.outputs;
  }
  get dtype(): DType {
    return this.body.dtype;
  }
  get loss(): LossName {
    return this.body.loss.name;
  }
  get seed(): number {
    return this.#seed;
  }

  /**
   * All parameters, layer by layer (weights inputs x outputs, then bias; gamma, then beta): a live view to read and write. A batch
   * too large for the memory moves the network to one of its own; then views from before, of `grads` and `layer` too, are dead.
   */
  get params(): FloatVector {
    return this.body.params;
  }
  /** The gradient of the last backward pass, laid out as `params`. */
  get grads(): FloatVector {
    return this.body.grads;
  }
  /** Names of the layers in order: dense1, batchNorm1, relu1, dense2 ... */
  get names(): readonly string[] {
    return this.body.plan.stages.map(({ name }) => name);
  }

  /** Where a layer's parameters lie in `params`, and its running statistics as copies. */
  layer(name: string): Readonly<Record<string, FloatVector>> {
    const { body } = this;
    const stage = body.plan.stages[this.#indexOf("layer", name)];
    const tensors = [...(stage?.params ?? []), ...(stage?.buffers ?? [])];
    return Object.fromEntries(
      tensors.map((tensor) => [
        tensor.name,
        tensor.name.startsWith("running") ? body.view(tensor).slice() : body.view(tensor),
      ]),
    );
  }

  #indexOf(where: string, layer: unknown): number {
    const { stages } = this.body.plan;
    const index = typeof layer === "number" ? layer : stages.findIndex(({ name }) => name === layer);
    if (Number.isInteger(index) && index >= 0 && index < stages.length) return index;
    throw optionError(where, "layer", layer, `one of ${stages.map(({ name }) => name).join(", ")}`);
  }

  /**
   * Raw outputs for rows of features. "train" (the default) uses batch statistics and dropout, and may be followed by
   * `backward`; so may "eval".
   */
  forward(x: Features, out?: FloatVector, mode: "train" | "eval" = "train"): FloatVector {
    const where = "forward";
    const body = this.#idle(where);
    const chosen: Mode = choiceOption(where, "mode", mode, ["train", "eval"], "train");
    const { rows, data } = readFeatures(where, x, body.plan.inputs, body.dtype);
    const result = this.#outputFor(where, out, rows);
    if (chosen === "train") this.#enough(where, rows);
    body.reserve(rows);
    copyRows(data, body.plan.inputs, 0, rows, body.arena.input);
    body.forward(rows, chosen);
    if (chosen === "train") body.draws.step++;
    this.#pending = rows;
    result.set(body.arena.output.subarray(0, rows * body.plan.outputs));
    return result;
  }

  #enough(where: string, rows: number): void {
    const { body } = this;
    const normed = body.stages.some((stage) => stage instanceof BatchNormStage && !stage.frozen);
    if (rows < 2 && normed) throw lonely(where, body, "x");
  }

  #outputFor(where: string, out: FloatVector | undefined, rows: number): FloatVector {
    const { plan, dtype, runtime } = this.body;
    const length = rows * plan.outputs;
    if (out === undefined) return new (vectorType(dtype))(length);
    checkFloats(where, "out", out);
    checkArray(where, "out", out, length);
    if (out.buffer === runtime.buffer && overlaps(out, this.body.params)) {
      throw new DownhillError("ALIASED", `${where}: out must not lie in the parameters`);
    }
    return out;
  }

  /** dL/d(outputs) of the last forward pass to `grads`; with `gradIn` also to the features. */
  backward(gradOut: ArrayLike<number>, gradIn?: FloatVector): void {
    const where = "backward";
    const body = this.#idle(where);
    const rows = this.#pending;
    if (rows === 0) {
      throw new DownhillError("OPTION", `${where}: there was no forward pass`, {
        hint: "call forward(x) first",
      });
    }
    const { inputs, outputs } = body.plan;
    checkArray(where, "gradOut", gradOut, rows * outputs);
    checkFinite(where, "gradOut", gradOut);
    if (gradIn !== undefined) {
      checkFloats(where, "gradIn", gradIn);
      checkArray(where, "gradIn", gradIn, rows * inputs);
    }
    body.arena.gradOut.set(gradOut);
    this.#clearFrozen();
    const at = body.backward(rows, gradIn !== undefined);
    gradIn?.set(new (vectorType(body.dtype))(body.runtime.buffer, at, rows * inputs));
  }

  /** Gradients of frozen layers, which no pass writes, are 0. */
  #clearFrozen(): void {
    const { stages, grads } = this.body;
    for (const stage of stages) {
      if (!stage.frozen) continue;
      for (const { offset, length } of stage.plan.params) grads.fill(0, offset, offset + length);
    }
  }

  /** The mean loss over these samples in training mode; its gradient goes to `grads`. Running statistics stay as they are. */
  lossGradient(x: Features, y: TargetValues): number {
    const where = "lossGradient";
    const body = this.#idle(where);
    const { rows, data } = readFeatures(where, x, body.plan.inputs, body.dtype);
    const targets = readTargets(where, body.loss, y, rows, body.plan.outputs, body.dtype);
    this.#enough(where, rows);
    return this.#wholeLoss(rows, data, targets, true);
  }

  #wholeLoss(rows: number, data: FloatVector, targets: Targets, gradient: boolean): number {
    const { body } = this;
    body.reserve(rows);
    const { arena, plan, loss } = body;
    copyRows(data, plan.inputs, 0, rows, arena.input);
    if (loss.kind < 0) arena.labels.set(targets);
    else arena.targets.set(targets);
    body.forward(rows, "probe");
    this.#pending = rows;
    const value = body.lossGradient(rows);
    if (gradient) {
      this.#clearFrozen();
      body.backward(rows);
    }
    return value;
  }

  /**
   * The loss of these samples as a function of the parameters, for `minimize(net.objective(x, y), net.params)`. Batch
   * statistics are those of all samples, dropout is the same in every evaluation. Afterwards put the result into `params`, and
   * call `recalibrate(x)` where there is a batchNorm.
   */
  objective(x: Features, y: TargetValues): NetworkObjective {
    const where = "objective";
    const { plan, dtype, loss } = this.body;
    const { rows, data } = readFeatures(where, x, plan.inputs, dtype);
    const targets = readTargets(where, loss, y, rows, plan.outputs, dtype);
    this.#enough(where, rows);
    const at = (params: ArrayLike<number>, gradient: boolean): number => {
      const body = this.#idle(where);
      checkArray(where, "params", params, body.params.length);
      body.params.set(params);
      return this.#wholeLoss(rows, data, targets, gradient);
    };
    return {
      fun: (params) => at(params, false),
      funGrad: (params, outGrad) => {
        const value = at(params, true);
        outGrad.set(this.body.grads);
        return value;
      },
    };
  }

  /** Outputs in evaluation mode: probabilities for the cross-entropies, values else. rows x outputs, row by row. */
  predict(x: Features): FloatVector {
    const { body } = this;
    const { plan, arena, kernels, loss } = body;
    const { rows, data } = readFeatures("predict", x, plan.inputs, body.dtype);
    const out = new (vectorType(body.dtype))(rows * plan.outputs);
    this.#pending = 0;
    for (let at = 0; at < rows; at += arena.rows) {
      const m = Math.min(arena.rows, rows - at);
      copyRows(data, plan.inputs, at, m, arena.input);
      body.forward(m, "eval");
      const z = arena.output.byteOffset;
      if (loss.kind < 0) kernels.softmax(m, plan.outputs, z, z);
      else if (loss.kind === 0) kernels.activate(SIGMOID, m * plan.outputs, z, z, 0);
      out.set(arena.output.subarray(0, m * plan.outputs), at * plan.outputs);
    }
    return out;
  }

  /** Outputs of one layer (name or index) in evaluation mode: rows x its outputs. */
  activations(x: Features, layer: string | number): FloatVector {
    const { body } = this;
    const { rows, data } = readFeatures("activations", x, body.plan.inputs, body.dtype);
    this.#pending = 0;
    return layerOutputs(body, data, rows, this.#indexOf("activations", layer) + 1);
  }

  /** The most probable label of each row: the first of equals; for one output 0 or 1. */
  classify(x: Features): Int32Array {
    const { body } = this;
    if (body.loss.kind > 0)
      throw new DownhillError("UNSUPPORTED", `classify: this network was made for ${this.loss}`);
    const p = this.predict(x);
    const n = body.plan.outputs;
    return Int32Array.from({ length: p.length / n }, (_, i) => {
      if (n === 1) return (p[i] as number) > 0.5 ? 1 : 0;
      let best = 0;
      for (let j = 1; j < n; j++) if ((p[i * n + j] as number) > (p[i * n + best] as number)) best = j;
      return best;
    });
  }

  /** Mean loss in evaluation mode, and the share of right answers (null for regression). */
  evaluate(x: Features, y: TargetValues): Evaluation {
    const where = "evaluate";
    const { body } = this;
    const { plan, dtype, loss } = body;
    const { rows, data } = readFeatures(where, x, plan.inputs, dtype);
    const targets = readTargets(where, loss, y, rows, plan.outputs, dtype);
    this.#pending = 0;
    const order = Int32Array.from({ length: rows }, (_, i) => i);
    const width = loss.kind < 0 ? 1 : plan.outputs;
    return whole(evaluating(body, { x: data, y: targets, width, order }));
  }

  /** Trains on rows of features and their targets; see FitOptions. Blocks until it is done. */
  fit(x: Features, y: TargetValues, options: FitOptions = {}): History {
    const trainer = this.#trainer("fit", x, y, options);
    try {
      while (trainer.step() === null) refuseLate(trainer.takeLate());
      refuseLate(trainer.takeLate());
      return whole(trainer.finishing());
    } finally {
      this.#done(trainer);
    }
  }

  /**
   * As fit, with a turn of the event loop at least every 8 ms, and callbacks that may be asynchronous; rejects with the signal's
   * reason on abort.
   */
  async fitAsync(x: Features, y: TargetValues, options: FitOptions = {}): Promise<History> {
    const trainer = this.#trainer("fitAsync", x, y, options);
    let slice = performance.now();
    const turn = async () => {
      if (performance.now() - slice < SLICE_MS) return;
      await macrotask();
      slice = performance.now();
    };
    try {
      let end: FitEnd | null = null;
      while (end === null) {
        if (performance.now() - slice >= SLICE_MS) await turn();
        end = trainer.step();
        const late = trainer.takeLate();
        if (late && (await late) === "stop") end = trainer.interrupt();
      }
      const pieces = trainer.finishing();
      for (;;) {
        const { done, value } = pieces.next();
        if (!done) await turn();
        else if (end.reason === "abort") throw options.signal?.reason;
        else return value;
      }
    } finally {
      this.#done(trainer);
    }
  }

  #trainer(where: string, x: Features, y: TargetValues, options: FitOptions): Trainer {
    const body = this.#idle(where);
    const trainer = new Trainer(where, body, x, y, options, this.#seed);
    this.#busy = where;
    this.#pending = 0;
    const { rows, data } = readFeatures(where, x, body.plan.inputs, body.dtype);
    const few = Math.min(rows, SAMPLE_ROWS);
    this.#sample = { data: data.slice(0, few * body.plan.inputs), rows: few };
    this.#records = trainer.records;
    return trainer;
  }

  #done(trainer: Trainer): void {
    this.#busy = "";
    trainer.release();
  }

  /** Keeps these layers (names or indices; default all) out of training: their batchNorm uses its running statistics. */
  freeze(...layers: (string | number)[]): void {
    this.#setFrozen("freeze", layers, true);
  }

  unfreeze(...layers: (string | number)[]): void {
    this.#setFrozen("unfreeze", layers, false);
  }

  #setFrozen(where: string, layers: (string | number)[], frozen: boolean): void {
    const { stages } = this.#idle(where);
    const indices = layers.map((layer) => this.#indexOf(where, layer));
    for (const [i, stage] of stages.entries()) {
      if (indices.length === 0 || indices.includes(i)) stage.frozen = frozen;
    }
  }

  /** Sets the running statistics of every batchNorm to those of these samples, exactly. */
  recalibrate(x: Features): void {
    const body = this.#idle("recalibrate");
    const { rows, data } = readFeatures("recalibrate", x, body.plan.inputs, body.dtype);
    this.#enough("recalibrate", rows);
    this.#pending = 0;
    const order = Int32Array.from({ length: rows }, (_, i) => i);
    whole(recalibrating(body, data, order));
  }

  /** What the last fit says about this network; with samples, about one batch of them as things now stand. */
  diagnose(x?: Features, y?: TargetValues): Diagnosis {
    const where = "diagnose";
    const { plan } = this.body;
    const first =
      plan.stages.find(({ layer }) => layer.kind === "dense" || layer.kind === "batchNorm")?.name ?? "";
    if ((x === undefined) !== (y === undefined)) {
      throw optionError(
        where,
        x === undefined ? "x" : "y",
        undefined,
        "given with the other: diagnose(x, y)",
      );
    }
    if (x === undefined || y === undefined) {
      if (this.#records.length === 0 || !this.#sample) {
        throw new DownhillError("OPTION", `${where}: nothing was recorded yet`, {
          hint: "call fit first, or diagnose(x, y)",
        });
      }
      const { data, rows } = this.#sample;
      const { body } = this;
      const m = Math.min(rows, body.rows);
      copyRows(data, plan.inputs, 0, m, body.arena.input);
      body.forward(m, "eval");
      this.#pending = 0;
      const dead = body.stages.map((stage) => deadUnits(body, stage, m));
      return diagnosisOf(plan, this.#records, this.#condition(first, data, rows), dead, m);
    }
    const body = this.#idle(where);
    const { rows, data } = readFeatures(where, x, plan.inputs, body.dtype);
    const recorder = new Recorder(body);
    body.keep();
    recorder.watch();
    try {
      const loss = this.lossGradient(x, y);
      const record = recorder.finish(rows, 0, loss);
      const condition = this.#condition(first, data, Math.min(rows, SAMPLE_ROWS));
      const dead = record.stages.map((stage) => stage.dead);
      return diagnosisOf(plan, [record], condition, dead, rows);
    } finally {
      body.watch = null;
    }
  }

  /** A batchNorm in front takes care of badly scaled features. */
  #condition(first: string, data: FloatVector, rows: number) {
    if (first.startsWith("batchNorm")) return { layer: first, largest: 1, small: 1 };
    return inputCondition(first, data, rows, this.body.plan.inputs);
  }

  /** The table of layers, output sizes and parameters. */
  summary(): string {
    const { plan, stages, loss, dtype } = this.body;
    return summaryOf(plan, stages, loss.name, dtype);
  }

  /** Everything loadNetwork needs, in one buffer. */
  save(): ArrayBuffer {
    return saveBody(this.body, this.#seed);
  }

  /** Parameters and statistics under the names and in the layout of a PyTorch Sequential. */
  toSafetensors(): ArrayBuffer {
    return toSafetensors(this.body);
  }

  /** The inverse of toSafetensors, from files of PyTorch too; SNAPSHOT, with nothing changed, when a tensor does not fit. */
  loadSafetensors(source: ArrayBuffer | ArrayBufferView): void {
    const body = this.#idle("loadSafetensors");
    if (!(source instanceof ArrayBuffer) && !ArrayBuffer.isView(source)) {
      throw optionError("loadSafetensors", "source", quote(source), "an ArrayBuffer or a view of one");
    }
    fromSafetensors(body, source);
  }

  /** Gives the memory back. A second call does nothing. */
  dispose(): void {
    if (this.#disposed) return;
    if (this.#body.alive) this.#idle("dispose");
    this.#disposed = true;
    this.#body.release();
  }
}

/** The number of "sigmoid" among the activations. */
const SIGMOID = 3;
const SAMPLE_ROWS = 256;

/** A synchronous fit cannot wait for what a callback promises. */
function refuseLate(late: PromiseLike<unknown> | null): void {
  if (!late) return;
  // Nobody will wait for it: its rejection must not end the process.
  late.then(undefined, () => undefined);
  throw new DownhillError("CALLBACK_RESULT", "fit: onBatch or onEpoch returned a Promise", {
    hint: "fit cannot wait for it: use fitAsync",
  });
}

/** What results are written to: an array of integers would cut them off. */
function checkFloats(where: string, argument: string, value: unknown): void {
  if (value instanceof Float32Array || value instanceof Float64Array) return;
  throw new DownhillError(
    "SHAPE",
    `${where}: ${argument} must be a Float32Array or a Float64Array, got ${quote(value)}`,
    { details: { argument } },
  );
}

const overlaps = (a: FloatVector, b: FloatVector): boolean =>
  a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;

/** A network with initial weights drawn from `seed`. Its memory is the runtime's until `dispose()`. */
export const network = (options: NetworkOptions): Network => new Network(options);
