// network({ inputs, layers, loss }): a feed-forward network, its training, and what can be asked of it. Checks stand here;
// the passes are body.ts, training is fit.ts.

import { type Pulled, pull, run, runAsync } from "../driver/run.js";
import { announce } from "../first-order/owners.js";
import type { Rule } from "../first-order/rule.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { takeNumbers } from "../runtime/numbers.js";
import {
  booleanOption,
  checkArray,
  checkFinite,
  checkKeys,
  checkWritable,
  choiceOption,
  numberOption,
  optionError,
} from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { lonely } from "./blame.js";
import { Body } from "./body.js";
import { inputCondition } from "./condition.js";
import { type Course, type Diagnosis, diagnosisOf } from "./diagnose.js";
import { type Evaluation, evaluating, layerOutputs, whole } from "./evaluate.js";
import type { FitOptions } from "./fit-options.js";
import type { EpochIteration, History } from "./history.js";
import { copyRows, type Features, readFeatures, type Taken, type TargetValues } from "./inputs.js";
import { type DType, type FloatVector, vectorType } from "./kernels.js";
import { type Layer, takeLayers } from "./layer.js";
import type { Loss } from "./loss.js";
import { type LossName, lossOf } from "./losses.js";
import { checkIterate, claimOf } from "./owner.js";
import { type Plan, planOf, type StagePlan } from "./plan.js";
import { type BatchRecord, deadUnits, Recorder } from "./records.js";
import { fromSafetensors, toSafetensors } from "./safetensors.js";
import type { Samples } from "./samples.js";
import { saveBody } from "./save.js";
import { constantLoss, someOf, spread } from "./setup.js";
import type { Batches } from "./source.js";
import type { Mode } from "./stage.js";
import { recalibrating } from "./statistics.js";
import { summaryOf } from "./summary.js";
import { readTargets, type Targets, targetWidth } from "./targets.js";
import { Trainer } from "./trainer.js";
import type { Training } from "./training.js";
import { resume, stateOf, type TrainingState } from "./training-state.js";

export interface NetworkOptions {
  /** Features a sample. */
  inputs: number;
  layers: readonly Layer[];
  /** Cross-entropies take raw outputs (logits): no sigmoid() or relu() at the end. Or a loss of your own: `loss({ ... })`. */
  loss: LossName | Loss;
  /** Where the Huber loss turns linear: 1. */
  delta?: number | undefined;
  /** "f32" by default. */
  dtype?: DType | undefined;
  /** Of initial weights, dropout, and the order of samples in fit: 0. */
  seed?: number | undefined;
  runtime?: Runtime | undefined;
}

