// How weights start. Draws come from the seeded generator and the core's own elementary functions: the same bits on every
// engine.

import type { Random } from "../random/philox.js";
import { cosPi, log } from "../runtime/elementary.js";

/**
 * uniform: within 1 / sqrt(inputs), as PyTorch's Linear. he: normal with variance 2 / inputs (He et al. 2015, equation 10);
 * xavier: normal with variance 2 / (inputs + outputs) (Glorot & Bengio 2010, equation 16 has the uniform form); the
 * uniform forms have the same variance. Biases start in 1 / sqrt(inputs) for "uniform", else at 0.
 *
 * @example
 * initialisations.includes("he"); // true: what `init` takes
 */
export const initialisations = ["uniform", "he", "heUniform", "xavier", "xavierUniform", "zeros"] as const;
export type Initialisation = (typeof initialisations)[number];

type Numbers = Float64Array | Float32Array;

function fillUniform(random: Random, values: Numbers, bound: number): void {
  for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
}

/** Box & Muller 1958. */
function fillNormal(random: Random, values: Numbers, sd: number): void {
  for (let i = 0; i < values.length; i++) {
    const radius = Math.sqrt(-2 * log(1 - random.uniform()));
    values[i] = sd * radius * cosPi(2 * random.uniform());
  }
}

export function initialise(
  how: Initialisation,
  inputs: number,
  outputs: number,
  weight: Numbers,
  bias: Numbers | null,
  random: Random,
): void {
  bias?.fill(0);
  if (how === "zeros") weight.fill(0);
  else if (how === "he") fillNormal(random, weight, Math.sqrt(2 / inputs));
  else if (how === "heUniform") fillUniform(random, weight, Math.sqrt(6 / inputs));
  else if (how === "xavier") fillNormal(random, weight, Math.sqrt(2 / (inputs + outputs)));
  else if (how === "xavierUniform") fillUniform(random, weight, Math.sqrt(6 / (inputs + outputs)));
  else {
    fillUniform(random, weight, 1 / Math.sqrt(inputs));
    if (bias) fillUniform(random, bias, 1 / Math.sqrt(inputs));
  }
}
