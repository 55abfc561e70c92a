// A layer is data, as a rule is: a name, options, shapes, a start, what it keeps, and the stage that does its work. A definition
// is written once per kind; a Layer is a definition with options. No other file knows which kinds there are.

import { type Options, resolve } from "../first-order/rule.js";
import type { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { takeList } from "../runtime/lists.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { FloatVector, Kernels } from "./kernels.js";
import type { StageClass } from "./stage.js";

export type Values = Readonly<Record<string, unknown>>;
/** Shapes of tensors by name, in the order in which they lie. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** What the output of a layer is, where a loss that takes logits must not get it. */
export type Range = "probabilities" | "non-negative";

export interface LayerDefinition {
  /** As in `dense1`, `dense2`. */
  readonly name: string;
  readonly options: Options;
  /** Numbers out for so many numbers in: as many. */
  outputs?(o: Values, inputs: number): number;
  /** Parameters; in a file of PyTorch matrices come transposed. */
  params?(o: Values, inputs: number, outputs: number): Shapes;
  /** Numbers that training moves but no gradient: running statistics. */
  statistics?(o: Values, inputs: number, outputs: number): Shapes;
  /** Fills parameters and statistics, which start at 0. */
  initialise?(
    tensors: Readonly<Record<string, FloatVector>>,
    o: Values,
    random: Random,
    inputs: number,
    outputs: number,
  ): void;
  /** Numbers that the forward pass keeps for the backward pass, per arena of so many rows. */
  saved?(o: Values, rows: number, inputs: number, outputs: number): number;
  /** Bytes of workspace. */
  work?(kernels: Kernels, size: number, rows: number, inputs: number, outputs: number): number;
  readonly stage: StageClass;
  /** Names of tensors in files of PyTorch, where they are others; `count`: of the stage's counter, saved only where it has one. */
  readonly torch?: Readonly<Record<string, string>>;
  /** A matrix of weights: blocks of pre-training begin here, and diagnose compares gradients between them. */
  readonly weighs?: boolean;
  /** Brings features to one scale itself. */
  readonly normalises?: boolean;
  /** A unit that gives 0 for every sample is dead. */
  readonly rectifies?: boolean;
  readonly range?: Range;
}

/** A frozen description of one layer: may stand in any number of networks. */
export interface Layer {
  readonly kind: string;
  readonly options: Values;
  /** @internal */
  readonly definition: LayerDefinition;
}

const made = new WeakSet<object>();

export const isLayer = (value: unknown): value is Layer =>
  typeof value === "object" && value !== null && made.has(value);

/** A layer of this kind, its options checked. An option that is left out, or has its default, is not looked at. */
export function makeLayer(definition: LayerDefinition, given: object = {}): Layer {
  const { options, name } = definition;
  checkKeys(name, given, Object.keys(options));
  const others = Object.entries(given).filter(([key, value]) => value !== options[key]?.fallback);
  const values = Object.freeze(resolve({ name, options }, Object.fromEntries(others)));
  const layer = Object.freeze({ kind: name, options: values, definition });
  made.add(layer);
  return layer;
}

/** What makes layers of one kind, under the name that users call. */
export type LayerFactory<F> = F & {
  /** @internal */
  readonly layer: LayerDefinition;
};

/** `of` makes the function that users call from the one that takes all options by name. */
export const factory = /* @__NO_SIDE_EFFECTS__ */ <F extends (...args: never[]) => Layer>(
  definition: LayerDefinition,
  of: (make: (options?: object) => Layer) => F,
): LayerFactory<F> => {
  const make = of((options) => makeLayer(definition, options));
  Object.defineProperty(make, "name", { value: definition.name });
  return Object.assign(make, { layer: definition });
};

/** A copy of the list, whose elements are layers. */
export function takeLayers(where: string, given: unknown): readonly Layer[] {
  const layers = takeList(where, "layers", given, "a list of layers");
  if (layers.length === 0) throw optionError(where, "layers", given, "a list of layers");
  for (const [i, layer] of layers.entries()) {
    if (isLayer(layer)) continue;
    throw new DownhillError("OPTION", `${where}: layers[${i}] must be a layer, got ${quote(layer)}`, {
      hint: typeof layer === "function" ? `call it: ${layer.name}()` : "for example dense(10) or relu()",
      details: { option: "layers", index: i, value: layer },
    });
  }
  return layers as Layer[];
}
