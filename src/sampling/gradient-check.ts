// The gradient that a density gives, compared once with central differences of its value: along a direction first, then, where
// that disagrees, coordinate by coordinate, so that the parameters can be named.

import type { Evaluation } from "./evaluation.js";
import type { Target } from "./target.js";
import { dot } from "./vectors.js";

/** Relative disagreement beyond which a gradient is doubted: differences are good to about 1e-6 of the terms. */
const DOUBT = 1e-3;
/** eps^(1/3). */
const STEP = 6.055454452393343e-6;

/** Names of the coordinates whose derivative is wrong, or null. */
export function* checkGradientAt(
  target: Target,
  evaluation: Evaluation,
  q: Float64Array,
  g: Float64Array,
): Generator<Evaluation, readonly string[] | null, void> {
  const d = q.length;
  const near = new Float64Array(d);
  const direction = new Float64Array(d);
  // Signs that are neither all alike nor alternate, so that errors do not cancel by symmetry.
  for (let i = 0; i < d; i++) direction[i] = ((i * 7919) % 5 < 2 ? -1 : 1) * Math.max(1, Math.abs(q[i]!));
  const slope = yield* difference(evaluation, q, near, direction);
  const scale = direction.reduce((sum, v, i) => sum + Math.abs(v * g[i]!), 0);
  if (agree(slope, dot(d, direction, g), scale, evaluation.value)) return null;
  const wrong: number[] = [];
  for (let i = 0; i < d; i++) {
    direction.fill(0);
    direction[i] = Math.max(1, Math.abs(q[i]!));
    const slope = yield* difference(evaluation, q, near, direction);
    if (!agree(slope, direction[i]! * g[i]!, Math.abs(direction[i]! * g[i]!), evaluation.value))
      wrong.push(i);
  }
  if (wrong.length === 0) return null;
  // A free coordinate belongs to the block it comes from.
  const names = target.blocks.flatMap((b, k) => {
    const end = target.blocks[k + 1]?.freeAt ?? d;
    const own = target.names.slice(b.at, b.at + b.size);
    if (end - b.freeAt === b.size) return own.filter((_, i) => wrong.includes(b.freeAt + i));
    return wrong.some((i) => i >= b.freeAt && i < end) ? own : [];
  });
  return names;
}

function agree(slope: number, claimed: number, scale: number, value: number): boolean {
  // Differences lose eps |f| / h to rounding; where that hides the slope nothing is claimed.
  const noise = (8 * Number.EPSILON * Math.abs(value)) / STEP;
  if (!Number.isFinite(slope)) return true;
  return Math.abs(slope - claimed) <= DOUBT * Math.max(scale, Math.abs(slope)) + noise;
}

function* difference(
  evaluation: Evaluation,
  q: Float64Array,
  near: Float64Array,
  direction: Float64Array,
): Generator<Evaluation, number, void> {
  for (let i = 0; i < q.length; i++) near[i] = q[i]! + STEP * direction[i]!;
  evaluation.ask(near, null);
  yield evaluation;
  const ahead = evaluation.value;
  for (let i = 0; i < q.length; i++) near[i] = q[i]! - STEP * direction[i]!;
  evaluation.ask(near, null);
  yield evaluation;
  return (ahead - evaluation.value) / (2 * STEP);
}
