// Room `convex`: the dual active-set method.

export { dualBegin, dualPivot, dualSolve } from "./dual";
