// The room `expressions`: residuals of compiled models, the whole iteration of a fit.

export { fit } from "./fit";
export { modelJacobian, modelNormal, modelResiduals } from "./model";
