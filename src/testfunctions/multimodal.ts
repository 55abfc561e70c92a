// Functions with several basins, saddles, cliffs: tests of global searches, and of what local methods do there.

import { cosPi, exp } from "../runtime/elementary.js";
import { at, repeat, square, sumOfSquares, type TestFunction } from "./types.js";

const cos = (x: number): number => cosPi(x / Math.PI);
const sin = (x: number): number => cosPi(x / Math.PI - 0.5);

export function himmelblau(): TestFunction {
  return {
    name: "Himmelblau",
    n: 2,
    x0: [0, 0],
    box: square(2, -5, 5),
    minima: [
      { x: [3, 2], f: 0, kind: "global" },
      { x: [-2.805118086952745, 3.131312518250573], f: 0, kind: "global" },
      { x: [-3.779310253377747, -3.2831859912861696], f: 0, kind: "global" },
      { x: [3.5844283403304917, -1.8481265269644036], f: 0, kind: "global" },
    ],
    ...sumOfSquares(2, 2, (i, x, slope, bend) => {
      const [a, b] = [at(x, 0), at(x, 1)];
      slope.set(i === 0 ? [2 * a, 1] : [1, 2 * b]);
      bend[i * 3] = 2;
      return i === 0 ? a * a + b - 11 : a + b * b - 7;
    }),
  };
}

/** A sum of one function of each variable, given with its first two derivatives. */
function separable(
  n: number,
  f: (x: number) => number,
  slope: (x: number) => number,
  bend: (x: number) => number,
): Pick<TestFunction, "fun" | "grad" | "hess"> {
  return {
    fun(x) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += f(at(x, i));
      return sum;
    },
    grad(x, out) {
      for (let i = 0; i < n; i++) out[i] = slope(at(x, i));
    },
    hess(x, out) {
      out.fill(0);
      for (let i = 0; i < n; i++) out[i * n + i] = bend(at(x, i));
    },
  };
}

export function styblinskiTang(n = 2): TestFunction {
  return {
    name: "Styblinski-Tang",
    n,
    x0: repeat(n, -1),
    box: square(n, -5, 5),
    minima: [{ x: repeat(n, -2.903534027771177), f: -39.16616570377142 * n, kind: "global" }],
    ...separable(
      n,
      (x) => (x * x * x * x - 16 * x * x + 5 * x) / 2,
      (x) => (4 * x * x * x - 32 * x + 5) / 2,
      (x) => 6 * x * x - 16,
    ),
  };
}

export function rastrigin(n = 2): TestFunction {
  const w = 2 * Math.PI;
  return {
    name: "Rastrigin",
    n,
    x0: repeat(n, 2.3),
    box: square(n, -5.12, 5.12),
    minima: [{ x: repeat(n, 0), f: 0, kind: "global" }],
    ...separable(
      n,
      (x) => 10 + x * x - 10 * cosPi(2 * x),
      (x) => 2 * x + 10 * w * cosPi(2 * x - 0.5),
      (x) => 2 + 10 * w * w * cosPi(2 * x),
    ),
  };
}

/** Its gradient is not defined at the minimum, where the function has a cusp; 0 is given there. */
export function ackley(n = 2): TestFunction {
  const w = 2 * Math.PI;
  const parts = (x: ArrayLike<number>) => {
    let squares = 0;
    let waves = 0;
    for (let i = 0; i < n; i++) {
      squares += at(x, i) * at(x, i);
      waves += cosPi(2 * at(x, i));
    }
    const r = Math.sqrt(squares / n);
    return { r, a: exp(-0.2 * r), b: exp(waves / n) };
  };
  return {
    name: "Ackley",
    n,
    x0: repeat(n, 2.5),
    box: square(n, -32.768, 32.768),
    minima: [{ x: repeat(n, 0), f: 0, kind: "global" }],
    fun(x) {
      const { a, b } = parts(x);
      return 20 - 20 * a + (exp(1) - b);
    },
    grad(x, out) {
      const { r, a, b } = parts(x);
      for (let i = 0; i < n; i++) {
        const cusp = r === 0 ? 0 : (4 * a * at(x, i)) / (n * r);
        out[i] = cusp + ((b * w) / n) * cosPi(2 * at(x, i) - 0.5);
      }
    },
    hess(x, out) {
      const { r, a, b } = parts(x);
      for (let i = 0; i < n; i++) {
        const si = (w / n) * cosPi(2 * at(x, i) - 0.5);
        for (let j = 0; j < n; j++) {
          const sj = (w / n) * cosPi(2 * at(x, j) - 0.5);
          const same = i === j ? 1 : 0;
          const cusp =
            r === 0 ? 0 : ((4 * a) / (n * r)) * (same - ((at(x, i) * at(x, j)) / (n * r)) * (1 / r + 0.2));
          out[i * n + j] = cusp + b * (((same * w * w) / n) * cosPi(2 * at(x, i)) - si * sj);
        }
      }
    },
  };
}

