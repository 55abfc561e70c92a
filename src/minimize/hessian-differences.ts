// A Hessian by central differences of gradients, made symmetric (Dennis and Schnabel 1983, section 5.6). A gradient
// that comes from differences itself carries more noise, so its steps are longer.

import type { Point, Solve } from "./solve.js";

/** eps^(1/3). */
const STEP = 6.055454452393343e-6;
/** eps^(1/4) over eps^(1/3): over gradients by differences, whose own steps are in proportion to the latter. */
export const LONGER = 20;
/** A variable smaller than this share of the largest says nothing about its scale. */
const SMALL = 1e-8;

/** Yields each point where the caller must evaluate the gradient; fills `out` (n*n) in the end. */
export function* hessianDifferences(
  solve: Solve,
  out: Float64Array,
  fixed: Float64Array | null = null,
): Generator<Point, void, void> {
  const { n, here } = solve;
  const probe = solve.point("px", "pg");
  const steps = solve.exact ? null : solve.view("steps");
  const most = solve.kernels.amaxF64(n, here.xp);
  probe.x.set(here.x);
  const [lower, upper] = solve.sides;
  for (let j = 0; j < n; j++) {
    const xj = here.x[j]!;
    const size = Math.abs(xj) > SMALL * most ? Math.abs(xj) : Math.max(most, solve.reach);
    const h = fixed ? fixed[j]! : steps ? LONGER * steps[j]! : STEP * size;
    // A bound cuts a step short; at a bound the difference is one-sided.
    const [low, high] = lower ? [lower[j]!, upper[j]!] : [-Infinity, Infinity];
    const plus = Math.min(xj + h, high);
    const minus = Math.max(xj - h, low);
    if (!(plus > minus)) {
      for (let i = 0; i < n; i++) out[j * n + i] = 0;
      continue;
    }
    probe.x[j] = plus;
    yield probe;
    for (let i = 0; i < n; i++) out[j * n + i] = probe.g[i]!;
    probe.x[j] = minus;
    yield probe;
    const width = plus - minus;
    for (let i = 0; i < n; i++) out[j * n + i] = (out[j * n + i]! - probe.g[i]!) / width;
    probe.x[j] = xj;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (out[i * n + j]! + out[j * n + i]!) / 2;
      out[i * n + j] = out[j * n + i] = mean;
    }
  }
}
