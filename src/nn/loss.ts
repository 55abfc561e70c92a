// A loss is data: a name, options, what its targets are, and one evaluation with its gradient. A definition is written once; a
// Loss is a definition with options. No other file knows which losses there are.

import { type Options, resolve } from "../first-order/rule.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, type Elsewhere, hintFor, optionError } from "../runtime/options.js";
import type { FloatVector, Kernels } from "./kernels.js";
import type { Values } from "./layer.js";

/** The arrays of a batch in the memory, row by row. */
export interface LossArrays {
  readonly output: FloatVector;
  readonly targets: FloatVector;
  /** One a row, where the definition says `labels`. */
  readonly labels: Int32Array;
  /** Receives the gradient. */
  readonly gradOut: FloatVector;
}

/** Rows `from` to `from + m - 1` of `rows` that the mean is taken over, each with this weight. */
export interface Part {
  from: number;
  m: number;
  rows: number;
  weight: number;
}

export interface LossDefinition {
  readonly name: string;
  readonly options: Options;
  /** Targets are labels, one a row from 0 to outputs - 1; otherwise numbers like the outputs. */
  readonly labels: boolean;
  /** Outputs are logits: no layer may come last that makes probabilities, or cuts off what is negative. */
  readonly logits?: boolean;
  /** Fewest outputs, and what to do with fewer. */
  readonly least?: { readonly outputs: number; readonly hint: string };
  /** Refuses targets that mean nothing. */
  check?(where: string, y: ArrayLike<number>): void;
  /** weight / rows times the sum of the losses of a part of n outputs a row; as much of its gradient goes to `gradOut`. */
  evaluate(k: Kernels, a: LossArrays, n: number, part: Part, o: Values): number;
  /** Right answers among the first m rows, in rows; without it there is no accuracy. */
  hits?(k: Kernels, a: LossArrays, n: number, m: number): number;
  /** From logits to probabilities, in place. */
  link?(k: Kernels, m: number, n: number, z: number): void;
  /** Loss of the best answer that is the same for all samples, to compare training with; NaN where it is not known. */
  constant?(y: ArrayLike<number>, rows: number, n: number, o: Values): number;
}

/** A loss with its options. */
export interface Loss {
  readonly name: string;
  readonly options: Values;
  /** @internal */
  readonly definition: LossDefinition;
}

const made = new WeakSet<object>();

export const isLoss = (value: unknown): value is Loss =>
  typeof value === "object" && value !== null && made.has(value);

export function makeLoss(definition: LossDefinition, given: object = {}): Loss {
  const values = Object.freeze(resolve({ name: definition.name, options: definition.options }, given));
  const loss = Object.freeze({ name: definition.name, options: values, definition });
  made.add(loss);
  return loss;
}

/** The loss that `name` means among `table`, or a loss of one's own; `given` are the options of network() that losses have. */
export function chooseLoss(
  where: string,
  table: Readonly<Record<string, LossDefinition>>,
  name: unknown,
  given: Values,
): Loss {
  const names = Object.keys(table);
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (isLoss(name)) {
    checkKeys(`${where}: ${name.name}`, options, []);
    return name;
  }
  if (typeof name === "string" && Object.hasOwn(table, name)) {
    const definition = table[name]!;
    for (const key in options) {
      if (key in definition.options) continue;
      const having = names.filter((other) => key in table[other]!.options).join(", ");
      throw new DownhillError("OPTION", `${where}: ${name} has no option ${quote(key)}`, {
        hint: `it belongs to ${having}`,
        details: { option: key, value: options[key] },
      });
    }
    return makeLoss(definition, options);
  }
  if (typeof name !== "string")
    throw optionError(where, "loss", name, `one of ${names.join(", ")}, or loss({ name, value, gradient })`);
  throw optionError(where, "loss", name, `one of ${names.join(", ")}`, hintFor(name, names, also));
}

/** What other libraries call them. */
const also: Elsewhere = {
  crossentropy: "softmaxCrossEntropy",
  categoricalcrossentropy: "softmaxCrossEntropy",
  sparsecategoricalcrossentropy: "softmaxCrossEntropy",
  nll: "softmaxCrossEntropy",
  bce: "binaryCrossEntropy",
  bcewithlogits: "binaryCrossEntropy",
  binarycrossentropy: "binaryCrossEntropy",
  meansquarederror: "mse",
  l2: "mse",
  smoothl1: "huber",
};