const withFit = "net.fit(x, y, { ... }) takes it";
/** Options that other libraries give to the network. */
const asked = {
  optimizer: withFit,
  metrics: withFit,
  epochs: withFit,
  learningRate: withFit,
  inputshape: "inputs",
  units: "layers",
};

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
  /** A few samples of the last fit, for diagnose. */
  #sample: Samples | null = null;
  /** Where the last fit ended, for one that continues; and its rule. @internal */
  training: Training | null = null;
  #rule: Rule | null = null;
  /** Epochs of the last fit, and the loss of the best constant answer. */
  #course: Omit<Course, "now"> | null = null;
  /** The same network in double precision, for `objective`. */
  #double: Body | null = null;

  /** @internal */
  constructor(options: NetworkOptions) {
    const where = "network";
    checkKeys(where, options, ["inputs", "layers", "loss", "delta", "dtype", "seed", "runtime"], asked);
    const whole = { min: 1, max: 2 ** 24, integer: true };
    if (options.inputs === undefined) throw optionError(where, "inputs", undefined, "an integer >= 1");
    const inputs = numberOption(where, "inputs", options.inputs, 0, whole);
    this.layers = Object.freeze(takeLayers(where, options.layers));
    const loss = lossOf(where, options.loss, { delta: options.delta });
    const dtype = choiceOption(where, "dtype", options.dtype, ["f32", "f64"], "f32");
    const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
    this.#seed = numberOption(where, "seed", options.seed, 0, seeds);
    const plan = planOf(where, inputs, this.layers);
    checkEnd(where, plan, loss);
    this.#body = new Body(plan, dtype, loss, this.#seed, options.runtime);
    announce(
      this,
      claimOf(() => this.#idle("optimizer")),
    );
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

  /** The body, for what uses its arena: not within a pass, which works there. */
  #atRest(what: string): Body {
    const { body } = this;
    if (!body.passing && !this.#double?.passing) return body;
    throw new DownhillError("REENTRANT", `${what} was called within a pass of this network`, {
      hint: "a layer or loss of your own works on what it is given",
    });
  }

  /** The body, for what must not happen while training runs. */
  #idle(what: string): Body {
    const body = this.#atRest(what);
    if (this.#busy === "") return body;
    throw new DownhillError("REENTRANT", `${what} was called while this network is in ${this.#busy}`, {
      hint: `until that has ended only predict, classify, activations, evaluate, params, diagnose(), summary and save are allowed${this.#busy === "iterateFit" ? "; an iteration that was left ends with its return()" : ""}`,
    });
  }

  /** The body, for what writes parameters. */
  #unswapped(what: string): Body {
    const body = this.#idle(what);
    checkIterate(what, body);
    return body;
  }

  /** @internal The body, for others that use its arena: no backward pass may follow. */
  claim(what: string): Body {
    const body = this.#unswapped(what);
    this.#pending = 0;
    return body;
  }

  /** @internal As claim, and nothing else may train, write or dispose of it until the function that it returns is called. */
  hold(what: string): () => void {
    this.claim(what);
    this.#busy = what;
    return () => {
      this.#busy = "";
    };
  }

  /**
   * @internal What a fit leaves behind, beside weights, is taken out: a fit would write over its vectors. The function that it returns
   * puts it back.
   */
  remember(): () => void {
    const [training, rule, course, records, sample] = [
      this.training,
      this.#rule,
      this.#course,
      this.#records,
      this.#sample,
    ];
    this.training = null;
    return () => {
      this.training = training;
      this.#rule = rule;
      this.#course = course;
      this.#records = records;
      this.#sample = sample;
    };
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
  get loss(): string {
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
        tensor.home === "statistics" ? body.view(tensor).slice() : body.view(tensor),
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
    const normed = body.stages.some((stage) => stage.batchStatistics);
    if (rows < 2 && normed) throw lonely(where, body, "x");
  }

  #outputFor(where: string, out: FloatVector | undefined, rows: number): FloatVector {
    const { plan, dtype, runtime } = this.body;
    const length = rows * plan.outputs;
    if (out === undefined) return new (vectorType(dtype))(length);
    checkFloats(where, "out", out);
    checkWritable(where, "out", out, length);
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
    const given = takeNumbers(where, "gradOut", gradOut, rows * outputs);
    checkFinite(where, "gradOut", given);
    if (gradIn !== undefined) {
      checkFloats(where, "gradIn", gradIn);
      checkArray(where, "gradIn", gradIn, rows * inputs);
    }
    body.arena.gradOut.set(given);
    this.#clearFrozen();
    const at = body.backward(rows, gradIn !== undefined);
    gradIn?.set(new (vectorType(body.dtype))(body.runtime.buffer, at, rows * inputs));
  }

  /** Gradients of frozen layers, which no pass writes, are 0. */
  #clearFrozen(body = this.body): void {
    const { stages, grads } = body;
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

  #wholeLoss(rows: number, data: FloatVector, targets: Targets, gradient: boolean, body = this.body): number {
    body.reserve(rows);
    const { arena, plan, loss } = body;
    copyRows(data, plan.inputs, 0, rows, arena.input);
    if (loss.definition.labels) arena.labels.set(targets);
    else arena.targets.set(targets);
    body.forward(rows, "probe");
    this.#pending = body === this.#body ? rows : 0;
    const value = body.lossGradient(rows);
    if (gradient) {
      this.#clearFrozen(body);
      body.backward(rows);
    }
    return value;
  }

  /**
   * The loss of these samples as a function of the parameters, for `minimize(net.objective(x, y), net.params)`. It is computed in
   * double precision for a network of floats too, since methods of second order need it: differences of losses in floats are
   * noise long before the minimum. Batch statistics are those of all samples, dropout is the same in every evaluation.
   * Afterwards put the result into `params`, and call `recalibrate(x)` where there is a batchNorm.
   */
  objective(x: Features, y: TargetValues): NetworkObjective {
    const where = "objective";
    const { plan, loss } = this.body;
    const { rows, data } = readFeatures(where, x, plan.inputs, "f64", "kept");
    const targets = readTargets(where, loss, y, rows, plan.outputs, "f64", "kept");
    this.#enough(where, rows);
    const at = (params: ArrayLike<number>, gradient: boolean): Body => {
      const own = this.#unswapped(where);
      const values = takeNumbers(where, "params", params, own.params.length);
      own.params.set(values);
      const body = this.#inDoubles(own);
      body.params.set(values);
      this.#value = this.#wholeLoss(rows, data, targets, gradient, body);
      return body;
    };
    return {
      fun: (params) => {
        at(params, false);
        return this.#value;
      },
      funGrad: (params, outGrad) => {
        const { grads } = at(params, true);
        outGrad.set(grads);
        return this.#value;
      },
    };
  }

  #value = NaN;

  /** This network where it is one of doubles, else its like, brought up to date. */
  #inDoubles(own: Body): Body {
    if (own.dtype === "f64") return own;
    this.#double ??= new Body(own.plan, "f64", own.loss, this.#seed, own.given);
    const body = this.#double;
    body.buffers.set(own.buffers);
    body.draws.step = own.draws.step;
    for (const [i, stage] of body.stages.entries()) stage.frozen = own.stages[i]!.frozen;
    return body;
  }

  /** Outputs in evaluation mode: probabilities for the cross-entropies, values else. rows x outputs, row by row. */
  predict(x: Features | number): FloatVector {
    const body = this.#atRest("predict");
    const { plan, arena, kernels, loss } = body;
    const { rows, data } = readFeatures("predict", x, plan.inputs, body.dtype);
    const out = new (vectorType(body.dtype))(rows * plan.outputs);
    this.#pending = 0;
    for (let at = 0; at < rows; at += arena.rows) {
      const m = Math.min(arena.rows, rows - at);
      copyRows(data, plan.inputs, at, m, arena.input);
      body.forward(m, "eval");
      const z = arena.output.byteOffset;
      loss.definition.link?.(kernels, m, plan.outputs, z);
      out.set(arena.output.subarray(0, m * plan.outputs), at * plan.outputs);
    }
    return out;
  }

  /** Outputs of one layer (name or index) in evaluation mode: rows x its outputs. */
  activations(x: Features, layer: string | number): FloatVector {
    const body = this.#atRest("activations");
    const { rows, data } = readFeatures("activations", x, body.plan.inputs, body.dtype);
    this.#pending = 0;
    return whole(layerOutputs(body, data, rows, this.#indexOf("activations", layer) + 1));
  }

  /** The most probable label of each row: the first of equals; for one output 0 or 1. Not for several outputs of binaryCrossEntropy. */
  classify(x: Features): Int32Array {
    const { body } = this;
    if (!body.loss.definition.link)
      throw new DownhillError("UNSUPPORTED", `classify: this network was made for ${this.loss}`, {
        hint: "predict gives its numbers",
      });
    const n = body.plan.outputs;
    if (!body.loss.definition.labels && n > 1)
      throw new DownhillError(
        "UNSUPPORTED",
        `classify: the ${n} outputs of ${this.loss} are labels of their own`,
        {
          hint: "compare those of predict with 1/2",
        },
      );
    const p = this.predict(x);
    return Int32Array.from({ length: p.length / n }, (_, i) => {
      if (n === 1) return p[i]! > 0.5 ? 1 : 0;
      let best = 0;
      for (let j = 1; j < n; j++) if (p[i * n + j]! > p[i * n + best]!) best = j;
      return best;
    });
  }

  /** Mean loss in evaluation mode, and the share of right answers (null for regression). */
  evaluate(x: Features, y: TargetValues): Evaluation {
    const where = "evaluate";
    const body = this.#atRest(where);
    const { plan, dtype, loss } = body;
    const { rows, data } = readFeatures(where, x, plan.inputs, dtype);
    const targets = readTargets(where, loss, y, rows, plan.outputs, dtype);
    this.#pending = 0;
    const order = Int32Array.from({ length: rows }, (_, i) => i);
    const width = targetWidth(loss, plan.outputs);
    return whole(evaluating(body, { x: data, y: targets, width, order, weights: null }));
  }

  /**
   * Trains on rows of features and their targets; see FitOptions. Blocks until it is done. In place of x there may be batches:
   * an iterable of { x, y }, or a function of the epoch that makes one; then y is left out.
   *
   * @example
   * const history = net.fit(x, y, { epochs: 100, validation: 0.2, patience: 10, optimizer: adam({ lr: 1e-3 }) });
   * console.log(history.report());
   * net.fit(x, y, { epochs: 20, continue: true });       // goes on where that ended
   */
  fit(x: Features, y: TargetValues, options?: FitOptions): History;
  fit(batches: Batches, y?: undefined | null, options?: FitOptions): History;
  fit(x: Features | Batches, y?: TargetValues | null, options: FitOptions = {}): History {
    return run(this.#trainer("fit", x, y, options));
  }

  /**
   * As fit, with a turn of the event loop at least every 8 ms, callbacks that may be asynchronous, and batches that may come
   * asynchronously; rejects with the signal's reason on abort.
   *
   * @example
   * async function* batches(epoch) { for (const file of files) yield await read(file); } // { x, y }
   * await net.fitAsync(batches, null, { epochs: 5 });
   */
  async fitAsync(x: Features, y: TargetValues, options?: FitOptions): Promise<History>;
  async fitAsync(batches: Batches, y?: undefined | null, options?: FitOptions): Promise<History>;
  async fitAsync(x: Features | Batches, y?: TargetValues | null, options: FitOptions = {}): Promise<History> {
    return runAsync(this.#trainer("fitAsync", x, y, options));
  }

  /**
   * As fit, one epoch at a time: the iterator yields after every epoch, `result` is the history so far, `state()` everything to
   * go on from as plain data, and `resume: state` goes on to the bit, in another process too.
   *
   * @example
   * const training = net.iterateFit(x, y, { epochs: 100 });
   * for (const { epoch } of training) if (epoch.loss < 0.01) break;
   * console.log(training.result.message);
   */
  iterateFit(
    x: Features,
    y: TargetValues,
    options: FitOptions & { resume?: TrainingState | undefined } = {},
  ): Pulled<History, TrainingState, EpochIteration> {
    const trainer = this.#trainer("iterateFit", x, y, options, ["resume"]);
    trainer.save = () => stateOf(trainer);
    const { resume: state } = options;
    try {
      if (state !== undefined) resume(trainer, state);
      return pull(trainer, state !== undefined) as unknown as Pulled<History, TrainingState, EpochIteration>;
    } catch (error) {
      trainer.release();
      throw error;
    }
  }

  /** @internal A training as a task, for what trains by parts. */
  trainer(
    where: string,
    x: Features | Taken,
    y: TargetValues | Taken<Targets>,
    options: FitOptions,
  ): Trainer {
    return this.#trainer(where, x, y, options);
  }

  #trainer(
    where: string,
    x: unknown,
    y: unknown,
    options: FitOptions,
    more: readonly string[] = [],
  ): Trainer {
    const body = this.#unswapped(where);
    const before = { seed: this.#seed, rule: this.#rule, training: this.training };
    const trainer = new Trainer(where, body, x, y, options, before, more);
    this.#busy = where;
    this.#pending = 0;
    const last = this.training;
    this.training = null;
    this.#records = trainer.records;
    this.#course = { log: trainer.log, constant: constantLoss(body, trainer.setup.train) };
    this.#sample = someOf(body, trainer.setup.train, SAMPLE_ROWS);
    trainer.onRelease = () => {
      this.#busy = "";
      this.#rule = trainer.rule;
      this.training = trainer.training(last);
    };
    return trainer;
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

  /**
   * What the last fit says about this network; with samples, about one batch of them as things now stand. A network that has learned,
   * its loss in evaluation mode being below 0.7 of the best constant answer's, is not called sick for dead units or small steps.
   */
  diagnose(x?: Features, y?: TargetValues): Diagnosis {
    const where = "diagnose";
    const { plan } = this.#atRest(where);
    const first =
      plan.stages.find(({ layer }) => layer.definition.weighs || layer.definition.normalises) ?? null;
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
      const { x: data, order } = this.#sample;
      const rows = order.length;
      const { body } = this;
      const m = Math.min(rows, body.rows);
      copyRows(spread(data, plan.inputs, rows, m), plan.inputs, 0, m, body.arena.input);
      body.forward(m, "eval");
      this.#pending = 0;
      const dead = body.stages.map((stage) => deadUnits(body, stage, m));
      const course = this.#course && { ...this.#course, now: this.#standing(this.#sample) };
      return diagnosisOf(plan, this.#records, this.#condition(first, data, rows), dead, m, course);
    }
    const body = this.#idle(where);
    const { rows, data } = readFeatures(where, x, plan.inputs, body.dtype);
    const recorder = new Recorder(body);
    body.keep();
    recorder.watch();
    try {
      const loss = this.lossGradient(x, y);
      recorder.look(rows);
      const record = recorder.finish(0, loss);
      const condition = this.#condition(first, data, Math.min(rows, SAMPLE_ROWS));
      const dead = record.stages.map((stage) => stage.dead);
      return diagnosisOf(plan, [record], condition, dead, rows, null);
    } finally {
      body.watch = null;
    }
  }

  /** The network as it now is against the best constant answer: the loss of an epoch is that of dropout, and of weights on their way. */
  #standing(sample: Samples): Course["now"] {
    const { body } = this;
    return { loss: whole(evaluating(body, sample)).loss, constant: constantLoss(body, sample)() };
  }

  /** A batchNorm in front takes care of badly scaled features. */
  #condition(first: StagePlan | null, data: FloatVector, rows: number) {
    const layer = first?.name ?? "";
    if (!first || first.layer.definition.normalises) return { layer, largest: 1, small: 1 };
    return inputCondition(layer, data, rows, this.body.plan.inputs);
  }

  /** The table of layers, output sizes and parameters. */
  summary(): string {
    const { plan, stages, loss, dtype } = this.body;
    return summaryOf(plan, stages, loss.name, dtype);
  }

  /**
   * Everything loadNetwork needs, in one buffer with a checksum. `optimizer: true` takes along where the last fit ended, so that
   * `continue: true` goes on from there.
   */
  save(options: { optimizer?: boolean | undefined } = {}): ArrayBuffer {
    const where = "save";
    checkKeys(where, options, ["optimizer"]);
    const taken = booleanOption(where, "optimizer", options.optimizer, false);
    if (taken && !this.training) {
      throw new DownhillError("OPTION", `${where}: there is no training to save`, {
        hint: "call fit first",
        details: { option: "optimizer", value: true },
      });
    }
    return saveBody(this.body, this.#seed, taken ? this.training : null);
  }

  /** Parameters and statistics under the names and in the layout of a PyTorch Sequential. */
  toSafetensors(): ArrayBuffer {
    return toSafetensors(this.body);
  }

  /** The inverse of toSafetensors, from files of PyTorch too; SNAPSHOT, with nothing changed, when a tensor does not fit. */
  loadSafetensors(source: ArrayBuffer | ArrayBufferView): void {
    const body = this.#unswapped("loadSafetensors");
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
    this.#double?.release();
    this.#double = null;
    this.#body.release();
  }
}

const SAMPLE_ROWS = 256;

/** What must be so of the last layer, for this loss. */
function checkEnd(where: string, plan: Plan, { name, definition }: Loss): void {
  const last = plan.stages.at(-1)!;
  const { least, logits } = definition;
  if (least && plan.outputs < least.outputs) {
    throw new DownhillError(
      "SHAPE",
      `${where}: ${name} needs two or more outputs, layer ${last.index} (${last.name}) gives ${plan.outputs}`,
      { hint: least.hint, details: { layer: last.name } },
    );
  }
  const { range } = last.layer.definition;
  if (!logits || !range) return;
  const what =
    range === "probabilities"
      ? `${name} makes probabilities of its inputs itself, and layer ${last.index} (${last.name}) makes them before`
      : `${name} takes logits of either sign, layer ${last.index} (${last.name}) gives none below 0`;
  throw new DownhillError("OPTION", `${where}: ${what}`, {
    hint: `leave out ${last.layer.kind}(): predict gives probabilities all the same`,
    details: { layer: last.name, loss: name },
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

/**
 * A network with initial weights drawn from `seed`. Its memory is the runtime's until `dispose()`.
 *
 * @example
 * const [x, y] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]];
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * net.fit(x, y, { epochs: 200, optimizer: adam({ lr: 0.05 }) });
 * net.classify(x); // [0, 1, 1, 0]
 * net.dispose();
 */
export const network = (options: NetworkOptions): Network => new Network(options);
