// What every first-order rule does step by step, to the bit; CONTRIBUTING says when it may change.
import { comparePaths } from "../paths/record.js";

await comparePaths("first-order");
await comparePaths("first-order-schedules");
await comparePaths("first-order-refused");
