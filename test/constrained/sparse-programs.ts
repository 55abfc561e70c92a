// Large sparse nonlinear programs with known solutions, for the tests of minimizeConstrained.

import type { ConstraintParts } from "../../src/constrained/nonlinear/problem.js";
import { csrFromTriplets } from "../../src/index.js";

/** A pattern from the columns of each row. */
export function pattern(rows: readonly (readonly number[])[]) {
  const rowPtr = [0];
  for (const row of rows) rowPtr.push(rowPtr.at(-1)! + row.length);
  return { rowPtr, colIdx: rows.flat() };
}

/**
 * L. Luksan and J. Vlcek, "Sparse and partially separable test problems for unconstrained and equality constrained optimization", report 767
 * (1999), problem 5.1 (LUKVLE1 of CUTE): the chained Rosenbrock function with trigonometric-exponential constraints. Feasible, with f = 0,
 * at x = (1, ..., 1).
 */
export function lukvle1(n: number) {
  const equality: ConstraintParts = {
    count: n - 2,
    fun(x, c) {
      for (let k = 0; k < n - 2; k++) {
        const [a, b, d] = [x[k]!, x[k + 1]!, x[k + 2]!];
        c[k] =
          3 * b * b * b + 2 * d - 5 + Math.sin(b - d) * Math.sin(b + d) + 4 * b - a * Math.exp(a - b) - 3;
      }
    },
    jacobianPattern: pattern(Array.from({ length: n - 2 }, (_, k) => [k, k + 1, k + 2])),
    jacobian(x, out) {
      for (let k = 0; k < n - 2; k++) {
        const [a, b, d] = [x[k]!, x[k + 1]!, x[k + 2]!];
        const e = Math.exp(a - b);
        // sin(b - d) sin(b + d) = (cos 2d - cos 2b) / 2
        out[3 * k] = -(1 + a) * e;
        out[3 * k + 1] = 9 * b * b + Math.sin(2 * b) + 4 + a * e;
        out[3 * k + 2] = 2 - Math.sin(2 * d);
      }
    },
    // Tridiagonal: (i, i - 1) and (i, i).
    hessPattern: pattern(Array.from({ length: n }, (_, i) => (i === 0 ? [0] : [i - 1, i]))),
    hess(x, w, out) {
      out.fill(0);
      const diagonal = (i: number) => (i === 0 ? 0 : 2 * i);
      for (let k = 0; k < n - 2; k++) {
        const [a, b, d] = [x[k]!, x[k + 1]!, x[k + 2]!];
        const e = Math.exp(a - b);
        out[diagonal(k)]! += w[k]! * -(2 + a) * e;
        out[diagonal(k + 1) - 1]! += w[k]! * (1 + a) * e;
        out[diagonal(k + 1)]! += w[k]! * (18 * b + 2 * Math.cos(2 * b) - a * e);
        out[diagonal(k + 2)]! += w[k]! * -2 * Math.cos(2 * d);
      }
    },
  };
  const f = {
    fun(x: Float64Array) {
      let s = 0;
      for (let i = 0; i + 1 < n; i++) {
        const [u, v] = [x[i]! * x[i]! - x[i + 1]!, x[i]! - 1];
        s += 100 * u * u + v * v;
      }
      return s;
    },
    grad(x: Float64Array, g: Float64Array) {
      g.fill(0);
      for (let i = 0; i + 1 < n; i++) {
        const u = x[i]! * x[i]! - x[i + 1]!;
        g[i]! += 400 * x[i]! * u + 2 * (x[i]! - 1);
        g[i + 1]! -= 200 * u;
      }
    },
    hessPattern: equality.hessPattern,
    hess(x: Float64Array, out: Float64Array) {
      out.fill(0);
      for (let i = 0; i + 1 < n; i++) {
        out[i === 0 ? 0 : 2 * i]! += 1200 * x[i]! * x[i]! - 400 * x[i + 1]! + 2;
        out[2 * i + 1]! = -400 * x[i]!;
        out[2 * i + 2]! += 200;
      }
    },
  };
  return { f, equality, x0: Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1)) };
}

/**
 * The hanging chain of COPS (E. D. Dolan, J. J. More and T. S. Munson, 2004, problem 4; H. Cesari): of least potential energy among all
 * chains of length 4 between the heights 1 and 3; heights x and slopes u at `steps` + 1 points, by the trapezoidal rule.
 */
