// What every seed draws, to the bit; CONTRIBUTING says when it may change.
import { mulHigh, philox } from "../../src/random/block.js";
import { ln, normalTail } from "../../src/random/laws.js";
import { SOBOL_VARIABLES, Sobol } from "../../src/random/sobol.js";
import { comparePaths } from "../paths/record.js";

await comparePaths("random");
await comparePaths("random-laws", { mulHigh, philox, ln, normalTail, Sobol, SOBOL_VARIABLES });
