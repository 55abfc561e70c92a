// Functions with one basin, or narrow curved valleys: the field's tests of local methods. Each can be found in Moré,
// Garbow and Hillstrom, ACM TOMS 7 (1981) 17-41, or in Jamil and Yang (2013), unless said otherwise.

import { exp, log } from "../runtime/elementary.js";
import { at, repeat, square, sumOfSquares, type TestFunction } from "./types.js";

/** Chained Rosenbrock: sum of 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2. For n = 2 the classic. */
export function rosenbrock(n = 2): TestFunction {
  const local = {
    x: [
      -0.9932633728563689, 0.9966060394434352, 0.9982406113911125, 0.9989884337678007, 0.999226153439665,
      0.9990736481633443, 0.9984541774029088, 0.9970562516630377, 0.9941793752280661, 0.9883926301288679,
    ],
    f: 3.986579112347138,
    kind: "local",
  } as const;
  return {
    name: n === 2 ? "Rosenbrock" : "chained Rosenbrock",
    n,
    x0: repeat(n, -1.2, 1),
    box: square(n, -2, 2),
    minima: [{ x: repeat(n, 1), f: 0, kind: "global" }, ...(n === 10 ? [local] : [])],
    fun(x) {
      let f = 0;
      for (let i = 0; i + 1 < n; i++) {
        const a = at(x, i);
        const b = at(x, i + 1) - a * a;
        f += 100 * b * b + (1 - a) * (1 - a);
      }
      return f;
    },
    grad(x, out) {
      out.fill(0);
      for (let i = 0; i + 1 < n; i++) {
        const a = at(x, i);
        const b = at(x, i + 1) - a * a;
        out[i] = at(out, i) - 400 * a * b - 2 * (1 - a);
        out[i + 1] = at(out, i + 1) + 200 * b;
      }
    },
    hess(x, out) {
      out.fill(0);
      for (let i = 0; i + 1 < n; i++) {
        const a = at(x, i);
        const d = i * n + i;
        out[d] = at(out, d) + 1200 * a * a - 400 * at(x, i + 1) + 2;
        out[d + n + 1] = at(out, d + n + 1) + 200;
        out[d + 1] = out[d + n] = -400 * a;
      }
    },
  };
}

/** Extended Rosenbrock (Moré, Garbow and Hillstrom 21): n/2 copies of the classic side by side. n must be even. */
export function extendedRosenbrock(n = 2): TestFunction {
  return {
    name: "extended Rosenbrock",
    n,
    x0: repeat(n, -1.2, 1),
    box: square(n, -2, 2),
    minima: [{ x: repeat(n, 1), f: 0, kind: "global" }],
    fun(x) {
      let f = 0;
      for (let i = 0; i < n; i += 2) {
        const a = 1 - at(x, i);
        const b = 10 * (at(x, i + 1) - at(x, i) * at(x, i));
        f += a * a + b * b;
      }
      return f;
    },
    grad(x, out) {
      for (let i = 0; i < n; i += 2) {
        const b = at(x, i + 1) - at(x, i) * at(x, i);
        out[i] = -400 * at(x, i) * b - 2 * (1 - at(x, i));
        out[i + 1] = 200 * b;
      }
    },
    hess(x, out) {
      out.fill(0);
      for (let i = 0; i < n; i += 2) {
        const d = i * n + i;
        out[d] = 1200 * at(x, i) * at(x, i) - 400 * at(x, i + 1) + 2;
        out[d + n + 1] = 200;
        out[d + 1] = out[d + n] = -400 * at(x, i);
      }
    },
  };
}

export function beale(): TestFunction {
  const y = [1.5, 2.25, 2.625];
  return {
    name: "Beale",
    n: 2,
    x0: [1, 1],
    box: square(2, -4.5, 4.5),
    minima: [{ x: [3, 0.5], f: 0, kind: "global" }],
    ...sumOfSquares(2, 3, (i, x, slope, bend) => {
      const [a, b] = [at(x, 0), at(x, 1)];
      const power = [b, b * b, b * b * b][i]!;
      const first = [1, 2 * b, 3 * b * b][i]!;
      slope[0] = power - 1;
      slope[1] = a * first;
      bend[1] = bend[2] = first;
      bend[3] = a * [0, 2, 6 * b][i]!;
      return y[i]! - a + a * power;
    }),
  };
}

