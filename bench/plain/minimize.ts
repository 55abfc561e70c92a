// L-BFGS in plain JavaScript, as fast as we can write it: the same two-loop recursion, Moré-Thuente search and stop test
// as the core's, over typed arrays, with four sums side by side and nothing allocated in an iteration.

import { MoreThuente } from "../../src/minimize/line-search/more-thuente.js";
import { axpy, dot } from "./blas.js";

type FunGrad = (x: Float64Array, g: Float64Array) => number;

function combine(n: number, x: Float64Array, t: number, d: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = (x[i] as number) + t * (d[i] as number);
}

function scale(n: number, t: number, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < n; i++) out[i] = t * (x[i] as number);
}

function largest(n: number, x: Float64Array): number {
  let most = 0;
  for (let i = 0; i < n; i++) {
    const size = Math.abs(x[i] as number);
    if (size > most) most = size;
  }
  return most;
}

export interface PlainResult {
  readonly x: Float64Array;
  readonly fun: number;
  readonly nit: number;
  readonly nfev: number;
  readonly optimality: number;
}

export function plainLbfgs(f: FunGrad, x0: ArrayLike<number>, gradTol = 1e-8, m = 10): PlainResult {
  const n = x0.length;
  let [x, g, x2, g2] = [Float64Array.from(x0), new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const d = new Float64Array(n);
  const S = Array.from({ length: m }, () => new Float64Array(n));
  const Y = Array.from({ length: m }, () => new Float64Array(n));
  const rho = new Float64Array(m);
  const alpha = new Float64Array(m);
  const search = new MoreThuente({ c1: 1e-4, c2: 0.9, maxTrials: 30 });
  let [count, head, gamma] = [0, 0, 1];
  let fun = f(x, g);
  let nfev = 1;
  for (let nit = 0; ; nit++) {
    const optimality = largest(n, g);
    if (optimality <= gradTol || nit >= 15_000) return { x, fun, nit, nfev, optimality };
    scale(n, -1, g, d);
    for (let k = 0, i = head; k < count; k++) {
      i = i === 0 ? m - 1 : i - 1;
      const a = (rho[i] as number) * dot(n, S[i] as Float64Array, d);
      alpha[i] = a;
      axpy(n, -a, Y[i] as Float64Array, d);
    }
    const first = count === 0 ? 1 / Math.max(1, Math.sqrt(dot(n, g, g))) : gamma;
    scale(n, first, d, d);
    for (let k = 0, i = (head + m - count) % m; k < count; k++, i = i === m - 1 ? 0 : i + 1) {
      const b = (rho[i] as number) * dot(n, Y[i] as Float64Array, d);
      axpy(n, (alpha[i] as number) - b, S[i] as Float64Array, d);
    }
    let outcome = search.start(fun, dot(n, g, d), 1, 1e15);
    let value = fun;
    while (outcome === "trial") {
      const t = search.step;
      combine(n, x, t, d, x2);
      value = f(x2, g2);
      nfev++;
      outcome = search.next(value, dot(n, g2, d));
    }
    if (outcome !== "done") return { x, fun, nit, nfev, optimality };
    const [s, y] = [S[head] as Float64Array, Y[head] as Float64Array];
    combine(n, x2, -1, x, s);
    combine(n, g2, -1, g, y);
    const sy = dot(n, s, y);
    const yy = dot(n, y, y);
    if (sy > 2.2e-16 * yy) {
      rho[head] = 1 / sy;
      gamma = sy / yy;
      head = (head + 1) % m;
      count = Math.min(count + 1, m);
    }
    [x, x2, g, g2, fun] = [x2, x, g2, g, value];
  }
}
