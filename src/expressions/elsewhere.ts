// What SciPy, lmfit, ODRPACK, MATLAB and ml-levenberg-marquardt call the options of a fit, beside what every room is asked for.

import type { Elsewhere } from "../runtime/options.js";

const bounds = "bounds go with params: { a: { init: 1, min: 0 } }";

export const optionsElsewhere: Elsewhere = {
  beta0: "params",
  weight: "weights",
  dy: "sigma",
  sy: "sigma",
  xerr: "sigmaX",
  dx: "sigmaX",
  sx: "sigmaX",
  epsfcn: "differenceStep",
  gradientdifference: "differenceStep",
  errortolerance: "funTol",
  jac: "model.jacobian",
  jacobian: "model.jacobian",
  nanpolicy: 'missing: "drop" leaves gaps out',
  lb: bounds,
  ub: bounds,
  minvalues: bounds,
  maxvalues: bounds,
};
