// Room `stats`: elementary functions and the laws of fit statistics, in double precision.

export { atan, exp, log, log1p } from "./elementary";
export { logGamma } from "./gamma";
export {
  chiSquareCdf, chiSquareQuantile, chiSquareUpper, fCdf, fQuantile, fUpper,
  normalCdf, normalQuantile, studentTCdf, studentTQuantile,
} from "./distributions";
