// The rules of presolve: rows that say nothing, or everything, about their variables; columns that have nothing to choose.

import { FEASIBLE, type Shrinking } from "./shrinking.js";

/** Empty, free, singleton, redundant and forcing rows. */
export function rowPass(s: Shrinking): void {
  const { l, u, lower, upper } = s;
  for (let i = 0; i < s.given.m && !s.infeasible; i++) {
    if (s.rowAlive[i] === 0) continue;
    s.settle(l, u, i);
    if (s.infeasible) return;
    const free = l[i] === -Infinity && u[i] === Infinity;
    if (s.rowCount[i] === 0 || free) {
      const room = FEASIBLE * Math.max(1, Math.abs(l[i]!) === Infinity ? 0 : Math.abs(l[i]!));
      if (!free && (l[i]! > room || u[i]! < -room)) s.infeasible = true;
      else s.dropRow(i);
      continue;
    }
    if (s.rowCount[i] === 1) {
      singletonRow(s, i);
      continue;
    }
    let least = 0;
    let most = 0;
    for (let k = s.A.rowPtr[i]!; k < s.A.rowPtr[i + 1]!; k++) {
      const j = s.A.colIdx[k]!;
      const a = s.A.values[k]!;
      if (s.colAlive[j] === 0 || a === 0) continue;
      least += a > 0 ? a * lower[j]! : a * upper[j]!;
      most += a > 0 ? a * upper[j]! : a * lower[j]!;
    }
    const size = Math.max(
      1,
      Math.abs(l[i]!) < Infinity ? Math.abs(l[i]!) : 0,
      Math.abs(u[i]!) < Infinity ? Math.abs(u[i]!) : 0,
    );
    if (least > u[i]! + FEASIBLE * size || most < l[i]! - FEASIBLE * size) s.infeasible = true;
    else if (least >= l[i]! && most <= u[i]!) s.dropRow(i);
    else if (most === l[i]!) force(s, i, 1);
    else if (least === u[i]!) force(s, i, -1);
  }
}

/** The row can only be met with every variable at one end: side 1, where the row is largest; -1, where it is least. */
function force(s: Shrinking, i: number, side: number): void {
  const { cols, values } = s.row(i);
  s.changes.push({ kind: "forced", i, cols, values, side });
  s.dropRow(i);
  cols.forEach((j, k) => {
    s.fix(j, values[k]! * side > 0 ? s.upper[j]! : s.lower[j]!);
  });
}

function singletonRow(s: Shrinking, i: number): void {
  const { cols, values } = s.row(i);
  const [j, a] = [cols[0]!, values[0]!];
  const lo = a > 0 ? s.l[i]! / a : s.u[i]! / a;
  const up = a > 0 ? s.u[i]! / a : s.l[i]! / a;
  const [byLower, byUpper] = [lo > s.lower[j]!, up < s.upper[j]!];
  if (byLower) s.lower[j] = lo;
  if (byUpper) s.upper[j] = up;
  s.settle(s.lower, s.upper, j);
  s.changes.push({ kind: "bound", i, j, a, lower: byLower, upper: byUpper });
  s.dropRow(i);
}

/** Fixed, empty, dominated and singleton columns. */
export function columnPass(s: Shrinking): void {
  const { l, u, lower, upper, q, T } = s;
  for (let j = 0; j < s.given.n && !s.infeasible; j++) {
    if (s.colAlive[j] === 0) continue;
    if (lower[j] === upper[j]) {
      s.fix(j, lower[j]!);
      continue;
    }
    if (s.curved[j]) continue;
    // Whether x_j may fall, or rise, without any row minding.
    let falls = q[j]! >= 0;
    let rises = q[j]! <= 0;
    let row = -1;
    let a = 0;
    for (let k = T.rowPtr[j]!; k < T.rowPtr[j + 1]! && (falls || rises || s.colCount[j] === 1); k++) {
      const i = T.colIdx[k]!;
      const v = T.values[k]!;
      if (s.rowAlive[i] === 0 || v === 0) continue;
      row = i;
      a = v;
      if (v > 0 ? l[i]! > -Infinity : u[i]! < Infinity) falls = false;
      if (v > 0 ? u[i]! < Infinity : l[i]! > -Infinity) rises = false;
    }
    if (s.colCount[j] === 0 && falls && rises) s.fix(j, Math.max(lower[j]!, Math.min(upper[j]!, 0)));
    else if (falls && lower[j]! > -Infinity) s.fix(j, lower[j]!);
    else if (rises && upper[j]! < Infinity) s.fix(j, upper[j]!);
    else if (s.colCount[j] === 1 && !falls && !rises) singletonColumn(s, j, row, a);
  }
}

/** A column in one row: a slack without cost goes into the row's bounds; a free one gives the row's multiplier. */
function singletonColumn(s: Shrinking, j: number, i: number, a: number): void {
  const { l, u, lower, upper, q } = s;
  // A tiny entry would blow up what it takes with it.
  const { cols, values } = s.row(i);
  let most = 0;
  for (const v of values) most = Math.max(most, Math.abs(v));
  if (Math.abs(a) < 1e-3 * most) return;
  const others = { cols: cols.filter((c) => c !== j), values: values.filter((_, k) => cols[k] !== j) };
  if (q[j] === 0) {
    const least = a > 0 ? a * lower[j]! : a * upper[j]!;
    const greatest = a > 0 ? a * upper[j]! : a * lower[j]!;
    s.changes.push({ kind: "slack", i, j, a, least, most: greatest, l: l[i]!, u: u[i]!, ...others });
    l[i] = l[i]! - greatest;
    u[i] = u[i]! - least;
    s.absorb(j);
    return;
  }
  if (lower[j] !== -Infinity || upper[j] !== Infinity) return;
  if (others.cols.some((c) => s.curved[c] === 1)) return;
  // q_j + a y_i = 0: the row binds on the side of y_i.
  const y = -q[j]! / a;
  const value = y > 0 ? u[i]! : l[i]!;
  if (Math.abs(value) === Infinity) return;
  s.changes.push({ kind: "free", i, j, a, y, value, ...others });
  others.cols.forEach((c, k) => {
    q[c] = q[c]! + y * others.values[k]!;
  });
  s.constant += -y * value;
  s.absorb(j);
  s.dropRow(i);
}
