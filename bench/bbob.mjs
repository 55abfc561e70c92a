// A method of minimizeGlobal as a scorer of the BBOB functions takes it, (f, bounds, { maxEvaluations, seed }): METHOD names it, by default cmaes.
import { minimizeGlobal as search } from "../dist/index.js";

const method = process.env.METHOD ?? "cmaes";
export const minimizeGlobal = (f, bounds, options) => search(f, bounds, { method, ...options });
