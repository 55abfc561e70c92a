// What every method does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("minimize");
await comparePaths("minimize-sweep");
