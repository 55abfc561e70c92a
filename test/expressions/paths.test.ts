// What curveFit and its kin come to, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

for (const room of [
  "expressions",
  "expressions-asked",
  "expressions-search",
  "expressions-many",
  "expressions-refused",
])
  await comparePaths(room);
