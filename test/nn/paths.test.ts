// What networks compute and how trainings go, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("nn");
await comparePaths("nn-refused");
await comparePaths("nn-training");