/** Powell's singular function: its Hessian is singular at the minimum. */
export function powellSingular(): TestFunction {
  return {
    name: "Powell singular",
    n: 4,
    x0: [3, -1, 0, 1],
    box: square(4, -4, 5),
    minima: [{ x: [0, 0, 0, 0], f: 0, kind: "global" }],
    ...sumOfSquares(4, 4, (i, x, slope, bend) => {
      const [a, b, c, d] = [at(x, 0), at(x, 1), at(x, 2), at(x, 3)];
      if (i === 0) {
        slope.set([1, 10, 0, 0]);
        return a + 10 * b;
      }
      if (i === 1) {
        const root = Math.sqrt(5);
        slope.set([0, 0, root, -root]);
        return root * (c - d);
      }
      if (i === 2) {
        const u = b - 2 * c;
        slope.set([0, 2 * u, -4 * u, 0]);
        bend[5] = 2;
        bend[6] = bend[9] = -4;
        bend[10] = 8;
        return u * u;
      }
      const root = Math.sqrt(10);
      const u = a - d;
      slope.set([2 * root * u, 0, 0, -2 * root * u]);
      bend[0] = bend[15] = 2 * root;
      bend[3] = bend[12] = -2 * root;
      return root * u * u;
    }),
  };
}

export function wood(): TestFunction {
  return {
    name: "Wood",
    n: 4,
    x0: [-3, -1, -3, -1],
    box: square(4, -5, 5),
    minima: [{ x: [1, 1, 1, 1], f: 0, kind: "global" }],
    ...sumOfSquares(4, 6, (i, x, slope, bend) => {
      const [a, b, c, d] = [at(x, 0), at(x, 1), at(x, 2), at(x, 3)];
      if (i === 0 || i === 2) {
        const k = i === 0 ? 10 : Math.sqrt(90);
        const u = i === 0 ? a : c;
        slope[i] = -2 * k * u;
        slope[i + 1] = k;
        bend[i * 5] = -2 * k;
        return k * ((i === 0 ? b : d) - u * u);
      }
      if (i === 1 || i === 3) {
        slope[i - 1] = -1;
        return 1 - (i === 1 ? a : c);
      }
      const k = i === 4 ? Math.sqrt(10) : Math.sqrt(0.1);
      slope[1] = k;
      slope[3] = i === 4 ? k : -k;
      return i === 4 ? k * (b + d - 2) : k * (b - d);
    }),
  };
}

export function booth(): TestFunction {
  return {
    name: "Booth",
    n: 2,
    x0: [0, 0],
    box: square(2, -10, 10),
    minima: [{ x: [1, 3], f: 0, kind: "global" }],
    ...sumOfSquares(2, 2, (i, x, slope) => {
      slope.set(i === 0 ? [1, 2] : [2, 1]);
      return i === 0 ? at(x, 0) + 2 * at(x, 1) - 7 : 2 * at(x, 0) + at(x, 1) - 5;
    }),
  };
}

export function matyas(): TestFunction {
  return {
    name: "Matyas",
    n: 2,
    x0: [5, -7],
    box: square(2, -10, 10),
    minima: [{ x: [0, 0], f: 0, kind: "global" }],
    fun: (x) => 0.26 * (at(x, 0) * at(x, 0) + at(x, 1) * at(x, 1)) - 0.48 * at(x, 0) * at(x, 1),
    grad(x, out) {
      out[0] = 0.52 * at(x, 0) - 0.48 * at(x, 1);
      out[1] = 0.52 * at(x, 1) - 0.48 * at(x, 0);
    },
    hess(_x, out) {
      out[0] = out[3] = 0.52;
      out[1] = out[2] = -0.48;
    },
  };
}

/** Convex, with this condition number: half the sum of c_i (x_i - 1)^2, c from 1 to the condition in equal ratios. */
export function quadratic(n = 20, condition = 1e6): TestFunction {
  const rate = log(condition) / Math.max(1, n - 1);
  const c = Array.from({ length: n }, (_, i) => exp(rate * i));
  return {
    name: `quadratic, condition ${condition}`,
    n,
    x0: repeat(n, 0),
    box: square(n, -1, 3),
    minima: [{ x: repeat(n, 1), f: 0, kind: "global" }],
    fun(x) {
      let f = 0;
      for (let i = 0; i < n; i++) f += at(c, i) * (at(x, i) - 1) * (at(x, i) - 1);
      return f / 2;
    },
    grad(x, out) {
      for (let i = 0; i < n; i++) out[i] = at(c, i) * (at(x, i) - 1);
    },
    hess(_x, out) {
      out.fill(0);
      for (let i = 0; i < n; i++) out[i * n + i] = at(c, i);
    },
  };
}
