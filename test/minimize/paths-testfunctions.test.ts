// The test functions at points, to the bit; CONTRIBUTING says when they may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("testfunctions");
