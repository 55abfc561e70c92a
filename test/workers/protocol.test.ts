// What goes wrong in a thread arrives as it was thrown there: code, message, hint and details.

import { expect, test, vi } from "vitest";
import { DownhillError, minimize } from "../../src/index.js";
import { describeError, remakeError } from "../../src/workers/protocol.js";
import { Thread } from "../../src/workers/thread.js";

test("an error of ours with a hint, one without, and one of somebody else", () => {
  let refused: unknown;
  try {
    minimize(([x]: ArrayLike<number> & Iterable<number>) => x! * x!, [1], { maxIteration: 3 } as never);
  } catch (error) {
    refused = error;
  }
  const plain = new DownhillError("SHAPE", "solve: b has length 2, A has 3 rows", { details: { length: 2 } });
  for (const error of [refused, plain] as DownhillError[]) {
    const again = remakeError(structuredClone(describeError(error))) as DownhillError;
    expect(again).toBeInstanceOf(DownhillError);
    expect([again.code, again.message, again.hint ?? ""]).toEqual([
      error.code,
      error.message,
      error.hint ?? "",
    ]);
    expect(again.details).toMatchObject(error === plain ? { length: 2 } : {});
  }
  expect((refused as DownhillError).hint).toMatch(/maxIterations/);
  expect(remakeError(describeError(new Error("mine")))).toEqual(new Error("mine"));
  expect(remakeError(describeError("text")).message).toBe("text");
});

test("a thread that says nothing for half a minute is ended, and that is said", () => {
  vi.useFakeTimers();
  try {
    const [lost, terminate] = [vi.fn(), vi.fn()];
    new Thread({ postMessage() {}, terminate, addEventListener() {} } as never, { reply() {}, lost });
    vi.advanceTimersByTime(29_999);
    expect(lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(terminate).toHaveBeenCalledOnce();
    expect(lost.mock.calls[0]![0].message).toBe("it has not answered for 30 s");
  } finally {
    vi.useRealTimers();
  }
});
