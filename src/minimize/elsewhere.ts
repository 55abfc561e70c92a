// Names of other libraries (SciPy, NLopt, Optim.jl, MATLAB): methods and options of theirs, and what here does the same.
// A hint in words where another function does it.

import type { Elsewhere } from "../runtime/options.js";

const constrained = "minimizeConstrained does it";
const global = "minimizeGlobal does it";
const sums = "leastSquares does it";
/** What other libraries call them, and what here does what they do. */
export const methodsElsewhere: Elsewhere = {
  lbfgsb: "lbfgs",
  cg: "nonlinearCG",
  simplex: "nelderMead",
  powell: "nelderMead",
  dogleg: "trustRegion",
  trustncg: "trustRegion",
  slsqp: constrained,
  sqp: constrained,
  trustconstr: constrained,
  cobyla: constrained,
  cmaes: global,
  differentialevolution: global,
  dualannealing: global,
  leastsq: sums,
  lm: sums,
};
const withTheFunction = "derivatives go with the function: minimize({ fun, grad }, x0)";
const withConstraints = "minimizeConstrained takes constraints";
const box = "bounds: { lower, upper }";
/** Options of other libraries, and where they stand here. */
export const optionsElsewhere: Elsewhere = {
  ...Object.fromEntries(
    "fun,funGrad,grad,gradient,jac,jacobian,hess,hessian,hessVec"
      .split(",")
      .map((name) => [name, withTheFunction]),
  ),
  linear: withConstraints,
  equality: withConstraints,
  inequality: withConstraints,
  constraints: withConstraints,
  lower: box,
  upper: box,
  lb: box,
  ub: box,
  args: "write x => f(x, ...args)",
  ...Object.fromEntries(
    "lr,learningrate,weightdecay"
      .split(",")
      .map((name) => [name, "it is the rule's: method: adam({ lr: 1e-3 })"]),
  ),
  momentum: "it is sgd's: method: sgd({ lr: 1e-3, momentum: 0.9 })",
};
