// Linear programs: degenerate, singular, without a solution, badly scaled, random.
import { uniform } from "./several.js";

export const LP = ["interiorPoint", "pdhg", "simplex"];
/** A program with a feasible point; of its sides some are equal, some ranges, some absent. */
export function random(seed, n, m, { quadratic = false, rank = n, scale = 1, share = 0.5 } = {}) {
  const next = uniform(seed);
  const draw = () => Math.round(20 * next() - 10) / 2;
  const A = Array.from({ length: m }, () =>
    Array.from({ length: n }, () => (next() < share ? draw() * scale : 0)),
  );
  const x = Array.from({ length: n }, draw);
  const rows = A.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
  const kind = rows.map(() => Math.floor(next() * 4));
  const sides = {
    A,
    l: rows.map((v, i) => (kind[i] === 0 ? -Infinity : kind[i] === 3 ? v : v - next() * scale)),
    u: rows.map((v, i) => (kind[i] === 1 ? Infinity : kind[i] === 3 ? v : v + next() * scale)),
    lower: x.map((v) => (next() < 0.7 ? v - 5 * next() : null)),
    upper: x.map((v) => (next() < 0.5 ? v + 5 * next() : null)),
  };
  const costs = Array.from({ length: n }, draw);
  if (!quadratic) return { c: costs, ...sides };
  const F = Array.from({ length: rank }, () => Array.from({ length: n }, draw));
  const P = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => F.reduce((sum, f) => sum + f[i] * f[j], i === j ? 0.1 : 0) / 10),
  );
  return { P, q: costs, ...sides };
}

/** Hillier & Lieberman's glass works. */
export const works = {
  c: [-3, -5],
  A: [
    [1, 0],
    [0, 2],
    [3, 2],
  ],
  u: [4, 12, 18],
  lower: [0, 0],
};

export const box = (n, low, high) => ({ lower: new Array(n).fill(low), upper: new Array(n).fill(high) });
export const linear = {
  works,
  "named, with a constant": { ...works, constant: 7, names: ["doors", "windows"], rowNames: ["a", "b", "c"] },
  // Beale's cycle
  cycle: {
    c: [-0.75, 150, -0.02, 6],
    A: [
      [0.25, -60, -0.04, 9],
      [0.5, -90, -0.02, 3],
      [0, 0, 1, 0],
    ],
    u: [0, 0, 1],
    lower: [0, 0, 0, 0],
  },
  "three meet in a corner": {
    c: [-1, -1],
    A: [
      [1, 1],
      [1, 0],
      [0, 1],
      [2, 2],
    ],
    u: [2, 1, 1, 4],
    lower: [0, 0],
  },
  "many solutions": { c: [1, 1, 0], A: [[1, 1, 1]], l: [2], u: [2], ...box(3, 0, 1.5) },
  "no rows": { c: [1, -1, 0], ...box(3, -1, 2) },
  "no costs": { c: [0, 0], A: [[1, 2]], l: [1], u: [3], lower: [0, 0] },
  free: {
    c: [1, 2],
    A: [
      [1, 1],
      [1, -1],
    ],
    l: [1, -3],
    u: [8, 3],
  },
  "fixed variables": { c: [1, 2, 3], A: [[1, 1, 1]], l: [4], lower: [1, 0, 0], upper: [1, 0, 9] },
  "an empty row and column": {
    c: [1, 0, -1],
    A: [
      [0, 0, 0],
      [1, 0, 1],
    ],
    l: [-1, 1],
    u: [1, 5],
    ...box(3, 0, 4),
  },
  "rows twice": {
    c: [1, 1],
    A: [
      [1, 2],
      [2, 4],
      [-3, -6],
      [1, 3],
    ],
    l: [2, 5, -30, 1],
    u: [9, 30, -3, 9],
    lower: [0, 0],
  },
  "rows of one variable": {
    c: [1, -1, 1],
    A: [
      [2, 0, 0],
      [0, -4, 0],
      [1, 1, 1],
    ],
    l: [2, -8, 0],
    u: [8, 8, 6],
    ...box(3, -9, 9),
  },
  "a column of one row": {
    c: [1, 1, -2],
    A: [
      [1, 1, 1],
      [1, 2, 0],
    ],
    l: [3, 2],
    u: [3, 9],
    lower: [0, 0, null],
  },
  "rows that force": { c: [1, 2, -1], A: [[1, 1, 1]], u: [3], ...box(3, 1, 5) },
  "rows that are loose": { c: [1, -2], A: [[1, 1]], l: [-100], u: [100], ...box(2, -1, 3) },
  "tiny numbers": {
    c: [-3e-12, -5e-12],
    A: [
      [1e-12, 0],
      [0, 2e-12],
      [3e-12, 2e-12],
    ],
    u: [4e-12, 12e-12, 18e-12],
    lower: [0, 0],
  },
  "huge numbers": {
    c: [-3e12, -5e12],
    A: [
      [1e12, 0],
      [0, 2e12],
      [3e12, 2e12],
    ],
    u: [4e12, 12e12, 18e12],
    lower: [0, 0],
  },
  "both at once": {
    c: [-3e-6, -5e6],
    A: [
      [1e8, 0],
      [0, 2e-8],
      [3, 2e-3],
    ],
    u: [4e8, 12, 1.8e4],
    lower: [0, 0],
  },
  "a far solution": { c: [1, 1], A: [[1, 1e-7]], l: [1], lower: [0, 0], upper: [0.5, null] },
  infeasible: {
    c: [1, 1],
    A: [
      [1, 1],
      [1, -1],
    ],
    l: [5, 0],
    upper: [2, 2],
    rowNames: ["demand", "balance"],
  },
  "rows against each other": {
    c: [1, 1],
    A: [
      [1, 1],
      [1, 1],
      [1, -1],
    ],
    l: [3, null, 0],
    u: [null, 1, 4],
    lower: [0, 0],
  },
  "barely infeasible": {
    c: [1, 1],
    A: [
      [1, 1],
      [1, 1],
    ],
    l: [1 + 1e-6, null],
    u: [null, 1],
    lower: [0, 0],
  },
  "infeasible below what is seen": {
    c: [1, 1],
    A: [
      [1, 1],
      [1, 1],
    ],
    l: [1 + 1e-12, null],
    u: [null, 1],
    lower: [0, 0],
  },
  unbounded: { c: [-1, -1], A: [[1, -1]], l: [-1], u: [1], lower: [0, 0] },
  "unbounded without rows": { c: [0, -1] },
  "unbounded, slightly": { c: [-1e-9, 0], A: [[1e-9, 1]], l: [0], lower: [0, 0], upper: [null, 1] },
  "both infeasible": {
    c: [-1, -1],
    A: [
      [1, -1],
      [1, -1],
    ],
    l: [2, null],
    u: [null, 1],
  },
};
