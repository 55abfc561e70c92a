// The room `sampling`: transitions of compiled densities without leaving the core, and random numbers.

export { normals } from "./random";
export { together } from "./together";
export { transitions } from "./transitions";
