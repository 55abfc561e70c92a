// Sides so far away that they say "none": 1e20 and 1e30 are the infinity of many other programs. They are numbers here, and what is claimed
// holds with them; but beside sides of ordinary size they take every digit from a method. So the program is first solved without them: an
// optimum that lies within them is the optimum.

import type { Warning } from "../driver/types.js";
import type { ConvexEnd } from "./answer.js";
import type { Program } from "./program.js";

/** From here on other programs take a side for none. */
const INFINITE = 1e20;
/** A row's side over its largest coefficient, beside which nothing near is seen in a double. */
const UNSEEN = 1e15;
/** A point this close to a side, relatively, is at it. */
const AT = 1e-6;

const isFar = (v: number, norm: number): boolean =>
  Math.abs(v) >= INFINITE && Math.abs(v) < Infinity && Math.abs(v) >= UNSEEN * norm;

/** Largest |a_ij| of each row. */
function norms({ A, m }: Program): Float64Array {
  const largest = new Float64Array(m);
  for (let i = 0; i < m; i++)
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++)
      largest[i] = Math.max(largest[i]!, Math.abs(A.values[k]!));
  return largest;
}

/**
 * The program without its far sides; itself where it has none, or nothing but those, or where one asks for as much (a lower side of 1e20,
 * an equality): then such numbers are meant.
 */
export function withoutFarSides(p: Program): Program {
  const rows = norms(p);
  const columns = new Float64Array(p.n);
  let far = false;
  let near = false;
  let meant = false;
  const without = (sides: Float64Array, sign: number, norm: Float64Array): Float64Array =>
    sides.map((v, i) => {
      near ||= v !== 0 && Math.abs(v) < INFINITE;
      if (!isFar(v, norm[i]!)) return v;
      far = true;
      meant ||= sign * v < 0;
      return sign * Infinity;
    });
  const [l, u] = [without(p.l, -1, rows), without(p.u, 1, rows)];
  const [lower, upper] = [without(p.lower, -1, columns), without(p.upper, 1, columns)];
  return far && near && !meant ? { ...p, l, u, lower, upper } : p;
}

/** Of an answer that depends on sides that other programs take for none: it lies at one, or there is no answer. */
export function warnOfFarSides(
  p: Program,
  status: ConvexEnd["status"],
  x: Float64Array,
  Ax: Float64Array,
): readonly Warning[] {
  const { l, u, lower, upper } = p;
  const solved = status === "solved";
  // A proof needs none of them.
  if (status === "primalInfeasible" || status === "dualInfeasible" || status === "nonConvex") return [];
  const depends = (side: number, v: number, norm: number) =>
    isFar(side, norm) && (!solved || Math.abs(v - side) <= AT * Math.abs(side));
  const rows = norms(p);
  const some =
    x.some((v, j) => depends(lower[j]!, v, 0) || depends(upper[j]!, v, 0)) ||
    Ax.some((v, i) => depends(l[i]!, v, rows[i]!) || depends(u[i]!, v, rows[i]!));
  if (!some) return [];
  const message = `${solved ? "the answer lies at a side of 1e20 or more" : "there are sides of 1e20 or more"}, which is a number here: write Infinity, or null, where there is none`;
  return [{ code: "W_FAR_SIDES", message }];
}
