// Saddles, cliffs, basins: what the race of methods is run on; and the potential of a small cluster of atoms.

import { exp } from "../runtime/elementary.js";
import { at, square, type TestFunction } from "./types.js";

/** x^2 - y^2 + y^4: a saddle at the origin between two minima. The start lies almost on the ridge. */
export function saddle(): TestFunction {
  const y = Math.sqrt(0.5);
  return {
    name: "saddle",
    n: 2,
    x0: [1, 1e-3],
    box: square(2, -1.5, 1.5),
    minima: [
      { x: [0, y], f: -0.25, kind: "global" },
      { x: [0, -y], f: -0.25, kind: "global" },
    ],
    fun(x) {
      const s = at(x, 1) * at(x, 1);
      return at(x, 0) * at(x, 0) - s + s * s;
    },
    grad(x, out) {
      const b = at(x, 1);
      out[0] = 2 * at(x, 0);
      out[1] = 4 * b * b * b - 2 * b;
    },
    hess(x, out) {
      out[0] = 2;
      out[1] = out[2] = 0;
      out[3] = 12 * at(x, 1) * at(x, 1) - 2;
    },
  };
}

/** x^2 / 2 + y^2 / 20 with a steep smooth wall, 20 (1 + tanh 10 (x - 1)) / 2: gradients of 100 beside ones of 1. */
export function cliff(): TestFunction {
  const [height, rate] = [20, 10];
  /** The logistic function of 2 rate (x - 1), which is (1 + tanh) / 2. */
  const rise = (x: number) => 1 / (1 + exp(-2 * rate * (x - 1)));
  return {
    name: "cliff",
    n: 2,
    x0: [1.3, 2],
    box: square(2, -3, 3),
    minima: [{ x: [-8.244478511795311e-7, 0], f: 4.122273250107049e-8, kind: "global" }],
    fun: (x) => (at(x, 0) * at(x, 0)) / 2 + (at(x, 1) * at(x, 1)) / 20 + height * rise(at(x, 0)),
    grad(x, out) {
      const s = rise(at(x, 0));
      out[0] = at(x, 0) + height * 2 * rate * s * (1 - s);
      out[1] = at(x, 1) / 10;
    },
    hess(x, out) {
      const s = rise(at(x, 0));
      out[0] = 1 + height * 4 * rate * rate * s * (1 - s) * (1 - 2 * s);
      out[1] = out[2] = 0;
      out[3] = 0.1;
    },
  };
}

/** (x^2 - 1)^2 + x / 5 + y^2: a lower and a higher basin. The start is in the higher one. */
export function twoBasins(): TestFunction {
  return {
    name: "two basins",
    n: 2,
    x0: [1.6, 1],
    box: square(2, -2, 2),
    minima: [
      { x: [-1.0241203002150503, 0], f: -0.20244043434482242, kind: "global" },
      { x: [0.9739943532312778, 0], f: 0.1974341528582765, kind: "local" },
    ],
    fun(x) {
      const u = at(x, 0) * at(x, 0) - 1;
      return u * u + at(x, 0) / 5 + at(x, 1) * at(x, 1);
    },
    grad(x, out) {
      const a = at(x, 0);
      out[0] = 4 * a * (a * a - 1) + 0.2;
      out[1] = 2 * at(x, 1);
    },
    hess(x, out) {
      out[0] = 12 * at(x, 0) * at(x, 0) - 4;
      out[1] = out[2] = 0;
      out[3] = 2;
    },
  };
}

/** Four atoms under the Lennard-Jones potential, at their bottom a regular tetrahedron with f = -6. */
export function lennardJones(): TestFunction {
  const n = 12;
  /** Over the pairs of atoms: offsets i, j, and e(s), e'(s), e''(s) of the squared distance s. */
  const pairs = (
    x: ArrayLike<number>,
    visit: (i: number, j: number, e: number, d1: number, d2: number) => void,
  ) => {
    for (let i = 0; i < n; i += 3) {
      for (let j = 0; j < i; j += 3) {
        let s = 0;
        for (let k = 0; k < 3; k++) s += (at(x, i + k) - at(x, j + k)) * (at(x, i + k) - at(x, j + k));
        const u = 1 / (s * s * s);
        visit(i, j, 4 * u * (u - 1), (12 * u * (1 - 2 * u)) / s, (24 * u * (7 * u - 2)) / (s * s));
      }
    }
  };
  return {
    name: "Lennard-Jones, 4 atoms",
    n,
    x0: [0, 0, 0, 1.1, 0, 0, 0.5, 1, 0, 0.6, 0.3, 0.95],
    box: square(n, -2, 2),
    minima: [],
    fun(x) {
      let f = 0;
      pairs(x, (_i, _j, e) => {
        f += e;
      });
      return f;
    },
    grad(x, out) {
      out.fill(0);
      pairs(x, (i, j, _e, d1) => {
        for (let k = 0; k < 3; k++) {
          const v = 2 * d1 * (at(x, i + k) - at(x, j + k));
          out[i + k] = at(out, i + k) + v;
          out[j + k] = at(out, j + k) - v;
        }
      });
    },
    hess(x, out) {
      out.fill(0);
      const add = (row: number, column: number, v: number) => {
        out[row * n + column] = at(out, row * n + column) + v;
      };
      pairs(x, (i, j, _e, d1, d2) => {
        for (let k = 0; k < 3; k++) {
          for (let l = 0; l < 3; l++) {
            const u = (at(x, i + k) - at(x, j + k)) * (at(x, i + l) - at(x, j + l));
            const v = 4 * d2 * u + (k === l ? 2 * d1 : 0);
            add(i + k, i + l, v);
            add(j + k, j + l, v);
            add(i + k, j + l, -v);
            add(j + k, i + l, -v);
          }
        }
      });
    },
  };
}
