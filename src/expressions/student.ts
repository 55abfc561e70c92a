// Errors of Student's law with 4 degrees of freedom, as passes of a robust solve: the curve for a given scale is a fit with the loss
// "cauchy" at twice the scale, since (nu + 1) / 2 log(1 + r^2 / (nu s^2)) is its cost but for a factor; the scale follows from the
// weights of its residuals, until it settles (Lange, Little and Taylor, J. Am. Stat. Assoc. 84 (1989) 881, section 3; the mean is over the
// weights, which sum up to m at the answer: Kent, Tyler and Vardi, Commun. Stat. 23 (1994) 441, which needs fewer turns).

import type { Passes } from "../least-squares/robust.js";

export const NU = 4;
/** sqrt(NU): the scale of the loss over that of the law. */
export const CAUCHY_SCALE = 2;
const MOST_PASSES = 200;
const SETTLED = 1e-9;

/** Pass number k, in place of lossPass: first softL1 with its scale from the start, then "cauchy", its scale renewed. */
export const studentPass: Passes = (k, _, solve) => {
  if (k === 0) return { loss: "softL1", fromStart: true, last: false };
  const r = solve.best.view;
  const before = k === 1 ? r.map(Math.abs).sort()[r.length >> 1]! : solve.lossScale / CAUCHY_SCALE;
  let [sum, mass] = [0, 0];
  for (const v of r) {
    const weight = (NU + 1) / (NU + (v / before) * (v / before));
    sum += weight * v * v;
    mass += weight;
  }
  const s = Math.sqrt(sum / mass);
  if (!(s > 0) || (k > 1 && Math.abs(s - before) <= SETTLED * s)) return null;
  solve.lossScale = CAUCHY_SCALE * s;
  if (k > MOST_PASSES) return undefined;
  return { loss: "cauchy", fromStart: false, last: false };
};
