// What factorisations, systems, spectra and products give, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("linalg");
await comparePaths("linalg-sparse");
