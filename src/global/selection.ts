// How parents are chosen from a population in order: places 0 (the best) to count - 1.

import type { Random } from "../random/philox.js";

export const selections = ["tournament", "rank", "roulette"] as const;
export type Selection = (typeof selections)[number];

/** Players of a tournament. */
const PLAYERS = 3;

/**
 * The place of a parent. "tournament": the best of three; "rank": chances that fall linearly to 0 with the place; "roulette": chances in
 * proportion to how much better than the worst its value is. `keys`: values in order of the places.
 */
export function select(kind: Selection, count: number, keys: ArrayLike<number>, random: Random): number {
  if (kind === "tournament") {
    let best = count - 1;
    for (let i = 0; i < PLAYERS; i++) best = Math.min(best, random.below(count));
    return best;
  }
  // The triangle 2 (count - place): by the square root of a uniform number.
  if (kind === "rank") return Math.min(count - 1, Math.floor(count * (1 - Math.sqrt(random.uniform()))));
  let worst = count - 1;
  while (worst > 0 && keys[worst]! === Infinity) worst--;
  const from = keys[worst]!;
  let total = 0;
  for (let i = 0; i < worst; i++) total += from - keys[i]!;
  let left = random.uniform() * total;
  for (let i = 0; i < worst; i++) {
    left -= from - keys[i]!;
    if (left < 0) return i;
  }
  return random.below(worst + 1);
}
