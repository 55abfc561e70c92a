// Layers and losses of one's own, in JavaScript: the same definitions as those of the house, their work done by callbacks on views
// of the batch.

import type { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, isRecord, optionError } from "../runtime/options.js";
import { forget, isPromise } from "../runtime/promises.js";
import { initialise } from "./initialise.js";
import type { FloatVector } from "./kernels.js";
import { type Layer, type LayerDefinition, makeLayer, type Shapes } from "./layer.js";
import { type Loss, makeLoss } from "./loss.js";
import { type Mode, Stage } from "./stage.js";

/**
 * What a pass of a layer works on: `rows` rows, row by row. All are borrowed for the call. The parameters are the layer's own, to
 * write to as well; what it writes into what it was given reaches nobody.
 */
export interface LayerPass {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** The layer's parameters by name, and where their gradients go: `grads` are null while the layer is frozen. */
  readonly params: Readonly<Record<string, FloatVector>>;
  readonly grads: Readonly<Record<string, FloatVector>> | null;
  /** Input and output of the forward pass. */
  readonly x: FloatVector;
  readonly y: FloatVector;
  /** Training, or evaluation. */
  readonly training: boolean;
}

export interface OwnLayer {
  /** Begins with a letter; the first one in a network becomes `name1`. */
  name: string;
  /** Numbers out for so many numbers in: a number, or a function. Default: as many. */
  shape?: number | ((inputs: number) => number) | undefined;
  /** Parameters: a length or a shape each, or a function (inputs, outputs) that gives them. */
  params?:
    | Readonly<Record<string, number | readonly number[]>>
    | ((inputs: number, outputs: number) => Readonly<Record<string, number | readonly number[]>>)
    | undefined;
  /** Fills the parameters. Default: within 1 / sqrt(inputs), as dense. */
  init?:
    | ((
        params: Readonly<Record<string, FloatVector>>,
        random: Random,
        inputs: number,
        outputs: number,
      ) => void)
    | undefined;
  /** Writes the outputs of every row to `out`. */
  forward(x: FloatVector, out: FloatVector, pass: LayerPass): void;
  /**
   * From dL/d(out) to dL/dx in `gradIn`, null where nobody wants it, and to `pass.grads`. Both are written, not added to; what is
   * left unwritten is 0.
   */
  backward(gradOut: FloatVector, gradIn: FloatVector | null, pass: LayerPass): void;
}

/** Nothing may be promised: the next layer works at once. */
function called(where: string, result: unknown): void {
  if (!isPromise(result)) return;
  forget(result);
  throw new DownhillError("CALLBACK_RESULT", `${where} returned a Promise`, {
    hint: "a layer fills its output before it returns",
  });
}

const count = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0;

function shapesOf(where: string, given: unknown): Shapes {
  if (!isRecord(given)) throw optionError(where, "params", given, "lengths or shapes by name");
  const shapes = Object.entries(given).map(([name, value]) => {
    const shape: unknown = typeof value === "number" ? [value] : value;
    if (!Array.isArray(shape) || shape.length === 0 || !shape.every(count))
      throw optionError(where, `params.${name}`, value, "a length >= 1 or a list of them");
    return [name, shape as number[]] as const;
  });
  return Object.fromEntries(shapes);
}

function checkName(where: string, name: unknown): asserts name is string {
  if (typeof name === "string" && /^[A-Za-z]\w*$/.test(name)) return;
  throw optionError(where, "name", name, "a name of letters and digits that begins with a letter");
}

function checkFunctions(where: string, functions: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(functions)) {
    if (typeof value !== "function") throw optionError(where, name, value, "a function");
  }
}

/**
 * A layer of your own. It stands among the others: `fit`, `backward`, `freeze`, `diagnose` and the optimizer treat it alike. `save`
 * stores its name and parameters; `loadNetwork(buffer, { own: [it] })` needs it again.
 *
 * @example
 * const scale = layer({
 *   name: "scale",
 *   params: (inputs) => ({ gain: inputs }),
 *   init: ({ gain }) => gain.fill(1),
 *   forward(x, out, { params, inputs }) {
 *     for (let i = 0; i < x.length; i++) out[i] = params.gain[i % inputs] * x[i];
 *   },
 *   backward(gradOut, gradIn, { x, params, grads, inputs }) {
 *     for (let i = 0; i < x.length; i++) {
 *       if (grads) grads.gain[i % inputs] += gradOut[i] * x[i];
 *       if (gradIn) gradIn[i] = params.gain[i % inputs] * gradOut[i];
 *     }
 *   },
 * });
 * const net = network({ inputs: 4, layers: [scale, dense(3)], loss: "softmaxCrossEntropy" });
 * net.dispose();
 */
