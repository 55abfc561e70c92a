// The room `sampling`: transitions of compiled densities without leaving the core, and random numbers.

export { normals } from "./stream";
export { transitions } from "./transitions";
