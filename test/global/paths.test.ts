// What every global search does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("global");
await comparePaths("global-options");
await comparePaths("global-variables");
await comparePaths("global-constraints");
await comparePaths("global-asked");
