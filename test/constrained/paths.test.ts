// What every solver of constrained problems does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("constrained-methods");
await comparePaths("constrained-options");
await comparePaths("constrained-nonlinear");
await comparePaths("constrained-nonlinear-options");
await comparePaths("constrained-nonlinear-rare");
await comparePaths("constrained-proximal");
await comparePaths("constrained-regression");
await comparePaths("constrained-texts");
await comparePaths("constrained-files");
await comparePaths("constrained-rare");
