// The tables of proximal operators and projections: prox.l1(0.5).prox(v, t), project.simplex().project(v).

import * as operators from "./operators.js";
import * as projections from "./projections.js";

/**
 * Convex functions by their proximal operators, prox_{t g}(v) = argmin_x g(x) + |x - v|^2 / (2t). Each is a function of its weight that
 * gives `{ name, value(x), prox(v, t?, out?) }`.
 *
 * @example
 * prox.l1(1).prox([3, -0.5]); // [2, 0]
 */
export const prox = Object.freeze({
  zero: operators.zero,
  l1: operators.l1,
  l2: operators.l2,
  linf: operators.linf,
  squared: operators.squared,
  elastic: operators.elastic,
  groupL2: operators.groupL2,
  totalVariation: operators.totalVariation,
  nuclear: operators.nuclear,
});

/**
 * Projections on convex sets; each is also the proximal operator of its set.
 *
 * @example
 * project.simplex().project([1, 1]); // [0.5, 0.5]
 */
export const project = Object.freeze({
  box: projections.box,
  nonnegative: projections.nonnegative,
  simplex: projections.simplex,
  l1Ball: projections.l1Ball,
  l2Ball: projections.l2Ball,
  linfBall: projections.linfBall,
  secondOrderCone: projections.secondOrderCone,
  halfspace: projections.halfspace,
  affine: projections.affine,
});
