// The room `global`: random numbers, CMA-ES and the moves of populations. Doubles only.

export { cmaDecompose, cmaPenalties, cmaPoints, cmaSteps, cmaUpdate } from "./cma";
export { moveEnd, moveFamily, moveFrom, moveWidth } from "./moves";
export { moveMutants } from "./mutants";
export { normals, uniforms } from "./random";
