// Parallel rows of a program become one, whose bounds are the tighter ones.

import type { Shrinking } from "./shrinking.js";

/** Rows are parallel when their quotients agree to this. */
const PARALLEL = 1e-13;

export function duplicateRows(s: Shrinking): void {
  const seen = new Map<string, number[]>();
  for (let i = 0; i < s.given.m && !s.infeasible; i++) {
    if (s.rowAlive[i] === 0 || s.rowCount[i]! < 2) continue;
    const { cols, values } = s.row(i);
    const key = cols.join(" ");
    const same = seen.get(key);
    if (same === undefined) {
      seen.set(key, [i]);
      continue;
    }
    const first = same.find((r) => parallel(s.row(r).values, values));
    if (first === undefined) same.push(i);
    else merge(s, first, i, values[0]! / s.row(first).values[0]!);
  }
}

function parallel(a: readonly number[], b: readonly number[]): boolean {
  const factor = b[0]! / a[0]!;
  return a.every((v, k) => Math.abs(b[k]! - factor * v) <= PARALLEL * Math.abs(b[k]!));
}

/** Row i is `factor` times row `first`. */
function merge(s: Shrinking, first: number, i: number, factor: number): void {
  const lo = factor > 0 ? s.l[i]! / factor : s.u[i]! / factor;
  const up = factor > 0 ? s.u[i]! / factor : s.l[i]! / factor;
  const [lower, upper] = [lo > s.l[first]!, up < s.u[first]!];
  if (lower) s.l[first] = lo;
  if (upper) s.u[first] = up;
  s.settle(s.l, s.u, first);
  s.changes.push({ kind: "parallel", i, first, factor, lower, upper });
  s.dropRow(i);
}
