// Options of an optimizer that act on the gradient before the rule: clipping, sign, and refusal of non-finite ones.

import { booleanOption, numberOption } from "../runtime/options.js";

export const guardKeys = ["clipValue", "clipNorm", "maximize", "skipNonFinite"] as const;

export interface Guards {
  readonly clipValue: number;
  readonly clipNorm: number;
  readonly maximize: boolean;
  readonly skipNonFinite: boolean;
}

/** Clipping and its like, checked; `undefined` means off. */
export function readGuards(where: string, given: Readonly<Record<string, unknown>>): Guards {
  const limit = { min: 0, exclusive: true, infinite: true };
  return {
    clipValue: numberOption(where, "clipValue", given.clipValue, Infinity, limit),
    clipNorm: numberOption(where, "clipNorm", given.clipNorm, Infinity, limit),
    maximize: booleanOption(where, "maximize", given.maximize, false),
    skipNonFinite: booleanOption(where, "skipNonFinite", given.skipNonFinite, false),
  };
}
