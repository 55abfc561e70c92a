// Layers are data: a kind and its options, frozen. network() gives them shapes, parameters and memory.

import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";
import { type Initialisation, initialisations } from "./initialise.js";

/** Activations by the number that assembly/nn/activations.ts knows them by. */
export const activations = ["relu", "leakyRelu", "tanh", "sigmoid", "softplus", "gelu"] as const;
export type Activation = (typeof activations)[number];
export type LayerKind = "dense" | "batchNorm" | "dropout" | Activation;

export interface LayerOptions {
  readonly dense: {
    readonly units: number;
    readonly bias: boolean;
    readonly init: Initialisation;
    readonly inputs: number;
  };
  readonly batchNorm: {
    readonly momentum: number | null;
    readonly eps: number;
    readonly affine: boolean;
    readonly inputs: number;
  };
  readonly dropout: { readonly rate: number };
  readonly activation: { readonly slope: number };
}

/** A frozen description of one layer: may stand in any number of networks. */
export type Layer =
  | { readonly kind: "dense"; readonly options: LayerOptions["dense"] }
  | { readonly kind: "batchNorm"; readonly options: LayerOptions["batchNorm"] }
  | { readonly kind: "dropout"; readonly options: LayerOptions["dropout"] }
  | { readonly kind: Activation; readonly options: LayerOptions["activation"] };

const made = new WeakSet<object>();

function freeze<L extends Layer>(layer: L): Layer {
  Object.freeze(layer.options);
  Object.freeze(layer);
  made.add(layer);
  return layer;
}

const count = { min: 1, max: 2 ** 24, integer: true };

export interface DenseOptions {
  /** Adds a vector to the product: true. */
  bias?: boolean;
  /** How weights start: "uniform" as PyTorch's Linear (default), "he", "heUniform", "xavier" (Glorot), "xavierUniform", "zeros". */
  init?: Initialisation;
  /** The number of inputs this layer is meant for: SHAPE when the layer before gives another. */
  inputs?: number;
}

/** y = x W + b with `units` outputs; W is inputs x units. */
export function dense(units: number, options: DenseOptions = {}): Layer {
  if (typeof options === "object" && options !== null && "activation" in options) {
    throw new DownhillError("OPTION", 'dense: unknown option "activation"', {
      hint: "an activation is a layer of its own: dense(10), relu()",
      details: { option: "activation", value: options.activation },
    });
  }
  if (units === undefined) throw optionError("dense", "units", units, "an integer >= 1");
  checkKeys("dense", options, ["bias", "init", "inputs"]);
  return freeze({
    kind: "dense",
    options: {
      units: numberOption("dense", "units", units, 0, count),
      bias: booleanOption("dense", "bias", options.bias, true),
      init: choiceOption("dense", "init", options.init, initialisations, "uniform"),
      inputs: numberOption("dense", "inputs", options.inputs, 0, count),
    },
  });
}

export interface BatchNormOptions {
  /** Weight of a batch in the running statistics: 0.1. null: the mean over all batches so far. */
  momentum?: number | null;
  /** Added to the variance under the root: 1e-5. */
  eps?: number;
  /** Learned gamma and beta: true. */
  affine?: boolean;
  inputs?: number;
}

/** (x - mean) / sqrt(eps + var) gamma + beta by columns: of the batch in training, of the running statistics else. */
export function batchNorm(options: BatchNormOptions = {}): Layer {
  const where = "batchNorm";
  checkKeys(where, options, ["momentum", "eps", "affine", "inputs"]);
  const { momentum } = options;
  return freeze({
    kind: "batchNorm",
    options: {
      momentum: momentum === null ? null : numberOption(where, "momentum", momentum, 0.1, { min: 0, max: 1 }),
      eps: numberOption(where, "eps", options.eps, 1e-5, { min: 0, exclusive: true }),
      affine: booleanOption(where, "affine", options.affine, true),
      inputs: numberOption(where, "inputs", options.inputs, 0, count),
    },
  });
}

/** Sets elements to 0 with probability `rate` in training, and scales the others by 1 / (1 - rate). */
export function dropout(rate = 0.5): Layer {
  return freeze({
    kind: "dropout",
    options: { rate: numberOption("dropout", "rate", rate, 0.5, { min: 0, below: 1 }) },
  });
}

const activation = (kind: Activation, slope = 0): Layer => freeze({ kind, options: { slope } });

/** max(x, 0). */
export const relu = (): Layer => activation("relu");

/** x for x > 0, slope x otherwise; slope 0.01. */
export function leakyRelu(options: { slope?: number } = {}): Layer {
  checkKeys("leakyRelu", options, ["slope"]);
  const slope = numberOption("leakyRelu", "slope", options.slope, 0.01, { min: 0, exclusive: true });
  return activation("leakyRelu", slope);
}

/** The hyperbolic tangent. */
export const tanh = (): Layer => activation("tanh");

/** 1 / (1 + exp(-x)). */
export const sigmoid = (): Layer => activation("sigmoid");

/** x Phi(x), Phi the normal distribution function: the exact form, not the one by tanh. */
export const gelu = (): Layer => activation("gelu");

/** log(1 + exp(x)). */
export const softplus = (): Layer => activation("softplus");

export function checkLayers(where: string, layers: unknown): asserts layers is readonly Layer[] {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new DownhillError("OPTION", `${where}: layers must be a list of layers, got ${quote(layers)}`, {
      details: { option: "layers", value: layers },
    });
  }
  for (const [i, layer] of layers.entries()) {
    if (typeof layer === "object" && layer !== null && made.has(layer)) continue;
    throw new DownhillError("OPTION", `${where}: layers[${i}] must be a layer, got ${quote(layer)}`, {
      hint: typeof layer === "function" ? `call it: ${layer.name}()` : "for example dense(10) or relu()",
      details: { option: "layers", index: i, value: layer },
    });
  }
}

/** The layer of a stored description: made anew by its own function, so that everything is checked. */
export function layerFrom(stored: { kind: string; options: Record<string, unknown> }): Layer {
  const { kind, options } = stored;
  if (kind === "dense") {
    const { units, inputs, ...rest } = options;
    return dense(units as number, { ...rest, ...(inputs ? { inputs: inputs as number } : {}) });
  }
  if (kind === "batchNorm") {
    const { inputs, ...rest } = options;
    return batchNorm({ ...rest, ...(inputs ? { inputs: inputs as number } : {}) });
  }
  if (kind === "dropout") return dropout(options.rate as number);
  if (kind === "leakyRelu") return leakyRelu({ slope: options.slope as number });
  if ((activations as readonly string[]).includes(kind)) return activation(kind as Activation);
  throw new DownhillError("SNAPSHOT", `unknown layer ${quote(kind)}`);
}
