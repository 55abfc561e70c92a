// Every test file leaves the default runtime as it found it: no block is left behind.
import { afterAll, expect } from "vitest";
import { defaultRuntime } from "../src/runtime/default.js";

afterAll(() => {
  expect(defaultRuntime().memory.handles()).toEqual([]);
  expect(defaultRuntime().memory.used).toBe(0);
});