export function chain(steps: number) {
  const N = steps + 1;
  const n = 2 * N;
  const h = 1 / steps;
  const weight = (i: number) => (i === 0 || i === steps ? h / 2 : h);
  const root = (u: number) => Math.sqrt(1 + u * u);
  const half = Array.from({ length: N }, (_, i) => N + i);
  const triplets = { row: [] as number[], col: [] as number[], value: [] as number[] };
  const put = (row: number, col: number, value: number) => {
    triplets.row.push(row);
    triplets.col.push(col);
    triplets.value.push(value);
  };
  for (let i = 0; i < steps; i++) {
    put(i, i + 1, 1);
    put(i, i, -1);
    put(i, N + i, -h / 2);
    put(i, N + i + 1, -h / 2);
  }
  const lower = new Float64Array(n).fill(-Infinity);
  const upper = new Float64Array(n).fill(Infinity);
  lower[0] = upper[0] = 1;
  lower[steps] = upper[steps] = 3;
  const f = {
    fun(x: Float64Array) {
      let s = 0;
      for (let i = 0; i < N; i++) s += weight(i) * x[i]! * root(x[N + i]!);
      return s;
    },
    grad(x: Float64Array, g: Float64Array) {
      for (let i = 0; i < N; i++) {
        const r = root(x[N + i]!);
        g[i] = weight(i) * r;
        g[N + i] = (weight(i) * x[i]! * x[N + i]!) / r;
      }
    },
    hessPattern: pattern([...half.map(() => []), ...half.map((_, i) => [i, N + i])]),
    hess(x: Float64Array, out: Float64Array) {
      for (let i = 0; i < N; i++) {
        const r = root(x[N + i]!);
        out[2 * i] = (weight(i) * x[N + i]!) / r;
        out[2 * i + 1] = (weight(i) * x[i]!) / (r * r * r);
      }
    },
  };
  const equality: ConstraintParts = {
    count: 1,
    fun(x, c) {
      c[0] = -4;
      for (let i = 0; i < N; i++) c[0] += weight(i) * root(x[N + i]!);
    },
    jacobianPattern: pattern([half]),
    jacobian(x, out) {
      for (let i = 0; i < N; i++) out[i] = (weight(i) * x[N + i]!) / root(x[N + i]!);
    },
    hessPattern: pattern([...half.map(() => []), ...half.map((j) => [j])]),
    hess(x, w, out) {
      for (let i = 0; i < N; i++) out[i] = (w[0]! * weight(i)) / root(x[N + i]!) ** 3;
    },
  };
  const linear = { A: csrFromTriplets({ rows: steps, cols: n, ...triplets }), l: 0, u: 0 };
  // The parabola of COPS' start.
  const x0 = Float64Array.from({ length: n }, (_, k) => {
    const t = (k % N) * h;
    return k < N ? 4 * 2 * t * (0.5 * t - 0.25) + 1 : 4 * 2 * (t - 0.25);
  });
  return { f, equality, linear, bounds: { lower, upper }, x0 };
}

/** The energy of the catenary y = c cosh((t - t0) / c) + y0 of that length between those heights, by bisection for c. */
export function catenary(): number {
  const [a, b, L] = [1, 3, 4];
  // sqrt(L^2 - (b - a)^2) = 2 c sinh(1 / (2 c)).
  const width = Math.sqrt(L * L - (b - a) * (b - a));
  let [low, high] = [0.05, 5];
  for (let k = 0; k < 200; k++) {
    const c = (low + high) / 2;
    if (2 * c * Math.sinh(1 / (2 * c)) > width) low = c;
    else high = c;
  }
  const c = (low + high) / 2;
  // The middle of the span from the rise: b - a = 2 c sinh(1 / (2 c)) sinh(m), m = (1/2 - t0) / c.
  const t0 = 0.5 - c * Math.asinh((b - a) / (2 * c * Math.sinh(1 / (2 * c))));
  const y0 = a - c * Math.cosh(t0 / c);
  // Integral of (c cosh s + y0) cosh s, s = (t - t0) / c.
  const F = (s: number) => c * c * (s / 2 + Math.sinh(2 * s) / 4) + y0 * c * Math.sinh(s);
  return F((1 - t0) / c) - F(-t0 / c);
}
