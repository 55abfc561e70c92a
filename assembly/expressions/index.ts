// The room `expressions`: residuals of compiled models, the whole iteration of a fit.

export { differentiate, fit, weighAll } from "./loop";
export { modelJacobian, modelNormal, modelResiduals } from "./model";
