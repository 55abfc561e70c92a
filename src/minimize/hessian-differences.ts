// A Hessian by central differences of gradients, made symmetric (Dennis and Schnabel 1983, section 5.6). A gradient
// that comes from differences itself carries more noise, so its steps are longer.

import type { Point, Solve } from "./solve.js";

/** eps^(1/3), and eps^(1/4) over gradients by differences. */
const STEP = 6.055454452393343e-6;
const LONG_STEP = 1.220703125e-4;

/** Yields each point where the caller must evaluate the gradient; fills `out` (n*n) in the end. */
export function* hessianDifferences(solve: Solve, out: Float64Array): Generator<Point, void, void> {
  const { n, here } = solve;
  const probe: Point = { x: solve.view("px"), g: solve.view("pg"), xp: 0, gp: 0, f: NaN };
  const relative = solve.exact ? STEP : LONG_STEP;
  probe.x.set(here.x);
  for (let j = 0; j < n; j++) {
    const xj = here.x[j] as number;
    const h = relative * Math.max(Math.abs(xj), 0.1);
    const plus = xj + h;
    const minus = xj - h;
    probe.x[j] = plus;
    yield probe;
    for (let i = 0; i < n; i++) out[j * n + i] = probe.g[i] as number;
    probe.x[j] = minus;
    yield probe;
    const width = plus - minus;
    for (let i = 0; i < n; i++)
      out[j * n + i] = ((out[j * n + i] as number) - (probe.g[i] as number)) / width;
    probe.x[j] = xj;
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = ((out[i * n + j] as number) + (out[j * n + i] as number)) / 2;
      out[i * n + j] = out[j * n + i] = mean;
    }
  }
}
