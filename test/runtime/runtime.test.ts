import { expect, test } from "vitest";
import { loadSync } from "../../src/index.js";

test("a vector holds its values until it is disposed", () => {
  const runtime = loadSync({ memoryBytes: 65536 });
  const v = runtime.f64([1, 2, 3]);
  expect([...v.data]).toEqual([1, 2, 3]);
  v.dispose();
  v.dispose();
  expect(() => v.data).toThrow(expect.objectContaining({ code: "DISPOSED" }));
  expect(runtime.memory.used).toBe(0);
});
