// Functions that are flat, or steep and flat, around their minimum.

import { exp, log } from "../runtime/elementary.js";
import { at, repeat, square, sumOfSquares, type TestFunction, type Vector } from "./types.js";

export function dixonPrice(n = 10): TestFunction {
  const x = [1];
  for (let i = 1; i < n; i++) x.push(Math.sqrt(x[i - 1]! / 2));
  return {
    name: "Dixon-Price",
    n,
    x0: repeat(n, 1),
    box: square(n, -10, 10),
    minima: [{ x, f: 0, kind: "global" }],
    ...sumOfSquares(n, n, (i, p, slope, bend) => {
      if (i === 0) {
        slope[0] = 1;
        return at(p, 0) - 1;
      }
      const k = Math.sqrt(i + 1);
      slope[i] = 4 * k * at(p, i);
      slope[i - 1] = -k;
      bend[i * n + i] = 4 * k;
      return k * (2 * at(p, i) * at(p, i) - at(p, i - 1));
    }),
  };
}

/** exp(x1 - 1) + exp(1 - x1) + (x2 - x1)^2: steep walls around a flat floor. */
export function flatValley(): TestFunction {
  return {
    name: "flat valley",
    n: 2,
    x0: [12, -9],
    box: square(2, -12, 14),
    minima: [{ x: [1, 1], f: 2, kind: "global" }],
    fun: (x) => exp(at(x, 0) - 1) + exp(1 - at(x, 0)) + (at(x, 1) - at(x, 0)) * (at(x, 1) - at(x, 0)),
    grad(x, out) {
      const d = at(x, 1) - at(x, 0);
      out[0] = exp(at(x, 0) - 1) - exp(1 - at(x, 0)) - 2 * d;
      out[1] = 2 * d;
    },
    hess(x, out) {
      out[0] = exp(at(x, 0) - 1) + exp(1 - at(x, 0)) + 2;
      out[1] = out[2] = -2;
      out[3] = 2;
    },
  };
}

/** x^4: the second derivative is zero at the minimum. */
export function quartic(): TestFunction {
  return {
    name: "quartic",
    n: 1,
    x0: [1],
    box: square(1, -2, 2),
    minima: [{ x: [0], f: 0, kind: "global" }],
    fun: (x) => at(x, 0) * at(x, 0) * at(x, 0) * at(x, 0),
    grad(x, out) {
      out[0] = 4 * at(x, 0) * at(x, 0) * at(x, 0);
    },
    hess(x, out) {
      out[0] = 12 * at(x, 0) * at(x, 0);
    },
  };
}

/** Penalised logistic regression on eight points. */
export function logistic(): TestFunction {
  const t = [-3, -2, -1, -0.5, 0.5, 1, 2, 3];
  const y = [-1, -1, -1, 1, -1, 1, 1, 1];
  const margin = (x: Vector, i: number) => at(y, i) * (at(x, 0) + at(x, 1) * at(t, i));
  /** log(1 + exp(-z)) without overflow. */
  const loss = (z: number) => (z > 0 ? log(1 + exp(-z)) : log(1 + exp(z)) - z);
  return {
    name: "logistic regression",
    n: 2,
    x0: [0, 0],
    box: square(2, -3, 5),
    minima: [{ x: [0, 1.4153950510309634], f: 2.8145077763586928, kind: "global" }],
    fun(x) {
      let f = 0.01 * (at(x, 0) * at(x, 0) + at(x, 1) * at(x, 1));
      for (let i = 0; i < t.length; i++) f += loss(margin(x, i));
      return f;
    },
    grad(x, out) {
      out[0] = 0.02 * at(x, 0);
      out[1] = 0.02 * at(x, 1);
      for (let i = 0; i < t.length; i++) {
        const w = -at(y, i) / (1 + exp(margin(x, i)));
        out[0] = at(out, 0) + w;
        out[1] = at(out, 1) + w * at(t, i);
      }
    },
    hess(x, out) {
      out[0] = out[3] = 0.02;
      out[1] = 0;
      for (let i = 0; i < t.length; i++) {
        const q = 1 / (1 + exp(margin(x, i)));
        const w = q * (1 - q);
        out[0] = at(out, 0) + w;
        out[1] = at(out, 1) + w * at(t, i);
        out[3] = at(out, 3) + w * at(t, i) * at(t, i);
      }
      out[2] = at(out, 1);
    },
  };
}
