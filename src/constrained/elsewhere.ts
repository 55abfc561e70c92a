// Names of other libraries (scipy.optimize.linprog, quadprog, CVXOPT, OSQP, lpsolve) for the parts of a convex program.
// A hint in words where it is written otherwise here.

import type { Elsewhere } from "../runtime/options.js";

const negated = 'a program is minimised: negate the objective, or use model("max ...")';
const equal = "equal rows have the same l and u";
/** Of scipy.optimize.linprog, quadprog, CVXOPT, OSQP. */
export const quadraticElsewhere: Elsewhere = {
  Q: "P",
  H: "P",
  f: "q",
  c: "q",
  G: "A",
  aub: "A",
  aeq: `A: ${equal}`,
  beq: `l and u: ${equal}`,
  bub: "u",
  b: "u",
  h: "u",
  bounds: "bounds of x are lower and upper",
  maximize: negated,
  optype: negated,
};
/** Methods of scipy.optimize.linprog, glpk, OSQP, quadprog, and options that belong to the program. */
export const methodsElsewhere: Elsewhere = {
  highs: "simplex",
  highsds: "simplex",
  highsipm: "interiorPoint",
  dualsimplex: "simplex",
  revisedsimplex: "simplex",
  glpk: "simplex",
  activeset: "activeSet",
  osqp: "admm",
  quadprog: "activeSet",
  ipm: "interiorPoint",
  barrier: "interiorPoint",
};
export const settingsElsewhere: Elsewhere = { maximize: negated, sense: negated };
export const linearElsewhere: Elsewhere = {
  ...quadraticElsewhere,
  q: "c",
  f: "c",
  objective: "c",
  integrality: "integer",
  P: "a program with P and q is quadratic: solveQP",
  H: "u",
};
