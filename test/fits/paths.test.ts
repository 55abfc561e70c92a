// What is made of fits, and fits of their own kinds, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

for (const room of ["fits", "fits-own"]) await comparePaths(room);
