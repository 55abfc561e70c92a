// What every iterative solver does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("iterative");
await comparePaths("iterative-ends");
