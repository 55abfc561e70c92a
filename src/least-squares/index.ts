// The entry downhill/least-squares: curveFit and leastSquares for models and residuals in JavaScript, without the compiler of
// text models. `import { curveFit } from "downhill"` has both.

export type { Bounds } from "../driver/bounds.js";
export type { ReportOptions } from "../driver/report.js";
export type { Iteration, Limits, Termination, Tolerances, Warning, WarningCode } from "../driver/types.js";
export type { SparsePattern } from "../linalg/sparse-pattern.js";
export { DownhillError, type ErrorCode } from "../runtime/errors.js";
export { checkJacobian, type JacobianCheck } from "./check-jacobian.js";
export {
  type BlockX,
  type CurveFitIterator,
  type CurveFitOptions,
  curveFit,
  curveFitAsync,
  type IterateCurveFitOptions,
  iterateCurveFit,
  type ModelX,
  type PointX,
} from "./curve-fit.js";
export type { Band, BandOptions, FitAnswer, FitFields, FitParam, FitResult, FitX } from "./fit-result.js";
export type { Calibrated, CalibrateOptions, FitSet } from "./fit-set.js";
export {
  type LeastSquaresOptions,
  leastSquares,
  leastSquaresAsync,
} from "./least-squares.js";
export type { AnyModel, BlockModel, Done, PointModel, PredictorColumns } from "./model.js";
export type { ParamSpec, TiedSpec } from "./parameters.js";
export type { LeastSquaresAnswer, LeastSquaresFields, LeastSquaresResult } from "./result.js";
export {
  dogleg,
  gaussNewton,
  type LeastSquaresMethod,
  type LeastSquaresMethodName,
  type LeastSquaresSettings,
  type LossName,
  levenberg,
  levenbergMarquardt,
  lossNames,
  methodNames,
  type TrustRegionOptions,
} from "./settings.js";
