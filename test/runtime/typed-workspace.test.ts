// The names of a workspace's vectors are part of its type: tsc refuses this file where a misspelt one is no error.
import { expect, test } from "vitest";
import { takeWorkspace } from "../../src/runtime/default.js";

test("a misspelt vector is an error of the compiler, a right one needs no cast", () => {
  const workspace = takeWorkspace(undefined, { key: "typed", f64: { x: 3, step: 1 }, i32: { order: 3 } });
  try {
    const { at, f64, i32 } = workspace;
    const [x, step, order]: [number, Float64Array, Int32Array] = [at.x, f64.step, i32.order];
    expect([x, step.length, order.byteOffset]).toEqual([f64.x.byteOffset, 1, at.order]);
    // @ts-expect-error
    expect(at.y).toBeUndefined();
    // @ts-expect-error
    expect(f64.stpe).toBeUndefined();
    // @ts-expect-error: it holds integers
    expect(f64.order).toBeUndefined();
  } finally {
    workspace.release();
  }
});
