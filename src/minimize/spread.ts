// Starts spread over a box: a Latin hypercube, or Sobol's points.

import { Random } from "../random/philox.js";
import { Sobol } from "../random/sobol.js";
import { makeNumbers } from "../runtime/numbers.js";

/** One start in each of `count` slices of every variable (McKay, Beckman and Conover 1979). */
export function* latinHypercube(
  count: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  seed: number,
): Generator<Float64Array, void, void> {
  const n = lower.length;
  const random = new Random(seed);
  // One block, which the engine gives or refuses at once.
  const all = makeNumbers("multistart", "starts", count * n);
  const order = new Int32Array(count);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < count; i++) order[i] = i;
    random.shuffle(order);
    const [low, high] = [lower[j]!, upper[j]!];
    for (let i = 0; i < count; i++) {
      const share = (order[i]! + random.uniform()) / count;
      all[i * n + j] = Math.min(Math.max(low + share * (high - low), low), high);
    }
  }
  for (let i = 0; i < count; i++) yield all.slice(i * n, i * n + n);
}

/** The points of Sobol's sequence, shifted by the seed. */
export function* sobolStarts(
  count: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  seed: number,
): Generator<Float64Array, void, void> {
  const random = new Random(seed);
  const sequence = new Sobol(lower.length, () => random.word());
  for (let i = 0; i < count; i++) {
    yield sequence.next().map((share, j) => {
      const [low, high] = [lower[j]!, upper[j]!];
      return Math.min(Math.max(low + share * (high - low), low), high);
    });
  }
}
