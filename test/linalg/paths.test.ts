// What factorisations, systems, spectra and products give, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("linalg");
await comparePaths("linalg-systems");
await comparePaths("linalg-refused");
await comparePaths("linalg-sparse");
