// The room `sampling`: transitions of compiled densities without leaving the core, and random numbers.

export { hmcTransition } from "./hmc";
export { nutsTransition } from "./nuts";
export { normals } from "./random";
