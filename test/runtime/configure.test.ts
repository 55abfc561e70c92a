// The order of these tests matters: the default runtime is used for the first time in the third.
import { afterAll, expect, test } from "vitest";
import { configure, leastSquares } from "../../src/index.js";
import { defaultRuntime, takeWorkspace } from "../../src/runtime/default.js";

const solve = () => leastSquares((p, out) => out.set([(p[0] as number) - 1, 0]), 2, [5]);

afterAll(() => {
  // The rest of this file's checks runs in a default runtime of the usual kind.
  defaultRuntime().dispose();
});

test("what configure cannot accept is OPTION at once, not at the first solve", () => {
  const wrong: [object, string][] = [
    [{ variant: "fast" }, 'configure: variant must be one of simd, relaxed, auto, got "fast"'],
    [{ memoryByte: 1 }, 'configure: unknown option "memoryByte" (did you mean "memoryBytes"?)'],
    [{ memoryBytes: 0.5 }, "configure: memoryBytes must be an integer"],
  ];
  for (const [options, message] of wrong) {
    expect(() => configure(options)).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining(message) }),
    );
  }
});

test("options add up before the first use", () => {
  const own = { memoryBytes: 8 * 65536 };
  configure(own);
  own.memoryBytes = 1;
  configure({ debug: true });
});

test("the first solve makes the default runtime with them", () => {
  expect(solve().success).toBe(true);
  expect(defaultRuntime().memory.capacity).toBe(8 * 65536 - 1024);
  expect(defaultRuntime().debug).toBe(true);
  expect(defaultRuntime()).toBe(defaultRuntime());
});

test("afterwards configure is OPTION, and the runtime as it was", () => {
  const runtime = defaultRuntime();
  expect(() => configure({ memoryBytes: 65536 })).toThrow(
    expect.objectContaining({ code: "OPTION", message: expect.stringContaining("already in use") }),
  );
  expect(defaultRuntime()).toBe(runtime);
});

test("a problem too large for it gets a runtime with the same options", () => {
  const w = takeWorkspace(undefined, { key: "large", f64: { x: 100_000 } });
  expect(w.runtime.debug).toBe(true);
  expect(w.f64.x?.every(Number.isNaN)).toBe(true);
  w.release();
});
