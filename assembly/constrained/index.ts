// Room `convex`: the dual active-set method; total variation of pictures.

export { dualBegin, dualPivot, dualSolve } from "./dual";
export { tvAscend, tvMeasure, tvPicture } from "./variation";
