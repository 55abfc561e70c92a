// Index batches for stochastic training: every sample exactly once an epoch, in a seeded random order.

import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { Random } from "./philox.js";

export interface MinibatchOptions {
  /** An integer from 0; the k-th epoch of a seed is the same on every engine. Default 0. */
  seed?: number;
  /** false: the samples stay in order. Default true. */
  shuffle?: boolean;
  /** Leaves out the last batch of an epoch when it is shorter than the others. Default false. */
  dropLast?: boolean;
}

/**
 * Indices 0 to count - 1 in batches of `size`, the last of an epoch possibly shorter. Each `for ... of` runs the next
 * epoch, in an order of its own. A batch is yours to keep.
 *
 * The learning rates and losses of this library are meant for mean gradients: divide the sum over a batch by
 * `batch.length`, so that a step does not depend on the batch size.
 *
 * @example
 * for (const batch of minibatches(100, 32, { seed: 1 })) batch.length; // 32, 32, 32, 4
 */
export function minibatches(
  count: number,
  size: number,
  options: MinibatchOptions = {},
): Iterable<Int32Array> {
  const where = "minibatches";
  numberOption(where, "count", count, null, { min: 1, max: 2 ** 31 - 1, integer: true });
  numberOption(where, "size", size, null, { min: 1, integer: true });
  checkKeys(where, options, ["seed", "shuffle", "dropLast"]);
  const seed = numberOption(where, "seed", options.seed, 0, {
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    integer: true,
  });
  const { shuffle = true, dropLast = false } = options;
  if (typeof shuffle !== "boolean") throw optionError(where, "shuffle", shuffle, "true or false");
  if (typeof dropLast !== "boolean") throw optionError(where, "dropLast", dropLast, "true or false");
  const end = dropLast ? count - (count % size) : count;
  let epoch = 0;
  return {
    *[Symbol.iterator]() {
      const order = Int32Array.from({ length: count }, (_, i) => i);
      if (shuffle) new Random(seed, epoch++).shuffle(order);
      for (let start = 0; start < end; start += size) yield order.slice(start, Math.min(start + size, end));
    },
  };
}
