// What every sampler does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("sampling");
await comparePaths("sampling-made");
await comparePaths("sampling-texts");
await comparePaths("sampling-fits");
await comparePaths("sampling-rare");
await comparePaths("sampling-far");
