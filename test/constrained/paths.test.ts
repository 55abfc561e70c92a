// What every solver of constrained problems does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("constrained-convex");
await comparePaths("constrained-nonlinear");
await comparePaths("constrained-proximal");
await comparePaths("constrained-texts");
