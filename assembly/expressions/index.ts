// The room `expressions`: residuals of compiled models, the whole iteration of a fit, many fits in one call.

export { fitBatch } from "./batch";
export { fit } from "./loop";
export { modelJacobian, modelResiduals } from "./model";
