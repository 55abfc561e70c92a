// What every method and loss of least squares does on its way, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

for (const room of ["least-squares", "least-squares-checks"]) await comparePaths(room);
