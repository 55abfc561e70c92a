// Where a function of one variable falls without end.

import type { Probe, ScalarState } from "./evaluation.js";

const EPS = 2.220446049250313e-16;

/** NaN and Infinity lie above every number: beyond the domain there is no minimum. */
export const height = (f: number): number => (Number.isNaN(f) ? Infinity : f);

/** How far beside an answer a pole is looked for, in widths of the last interval. */
const BESIDE = [8, 64, 512, 4096] as const;

/**
 * Whether f has a pole there and no minimum: towards a minimum f falls less and less, towards a pole each eighth of the distance brings as
 * much as the one before, or more. Looked at where the last steps still fell like the first ones.
 */
export function* atPole(
  probe: Probe,
  state: ScalarState,
  ends: readonly number[],
): Generator<Probe, boolean, void> {
  const { x, lower, upper } = state;
  const width = Math.max(upper - lower, 4 * EPS * Math.abs(x));
  for (const side of [-width, width]) {
    const heights: number[] = [];
    for (const away of BESIDE) {
      const at = x + side * away;
      if (at < ends[0]! || at > ends[1]!) break;
      probe.x = at;
      yield probe;
      heights.push(height(probe.value));
    }
    const falls = heights.slice(1).map((f, k) => f - heights[k]!);
    if (falls.length < BESIDE.length - 1 || !(falls.at(-1)! > 0)) continue;
    if (!falls.every((fall, k) => fall >= 0.9 * (falls[k + 1] ?? 0))) continue;
    state.detail = `f falls without end towards ${x}: a pole, not a minimum; give bounds or a bracket beside it`;
    return true;
  }
  return false;
}
