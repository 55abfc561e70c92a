// So many hostile calls of every public function: none may break what check.ts states. `npm run fuzz` makes millions.
import { expect, it } from "vitest";
import * as api from "../../src/index.js";
import { calls, left, names } from "./calls.js";
import { fuzzCall } from "./check.js";

const SEED = 12;
const CALLS = 2000;

it(`${CALLS} hostile calls break nothing`, async () => {
  const problems: string[] = [];
  for (let index = 0; index < CALLS; index++) {
    const problem = await fuzzCall(SEED, index);
    if (problem) problems.push(`call ${index}: ${problem}`);
  }
  expect(problems).toEqual([]);
});

it("every public function is called, and what is left out exists", () => {
  for (const name of left) expect(api).toHaveProperty(name);
  for (const name of Object.keys(calls)) expect(names).toContain(name);
  const all = Object.entries(api).filter(([name, f]) => typeof f === "function" && !left.has(name));
  for (const [name] of all) expect(names).toContain(name);
});