/** A product of two factors 1 or 30 + u^2 q, u linear and q quadratic. */
export function goldsteinPrice(): TestFunction {
  interface Factor {
    f: number;
    g: [number, number];
    h: [number, number, number];
  }
  const factor = (
    base: number,
    u: number,
    du: [number, number],
    q: number,
    dq: [number, number],
    hq: [number, number, number],
  ): Factor => {
    const [p, s] = du;
    const [a, b] = dq;
    const mixed = (d1: number, d2: number, q1: number, q2: number, q12: number) =>
      2 * d1 * d2 * q + 2 * u * (d1 * q2 + d2 * q1) + u * u * q12;
    return {
      f: base + u * u * q,
      g: [2 * u * p * q + u * u * a, 2 * u * s * q + u * u * b],
      h: [mixed(p, p, a, a, hq[0]), mixed(p, s, a, b, hq[1]), mixed(s, s, b, b, hq[2])],
    };
  };
  const factors = (x: ArrayLike<number>): [Factor, Factor] => {
    const [a, b] = [at(x, 0), at(x, 1)];
    const q1 = 19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b;
    const q2 = 18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b;
    return [
      factor(1, a + b + 1, [1, 1], q1, [-14 + 6 * a + 6 * b, -14 + 6 * a + 6 * b], [6, 6, 6]),
      factor(30, 2 * a - 3 * b, [2, -3], q2, [-32 + 24 * a - 36 * b, 48 - 36 * a + 54 * b], [24, -36, 54]),
    ];
  };
  return {
    name: "Goldstein-Price",
    n: 2,
    x0: [-0.5, -0.5],
    box: square(2, -2, 2),
    minima: [{ x: [0, -1], f: 3, kind: "global" }],
    fun(x) {
      const [p, q] = factors(x);
      return p.f * q.f;
    },
    grad(x, out) {
      const [p, q] = factors(x);
      out[0] = p.g[0] * q.f + p.f * q.g[0];
      out[1] = p.g[1] * q.f + p.f * q.g[1];
    },
    hess(x, out) {
      const [p, q] = factors(x);
      out[0] = p.h[0] * q.f + 2 * p.g[0] * q.g[0] + p.f * q.h[0];
      out[1] = out[2] = p.h[1] * q.f + p.g[0] * q.g[1] + p.g[1] * q.g[0] + p.f * q.h[1];
      out[3] = p.h[2] * q.f + 2 * p.g[1] * q.g[1] + p.f * q.h[2];
    },
  };
}

export function threeHump(): TestFunction {
  return {
    name: "three-hump camel",
    n: 2,
    x0: [0.5, 0.5],
    box: square(2, -5, 5),
    minima: [{ x: [0, 0], f: 0, kind: "global" }],
    fun(x) {
      const [a, b] = [at(x, 0), at(x, 1)];
      const s = a * a;
      return 2 * s - 1.05 * s * s + (s * s * s) / 6 + a * b + b * b;
    },
    grad(x, out) {
      const [a, b] = [at(x, 0), at(x, 1)];
      out[0] = 4 * a - 4.2 * a * a * a + a * a * a * a * a + b;
      out[1] = a + 2 * b;
    },
    hess(x, out) {
      const s = at(x, 0) * at(x, 0);
      out[0] = 4 - 12.6 * s + 5 * s * s;
      out[1] = out[2] = 1;
      out[3] = 2;
    },
  };
}

export function mccormick(): TestFunction {
  return {
    name: "McCormick",
    n: 2,
    x0: [0, 0],
    box: [
      [-1.5, 4],
      [-3, 4],
    ],
    minima: [{ x: [-0.5471975511965977, -1.5471975511965979], f: -1.9132229549810364, kind: "global" }],
    fun(x) {
      const [a, b] = [at(x, 0), at(x, 1)];
      return sin(a + b) + (a - b) * (a - b) - 1.5 * a + 2.5 * b + 1;
    },
    grad(x, out) {
      const [a, b] = [at(x, 0), at(x, 1)];
      out[0] = cos(a + b) + 2 * (a - b) - 1.5;
      out[1] = cos(a + b) - 2 * (a - b) + 2.5;
    },
    hess(x, out) {
      const s = -sin(at(x, 0) + at(x, 1));
      out[0] = out[3] = s + 2;
      out[1] = out[2] = s - 2;
    },
  };
}

export function branin(): TestFunction {
  const [p, q, r] = [5.1 / (4 * Math.PI * Math.PI), 5 / Math.PI, 10 * (1 - 1 / (8 * Math.PI))];
  const inner = (x: ArrayLike<number>) => at(x, 1) - p * at(x, 0) * at(x, 0) + q * at(x, 0) - 6;
  const f = 0.3978873577297383;
  return {
    name: "Branin",
    n: 2,
    x0: [2, 2],
    box: [
      [-5, 10],
      [0, 15],
    ],
    minima: [
      { x: [Math.PI, 2.275], f, kind: "global" },
      { x: [-Math.PI, 12.275], f, kind: "global" },
      { x: [3 * Math.PI, 2.475], f, kind: "global" },
    ],
    fun: (x) => inner(x) * inner(x) + r * cos(at(x, 0)) + 10,
    grad(x, out) {
      const u = inner(x);
      out[0] = 2 * u * (q - 2 * p * at(x, 0)) - r * sin(at(x, 0));
      out[1] = 2 * u;
    },
    hess(x, out) {
      const d = q - 2 * p * at(x, 0);
      out[0] = 2 * d * d - 4 * p * inner(x) - r * cos(at(x, 0));
      out[1] = out[2] = 2 * d;
      out[3] = 2;
    },
  };
}
