// What other programs call the options of what is done with fits.

import { weightsElsewhere } from "../least-squares/elsewhere.js";
import type { Elsewhere } from "../runtime/options.js";

/** What SciPy, deSolve and MATLAB call these options. */
export const odeElsewhere: Elsewhere = {
  rhs: "derivatives",
  f: "derivatives",
  fun: "derivatives",
  equations: "derivatives",
  odes: "derivatives",
  states: "variables",
  y0: "initial",
  x0: "initial",
  init: "initial",
  initialconditions: "initial",
  initialvalues: "initial",
  output: "observe",
  t: "time",
  t0: "from",
  tspan: "the times of the data are x of the fit; from says where initial holds",
  teval: "the times of the data are x of the fit; from says where initial holds",
  reltol: "tolerance",
  abstol: "tolerance",
  hmax: "maxStep",
  parameters: "params",
  p: "params",
};

const searched = "peaks are found by the BIC: count, or maxCount, says how many";
/** What peak finders call the options of fitPeaks, or ask for. */
export const peaksElsewhere: Elsewhere = {
  n: "count",
  npeaks: "count",
  peaks: "count",
  maxpeaks: "maxCount",
  model: "shape",
  profile: "shape",
  lineshape: "shape",
  function: "shape",
  background: "baseline",
  ci: "level",
  ...weightsElsewhere,
  height: searched,
  prominence: searched,
  threshold: searched,
  distance: searched,
  width: searched,
  params: "fitPeaks finds its starts; curveFit takes a model and params",
};
