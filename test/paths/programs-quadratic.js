// Quadratic programs: semidefinite, stiff, not convex, without a solution, sparse.
import { box } from "./programs-linear.js";

export const QP = ["interiorPoint", "admm", "activeSet"];

const half = (P, q, sides = {}) => ({ P, q, ...sides });
export const quadratic = {
  plain: half(
    [
      [2, 0],
      [0, 2],
    ],
    [-2, -5],
    { A: [[1, 2]], u: [3] },
  ),
  "no sides": half(
    [
      [4, 1],
      [1, 2],
    ],
    [1, 1],
  ),
  "in a box": half(
    [
      [4, 1],
      [1, 2],
    ],
    [-9, 1],
    box(2, -0.3, 0.7),
  ),
  "an equation": half(
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [0, 0, 0],
    {
      A: [
        [1, 1, 1],
        [1, 2, 3],
      ],
      l: [1, 2.5],
      u: [1, null],
      lower: [0, 0, 0],
    },
  ),
  semidefinite: half(
    [
      [1, 1],
      [1, 1],
    ],
    [-1, -1.5],
    { A: [[1, -1]], l: [-2], u: [2], ...box(2, -3, 3) },
  ),
  "no P": half(
    [
      [0, 0],
      [0, 0],
    ],
    [1, -1],
    box(2, 0, 1),
  ),
  "of one entry": half(
    [
      [2, 0],
      [0, 0],
    ],
    [1, 1],
    { A: [[1, 1]], l: [-4], u: [4], lower: [null, -1] },
  ),
  "side given twice": half(
    [
      [2, 0],
      [0, 2],
    ],
    [-8, -8],
    {
      A: [
        [1, 1],
        [1, 1],
        [2, 2],
      ],
      u: [2, 2, 4],
      lower: [0, 0],
    },
  ),
  stiff: half(
    [
      [1e8, 0],
      [0, 1e-8],
    ],
    [-1e4, -1e-7],
    { A: [[1e4, 1]], u: [3], ...box(2, -1e3, 1e3) },
  ),
  tiny: half(
    [
      [2e-12, 0],
      [0, 2e-12],
    ],
    [-2e-12, -5e-12],
    { A: [[1, 2]], u: [3] },
  ),
  huge: half(
    [
      [2e12, 0],
      [0, 2e12],
    ],
    [-2e12, -5e12],
    { A: [[1, 2]], u: [3] },
  ),
  nonconvex: half(
    [
      [1, 2],
      [2, 1],
    ],
    [0, 0],
    box(2, -1, 1),
  ),
  "nonconvex on the diagonal": half(
    [
      [1, 0],
      [0, -1e-6],
    ],
    [0, 0],
    box(2, -1, 1),
  ),
  "nonconvex by a hair": half(
    [
      [1, 1 + 1e-13],
      [1 + 1e-13, 1],
    ],
    [0, 0],
    box(2, -1, 1),
  ),
  infeasible: half(
    [
      [1, 0],
      [0, 1],
    ],
    [0, 0],
    {
      A: [
        [1, 1],
        [1, 1],
      ],
      l: [3, null],
      u: [null, 1],
    },
  ),
  "infeasible in its box": half(
    [
      [1, 0],
      [0, 1],
    ],
    [0, 0],
    { A: [[1, 1]], l: [3], ...box(2, -1, 1) },
  ),
  unbounded: half(
    [
      [1, 0],
      [0, 0],
    ],
    [0, -1],
    { A: [[1, -1]], u: [4], lower: [0, 0] },
  ),
};

/** A chain of masses pulled to where each should be. */
export function chain(d, n) {
  const [row, col, value] = [[], [], []];
  for (let i = 0; i < n; i++)
    for (const [j, v] of [
      [i - 1, -1],
      [i, 2.5],
      [i + 1, -1],
    ])
      if (j >= 0 && j < n) {
        row.push(i);
        col.push(j);
        value.push(v);
      }
  const P = d.csrFromTriplets({ rows: n, cols: n, row, col, value });
  const A = Array.from({ length: 4 }, (_, k) => Array.from({ length: n }, (__, j) => (j % 4 === k ? 1 : 0)));
  const q = Array.from({ length: n }, (_, j) => ((j * 7) % 11) - 5);
  return { P, q, A, l: [-2, -1, 0, 1], u: [2, 1, 0, 9], ...box(n, -1, 1.5) };
}
