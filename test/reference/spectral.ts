// Plain twins of the kernels of the room `spectral`, written to be read: rows are arrays, nothing is blocked.

import type { Dense } from "./linalg.js";

/** I - tau v v' with v[0] = 1 that takes x to beta e1. */
export function reflectorOf(x: readonly number[]): { v: number[]; tau: number; beta: number } {
  const [alpha = 0, ...rest] = x;
  const tail = Math.hypot(...rest);
  if (tail === 0) return { v: [1, ...rest], tau: 0, beta: alpha };
  const beta = alpha < 0 || Object.is(alpha, -0) ? Math.hypot(alpha, tail) : -Math.hypot(alpha, tail);
  return { v: [1, ...rest.map((t) => t / (alpha - beta))], tau: (beta - alpha) / beta, beta };
}

/** The rows of C times I - tau v v', v beginning at number `from`. */
export function reflectRight(C: number[][], from: number, v: readonly number[], tau: number): void {
  for (const row of C) {
    const w = tau * v.reduce((sum, t, i) => sum + t * row[from + i]!, 0);
    v.forEach((t, i) => {
      row[from + i]! -= w * t;
    });
  }
}

/** Upper bidiagonal Q'A P by one reflector after the other: its diagonal, what is above, reflectors with their factors. */
export function bidiagonal({ rows: n, data }: Dense) {
  const A = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => data[i * n + j]!));
  const left: { v: number[]; tau: number }[] = [];
  const right: { v: number[]; tau: number }[] = [];
  for (let k = 0; k < n; k++) {
    const u = reflectorOf(A.slice(k).map((row) => row[k]!));
    left.push(u);
    for (let j = k; j < n; j++) {
      const w = u.tau * u.v.reduce((sum, t, i) => sum + t * A[k + i]![j]!, 0);
      u.v.forEach((t, i) => {
        A[k + i]![j]! -= w * t;
      });
    }
    if (k + 1 === n) break;
    const p = reflectorOf(A[k]!.slice(k + 1));
    right.push(p);
    reflectRight(A, k + 1, p.v, p.tau);
  }
  return { d: A.map((row, i) => row[i]!), e: A.slice(1).map((_, i) => A[i]![i + 1]!), left, right };
}
