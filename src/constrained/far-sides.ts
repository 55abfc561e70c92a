// Sides so far away that they say "none": 1e20 and 1e30 are the infinity of many other programs, 1e15 and more of a cautious user. They are
// numbers here, and what is claimed holds with them; but beside sides of ordinary size they take every digit from a method. So the program
// is first solved without them: an optimum that lies within them is the optimum.

import type { Warning } from "../driver/types.js";
import type { ConvexEnd } from "./answer.js";
import type { Program } from "./program.js";

/** Beside nearer sides nothing of these is seen in a double. */
const FAR = 1e15;
/** From here on other programs take a side for none. */
const INFINITE = 1e20;
/** A point this close to a side, relatively, is at it. */
const AT = 1e-6;

const dropped = (sides: Float64Array, sign: number): Float64Array =>
  sides.map((v) => (sign * v >= FAR ? sign * Infinity : v));

/** The program without its far sides; itself where it has none, or nothing but those. */
export function withoutFarSides(p: Program): Program {
  let far = false;
  let near = false;
  for (const [sides, sign] of [
    [p.l, -1],
    [p.u, 1],
    [p.lower, -1],
    [p.upper, 1],
  ] as const)
    for (const v of sides) {
      if (Math.abs(v) < FAR) near ||= v !== 0;
      else far ||= sign * v < Infinity && sign * v > 0;
    }
  if (!(far && near)) return p;
  return {
    ...p,
    l: dropped(p.l, -1),
    u: dropped(p.u, 1),
    lower: dropped(p.lower, -1),
    upper: dropped(p.upper, 1),
  };
}

/** Of an answer that depends on sides that other programs take for none: it lies at one, or there is no answer. */
export function warnOfFarSides(
  { l, u, lower, upper }: Program,
  status: ConvexEnd["status"],
  x: Float64Array,
  Ax: Float64Array,
): readonly Warning[] {
  const solved = status === "solved";
  // A proof needs none of them.
  if (status === "primalInfeasible" || status === "dualInfeasible" || status === "nonConvex") return [];
  const depends = (side: number, v: number) =>
    Math.abs(side) >= INFINITE &&
    Math.abs(side) < Infinity &&
    (!solved || Math.abs(v - side) <= AT * Math.abs(side));
  const some =
    x.some((v, j) => depends(lower[j]!, v) || depends(upper[j]!, v)) ||
    Ax.some((v, i) => depends(l[i]!, v) || depends(u[i]!, v));
  if (!some) return [];
  const message = `${solved ? "the answer lies at a side of 1e20 or more" : "there are sides of 1e20 or more"}, which is a number here: write Infinity, or null, where there is none`;
  return [{ code: "W_FAR_SIDES", message }];
}
