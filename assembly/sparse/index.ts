// The room `ldl`: L D L' of sparse symmetric matrices, doubles: ordering, symbolic analysis once, numbers as often as wanted.

export { amd, amdLists, amdWork } from "./amd";
export { factor, negativePivots, solve, symmetricResidual } from "./multifrontal";
export { layout } from "./structure";
export { columnCounts, eliminationTree, neighbours, postorder, supernodes } from "./tree";
