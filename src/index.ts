// The public names of downhill, listed.

export type { Bounds } from "./driver/bounds.js";
export type { ReportOptions } from "./driver/report.js";
export type { Iteration, Limits, Termination, Warning, WarningCode } from "./driver/types.js";
export { checkJacobian, type JacobianCheck } from "./least-squares/check-jacobian.js";
export { type CurveFitOptions, curveFit, curveFitAsync, type ModelX } from "./least-squares/curve-fit.js";
export type { Band, BandOptions, FitFields, FitParam, FitResult, FitX } from "./least-squares/fit-result.js";
export {
  type LeastSquaresOptions,
  type LeastSquaresResult,
  leastSquares,
  leastSquaresAsync,
} from "./least-squares/least-squares.js";
export type { BlockModel, PointModel, PredictorColumns } from "./least-squares/model.js";
export type { ParamSpec } from "./least-squares/parameters.js";
export {
  dogleg,
  gaussNewton,
  type LeastSquaresMethod,
  type LeastSquaresMethodName,
  type LeastSquaresSettings,
  type LossName,
  levenberg,
  levenbergMarquardt,
  type TrustRegionOptions,
} from "./least-squares/settings.js";
export { type LstsqOptions, type LstsqResult, lstsq } from "./linalg/lstsq.js";
export {
  type Matrix,
  type MatrixLike,
  matrix,
  type NdArrayLike,
  type Precision,
  type Real,
} from "./linalg/matrix.js";
export { type MatmulOptions, matmul, type NormKind, norm, toArray, transpose } from "./linalg/product.js";
export { configure, type LoadSource, load, loadSync } from "./runtime/default.js";
export { DownhillError, type ErrorCode, type ErrorExtras } from "./runtime/errors.js";
export type { Variant } from "./runtime/rooms.js";
export type { Runtime, RuntimeOptions } from "./runtime/runtime.js";
export type { Vec } from "./runtime/vec.js";