export function layer(own: OwnLayer): Layer {
  if (typeof own === "number")
    throw optionError(
      "layer",
      "the layer",
      own,
      "an object with forward and backward",
      "dense(8) is the fully connected one",
    );
  checkKeys("layer", own, ["name", "shape", "params", "init", "forward", "backward"]);
  const { name, shape, params, init, forward, backward } = own;
  checkName("layer", name);
  const where = `layer ${name}`;
  checkFunctions(where, { forward, backward, ...(init === undefined ? {} : { init }) });
  if (shape !== undefined && typeof shape !== "function" && !count(shape))
    throw optionError(where, "shape", shape, "a number of outputs >= 1, or a function (inputs) => outputs");
  const definition: LayerDefinition = {
    name,
    options: {},
    outputs(_o, inputs) {
      const outputs: unknown = typeof shape === "function" ? shape(inputs) : (shape ?? inputs);
      if (!count(outputs)) throw optionError(where, "shape", outputs, `a number >= 1 for ${inputs} inputs`);
      return outputs;
    },
    params: (_o, inputs, outputs) =>
      shapesOf(where, typeof params === "function" ? params(inputs, outputs) : (params ?? {})),
    initialise(tensors, _o, random, inputs, outputs) {
      if (init) called(`${where}: init`, init(tensors, random, inputs, outputs));
      else
        for (const view of Object.values(tensors)) initialise("uniform", inputs, outputs, view, null, random);
    },
    ...(name === "softmax" ? { range: "probabilities" as const } : {}),
    stage: class OwnStage extends Stage {
      override get inPlace(): boolean {
        return false;
      }

      #pass(m: number, x: number, y: number): LayerPass {
        const { inputs, outputs, params: tensors } = this.plan;
        const views = (base: number) =>
          Object.fromEntries(
            tensors.map((t) => [t.name, this.view(base + t.offset * this.model.size, t.length)]),
          );
        return {
          rows: m,
          inputs,
          outputs,
          params: views(this.model.params),
          grads: this.frozen ? null : views(this.model.grads),
          // A copy: the layer below and the backward pass need it as it was.
          x: this.view(x, m * inputs).slice(),
          y: this.view(y, m * outputs),
          training: this.mode !== "eval",
        };
      }

      forward(m: number, x: number, y: number, mode: Mode): void {
        this.mode = mode;
        const pass = this.#pass(m, x, y);
        called(`${where}: forward`, forward.call(own, pass.x, pass.y, pass));
      }

      backward(m: number, x: number, y: number, dy: number, dx: number): void {
        const pass = this.#pass(m, x, y);
        const gradIn = dx === 0 ? null : this.view(dx, m * pass.inputs).fill(0);
        if (pass.grads) for (const grad of Object.values(pass.grads)) grad.fill(0);
        called(`${where}: backward`, backward.call(own, this.view(dy, m * pass.outputs), gradIn, pass));
      }
    },
  };
  return makeLayer(definition);
}

/** `value` is the loss of one sample, `gradient` writes its gradient with respect to the outputs to `out`. */
export interface OwnValueLoss {
  name: string;
  labels?: false | undefined;
  /** `targets` is as long as `outputs`. */
  value(outputs: FloatVector, targets: FloatVector): number;
  gradient(outputs: FloatVector, targets: FloatVector, out: FloatVector): void;
}

/** As OwnValueLoss, where the target of a sample is its label 0, 1 ... */
export interface OwnLabelLoss {
  name: string;
  labels: true;
  value(outputs: FloatVector, label: number): number;
  gradient(outputs: FloatVector, label: number, out: FloatVector): void;
}

export type OwnLoss = OwnValueLoss | OwnLabelLoss;

/**
 * A loss of your own, by one sample: `value` and its `gradient` with respect to the network's outputs. `evaluate`, weights of
 * samples, patience and `net.objective` treat it as any other; there is no accuracy.
 *
 * @example
 * const quantile = loss({
 *   name: "quantile90",
 *   value: (z, t) => Math.max(0.9 * (t[0] - z[0]), 0.1 * (z[0] - t[0])),
 *   gradient(z, t, out) { out[0] = t[0] > z[0] ? -0.9 : 0.1; },
 * });
 * const net = network({ inputs: 1, layers: [dense(8), tanh(), dense(1)], loss: quantile });
 * net.dispose();
 */
export function loss(own: OwnLoss): Loss {
  checkKeys("loss", own, ["name", "value", "gradient", "labels"]);
  const { name, value, gradient } = own as OwnValueLoss;
  checkName("loss", name);
  const where = `loss ${name}`;
  checkFunctions(where, { value, gradient });
  const labels = booleanOption(where, "labels", own.labels, false);
  return makeLoss({
    name,
    options: {},
    labels,
    evaluate(_k, arrays, n, { from, m, rows, weight }) {
      const factor = weight / rows;
      // Lent: what `value` writes there reaches neither `gradient` nor the network.
      const [z, t] = [arrays.output.slice(0, n), arrays.targets.slice(0, labels ? 0 : n)];
      const lend = (i: number) => {
        z.set(arrays.output.subarray(i * n, i * n + n));
        if (labels) return arrays.labels[i] as never;
        t.set(arrays.targets.subarray(i * n, i * n + n));
        return t as never;
      };
      let sum = 0;
      for (let i = from; i < from + m; i++) {
        const out = arrays.gradOut.subarray(i * n, i * n + n).fill(0);
        const one: unknown = value.call(own, z, lend(i));
        if (typeof one !== "number") {
          called(`${where}: value`, one);
          throw new DownhillError(
            "CALLBACK_RESULT",
            `${where}: value gave ${quote(one)}, expected a number`,
            {
              details: { value: one },
            },
          );
        }
        called(`${where}: gradient`, gradient.call(own, z, lend(i), out));
        for (let j = 0; j < n; j++) out[j] = factor * out[j]!;
        sum += one;
      }
      return factor * sum;
    },
  });
}
