// What texts evaluate to and how they are written, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

for (const room of ["models", "models-refused", "models-vectors"]) await comparePaths(room);
