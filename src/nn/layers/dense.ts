// The dense layer: y = x W + b.

import { flag, type Option } from "../../first-order/rule.js";
import { DownhillError } from "../../runtime/errors.js";
import { checkKeys, choiceOption, numberOption, optionError } from "../../runtime/options.js";
import { type Initialisation, initialisations, initialise } from "../initialise.js";
import { factory, type Layer } from "../layer.js";
import { Stage } from "../stage.js";

/** A count; 0 where it was left out. */
export const units: Option<number> = {
  fallback: 0,
  read: (where, name, value) => numberOption(where, name, value, 0, { min: 1, max: 2 ** 24, integer: true }),
};

class DenseStage extends Stage {
  override get inPlace(): boolean {
    return false;
  }

  forward(m: number, x: number, y: number): void {
    const { inputs, outputs } = this.plan;
    this.kernels.affine(m, outputs, inputs, x, this.param(0), this.param(1), y, this.batch.work);
  }

  backward(m: number, x: number, _y: number, dy: number, dx: number): void {
    const { inputs, outputs } = this.plan;
    const { work } = this.batch;
    this.kernels.affineBack(m, outputs, inputs, x, this.param(0), dy, this.grad(0), this.grad(1), dx, work);
  }
}

export interface DenseOptions {
  /** Adds a vector to the product: true. */
  bias?: boolean | undefined;
  /** How weights start: "uniform" as PyTorch's Linear (default), "he", "heUniform", "xavier" (Glorot), "xavierUniform", "zeros". */
  init?: Initialisation | undefined;
  /** The number of inputs this layer is meant for: SHAPE when the layer before gives another. */
  inputs?: number | undefined;
}

/** Names of other libraries. */
const elsewhere = {
  glorot: "xavier",
  glorotnormal: "xavier",
  glorotuniform: "xavierUniform",
  xaviernormal: "xavier",
  kaiming: "he",
  kaimingnormal: "he",
  kaiminguniform: "heUniform",
  henormal: "he",
};

/** y = x W + b with `units` outputs; W is inputs x units. */
export const dense = /* @__PURE__ */ factory(
  {
    name: "dense",
    options: {
      units,
      bias: /* @__PURE__ */ flag(true),
      init: {
        fallback: "uniform",
        read: (where, name, value) => choiceOption(where, name, value, initialisations, "uniform", elsewhere),
      },
      inputs: units,
    },
    outputs: (o: { readonly units: number }) => o.units,
    params: (o, inputs, outputs) => ({
      weight: [inputs, outputs],
      ...(o.bias ? { bias: [outputs] } : {}),
    }),
    initialise({ weight, bias }, o, random, inputs, outputs) {
      initialise(o.init as Initialisation, inputs, outputs, weight!, bias ?? null, random);
    },
    work: (k, _size, m, inputs, outputs) =>
      Math.max(
        k.productWork(m, outputs, inputs),
        k.productWork(inputs, outputs, m),
        k.productWork(m, inputs, outputs),
      ),
    stage: DenseStage,
    weighs: true,
  },
  (make) =>
    (units: number, options: DenseOptions = {}): Layer => {
      if (typeof options === "string" || typeof options === "function")
        throw optionError(
          "dense",
          "options",
          options,
          "an object",
          "an activation is a layer of its own: dense(10), relu()",
        );
      if (typeof options === "object" && options !== null && "activation" in options) {
        throw new DownhillError("OPTION", 'dense: unknown option "activation"', {
          hint: "an activation is a layer of its own: dense(10), relu()",
          details: { option: "activation", value: options.activation },
        });
      }
      if (typeof units !== "number" || units === 0)
        throw optionError("dense", "units", units, "an integer >= 1");
      checkKeys("dense", options, ["bias", "init", "inputs"]);
      return make({ ...options, units });
    },
);
