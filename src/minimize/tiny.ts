// Differences at a start with tiny variables. Steps are in proportion to a variable, and one may be tiny by chance (1e-17
// for 0): a step that does not change f would pass for a zero derivative, so steps are widened until it does.

import type { Box } from "../driver/bounds.js";
import { centralStep } from "../driver/differences.js";
import type { Point } from "./solve.js";

/** Variables of this size or more are taken at their word. */
const TINY = 1e-3;
/** A change of f below so many times |f| says nothing, by central differences and by forward ones. */
const CENTRAL_CHANGE = 1e-13;
const FORWARD_CHANGE = 4e-11;

/** The size of each variable so far, of which its step is a share: 1 while it has only been 0. */
export function growSpan(span: Float64Array, x: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    const size = Math.abs(x[j] as number);
    span[j] = Math.max(size, (span[j] as number) || (size === 0 ? 1 : 0));
  }
}

/** How often differences may have to be taken at this start. */
export function mostRounds(x: Float64Array): number {
  let size = 1;
  for (const v of x) if (v !== 0) size = Math.min(size, Math.abs(v));
  let rounds = 1;
  for (; size < TINY; size = Math.sqrt(size)) rounds++;
  return rounds;
}

/** Takes tiny variables whose steps did not change f for larger ones, in `span`; false when there are none. */
export function widen({ x, g, f }: Point, span: Float64Array, box: Box | null, central: boolean): boolean {
  const least = (central ? CENTRAL_CHANGE : FORWARD_CHANGE) * Math.abs(f);
  let again = false;
  span.forEach((size, j) => {
    const fixed = box !== null && box.lower[j] === box.upper[j];
    const change = Math.abs(g[j] as number) * centralStep(Math.abs(x[j] as number), size);
    if (size >= TINY || fixed || change > least) return;
    span[j] = Math.sqrt(size);
    again = true;
  });
  return again;
}
