// An error of ours points at the line of the caller, not at one of ours.

import { expect, test } from "vitest";
import {
  curveFit,
  DownhillError,
  dense,
  minimize,
  network,
  optimizer,
  sgd,
  solve,
  type DownhillError as Thrown,
} from "../../src/index.js";

function errorOf(call: () => unknown): Thrown {
  try {
    call();
  } catch (error) {
    if (error instanceof DownhillError) return error;
  }
  throw new Error("it was to throw a DownhillError");
}

const firstFrame = (error: Error): string => error.stack!.split("\n").find((line) => /^ +at /.test(line))!;

test("a stack begins at the caller of the public function", () => {
  const calls: (() => unknown)[] = [
    function wrongKey() {
      return curveFit({ modle: 1 } as never);
    },
    function wrongValue() {
      return minimize(3 as never, [1]);
    },
    function deepInside() {
      return minimize(() => "x" as never, [1]);
    },
    function singular() {
      return solve(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 1],
      );
    },
  ];
  for (const call of calls) {
    const error = errorOf(call);
    expect(firstFrame(error)).toContain(call.name);
    expect(firstFrame(error)).toContain("stacks.test");
    expect(error.stack).toContain(error.message.split("\n")[0]);
  }
});

test("methods too, and the depth that the host asks for stays", () => {
  const net = network({ inputs: 2, layers: [dense(1)], loss: "mse", seed: 1 });
  const before = Error.stackTraceLimit;
  function trains() {
    net.fit([[1]], [[1]]);
  }
  expect(firstFrame(errorOf(trains))).toContain("trains");
  expect(Error.stackTraceLimit).toBe(before);
  Error.stackTraceLimit = 2;
  try {
    const { stack } = errorOf(trains);
    expect(stack!.split("\n").filter((line) => /^ +at /.test(line)).length).toBe(2);
    Error.stackTraceLimit = 0;
    expect(errorOf(trains).stack).not.toMatch(/^ +at /m);
  } finally {
    Error.stackTraceLimit = before;
    net.dispose();
  }
  const own = optimizer([1, 2], sgd({ lr: 0.1 }));
  expect(errorOf(() => own.restore("no" as never)).message).toContain("restore");
  own.dispose();
});
