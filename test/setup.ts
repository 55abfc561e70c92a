// Every test file leaves the default runtime as it found it: no block is left behind. What CI says of a commit depends on
// the commit alone: the seeds of properties are fixed there, and everywhere else new with every run.
import fc from "fast-check";
import { afterAll, expect } from "vitest";
import { defaultRuntime } from "../src/runtime/default.js";

const seed = process.env.DOWNHILL_SEED ?? (process.env.CI ? 20261130 : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });

afterAll(() => {
  expect(defaultRuntime().memory.handles()).toEqual([]);
  expect(defaultRuntime().memory.used).toBe(0);
});
