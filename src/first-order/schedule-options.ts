// Options of schedules: read once, when the schedule is made.

import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";

/** As PyTorch and Keras call them. */
const elsewhere = {
  stepsize: "every",
  tmax: "steps",
  etamin: "min",
  maxlr: "max",
  initiallr: "lr",
  decayrate: "gamma",
};

/** Reads the options of a schedule; a number without a default is required. */
export function reader(where: string, options: object, known: readonly string[]) {
  // A schedule that was not called is called with the step.
  if (typeof options === "number")
    throw optionError(
      where,
      "its argument",
      options,
      "an object",
      `schedules.${where}({ ${known.join(", ")} })`,
    );
  checkKeys(where, options, known, elsewhere);
  const values = options as Readonly<Record<string, unknown>>;
  const read = (name: string, fallback: number | null, range: Parameters<typeof numberOption>[4]) => {
    return numberOption(where, name, values[name], fallback, range);
  };
  return {
    rate: (name: string, fallback: number | null = null) => read(name, fallback, { min: 0 }),
    /** A count that may be 0. */
    length: (name: string) => read(name, null, { min: 0, integer: true }),
    count: (name: string, fallback: number | null = null) => read(name, fallback, { min: 1, integer: true }),
    positive: (name: string, fallback: number | null = null) =>
      read(name, fallback, { min: 0, exclusive: true }),
    unit: (name: string, fallback: number | null = null) => read(name, fallback, { min: 0, max: 1 }),
    choice: <T extends string>(name: string, choices: readonly T[]) =>
      choiceOption(where, name, values[name], choices, choices[0] as T),
    flag: (name: string) => booleanOption(where, name, values[name], false),
  };
}
