// checkJacobian: finds one wrong entry among right ones and names it, and takes rounding for what it is.
import { describe, expect, test } from "vitest";
import { blockModel, nistModels } from "../../demo/nist-models.js";
import { checkJacobian, DownhillError } from "../../src/index.js";
import { nonlinear, startsOf } from "./nist-runs.js";

type Fill = (p: Float64Array, out: Float64Array) => void;

function problemOf(name: string): {
  m: number;
  n: number;
  residuals: Fill;
  jacobian: Fill;
  starts: number[][];
} {
  const problem = nonlinear.find((one) => one.name === name);
  if (!problem) throw new RangeError(name);
  const { m, n, y } = problem;
  const x = Float64Array.from(problem.x as number[]);
  const model = blockModel(name, n);
  return {
    m,
    n,
    starts: [...startsOf(problem), problem.certified],
    residuals: (p, out) => {
      model.evaluate(x, p, out);
      for (let i = 0; i < m; i++) out[i] = (out[i] as number) - (y[i] as number);
    },
    jacobian: (p, out) => {
      model.jacobian(x, p, out);
    },
  };
}

test("accepts the Jacobians of the NIST models at both starts and at the certified values", () => {
  for (const name of nistModels) {
    const { residuals, jacobian, m, starts } = problemOf(name);
    for (const at of starts) {
      const check = checkJacobian(residuals, jacobian, m, at);
      expect(`${name}: ${check.message}`).toContain("agrees with differences");
      expect(check.ok).toBe(true);
      expect(check.worst.error).toBeLessThanOrEqual(1e-5);
    }
  }
});

test("finds a single wrong entry, wherever it is, and names it with both values", () => {
  const { residuals, jacobian, m, n, starts } = problemOf("Misra1a");
  const [at] = starts as [number[]];
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      for (const factor of [-1, 0, 1.001, 2, NaN, Infinity]) {
        const check = checkJacobian(
          residuals,
          (p, out) => {
            jacobian(p, out);
            out[row * n + column] = (out[row * n + column] as number) * factor;
          },
          m,
          at,
        );
        expect(check.ok).toBe(false);
        expect([check.worst.row, check.worst.column]).toEqual([row, column]);
        expect(check.message).toContain(`d residual[${row}] / d p[${column}]`);
        expect(check.message).toContain(String(check.worst.expected));
      }
    }
  }
});

test("finds a transposed Jacobian and one with an entry left out", () => {
  const residuals: Fill = (p, out) => {
    const [a, b] = p as unknown as [number, number];
    out.set([a * b, a + 3 * b, a * a]);
  };
  const right: Fill = (p, out) => out.set([p[1]!, p[0]!, 1, 3, 2 * p[0]!, 0]);
  const byColumns: Fill = (p, out) => out.set([p[1]!, 1, 2 * p[0]!, p[0]!, 3, 0]);
  expect(checkJacobian(residuals, right, 3, [2, 5]).ok).toBe(true);
  expect(checkJacobian(residuals, byColumns, 3, [2, 5]).ok).toBe(false);
  const partly: Fill = (p, out) => out.set([p[1]!, p[0]!, 1, 3, 2 * p[0]!]);
  const check = checkJacobian(residuals, partly, 3, [2, 5]);
  expect(check.ok).toBe(false);
  expect([check.worst.row, check.worst.column]).toEqual([2, 1]);
});

test("tells a rounding error of the residuals from a wrong entry", () => {
  // The second column is 1e-9 of the data: differences know it to a few digits only.
  const residuals: Fill = (p, out) => out.set([1e6 + p[0]! + 1e-3 * p[1]!, p[0]!]);
  const right: Fill = (_, out) => out.set([1, 1e-3, 1, 0]);
  expect(checkJacobian(residuals, right, 2, [1, 1]).message).toContain("agrees");
  const wrong: Fill = (_, out) => out.set([1, 2e-3, 1, 0]);
  expect(checkJacobian(residuals, wrong, 2, [1, 1]).ok).toBe(false);
});

test("the tolerance decides; callbacks cannot spoil the point; bad input is refused with its code", () => {
  const residuals: Fill = (p, out) => {
    out[0] = p[0]! * p[0]!;
    p.fill(99);
  };
  const jacobian: Fill = (p, out) => {
    out[0] = 2.0001 * p[0]!;
    p.fill(99);
  };
  expect(checkJacobian(residuals, jacobian, 1, [3]).ok).toBe(false);
  expect(checkJacobian(residuals, jacobian, 1, [3], { tolerance: 1e-3 }).ok).toBe(true);
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return error instanceof DownhillError ? error.code : String(error);
    }
    return "nothing thrown";
  };
  expect(code(() => checkJacobian(residuals, jacobian, 1, [NaN]))).toBe("NON_FINITE_INPUT");
  expect(code(() => checkJacobian(residuals, jacobian, 0, [1]))).toBe("OPTION");
  expect(code(() => checkJacobian(residuals, jacobian, 1, [1], { tol: 1 } as object))).toBe("OPTION");
  expect(code(() => checkJacobian((_, out) => out.fill(NaN), jacobian, 1, [1]))).toBe("CALLBACK_RESULT");
  expect(code(() => checkJacobian(null as never, jacobian, 1, [1]))).toBe("OPTION");
  expect(code(() => checkJacobian(residuals, undefined as never, 1, [1]))).toBe("OPTION");
});

describe("checkJacobian does not approve of", () => {
  test("differences that are not finite", () => {
    const root = (p: Float64Array, out: Float64Array) => out.fill(p[0] === 0 ? 0 : NaN);
    const check = checkJacobian(root, (_, out) => out.fill(77), 2, [0]);
    expect(check.ok).toBe(false);
    expect(check.message).toContain("differences give NaN");
  });

  test("residuals that are not filled, returned, or promised", () => {
    const jacobian = (_: Float64Array, out: Float64Array) => out.fill(0);
    const bad = [
      () => undefined,
      (p: Float64Array) => [p[0]],
      async (p: Float64Array, out: Float64Array) => out.set(p),
    ];
    for (const residuals of bad) {
      expect(() => checkJacobian(residuals, jacobian, 1, [1])).toThrow(
        expect.objectContaining({ code: "CALLBACK_RESULT" }),
      );
    }
    const identity = (p: Float64Array, out: Float64Array) => out.set(p);
    expect(() => checkJacobian(identity, () => [1], 1, [1])).toThrow(
      expect.objectContaining({ code: "CALLBACK_RESULT" }),
    );
    expect(() => checkJacobian(identity, async () => {}, 1, [1])).toThrow(
      expect.objectContaining({ code: "CALLBACK_RESULT" }),
    );
  });

  test("no residuals or no parameters at all", () => {
    const nothing = () => undefined;
    expect(() => checkJacobian(nothing, nothing, undefined as unknown as number, [1])).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
    expect(() => checkJacobian(nothing, nothing, 1, [])).toThrow(expect.objectContaining({ code: "SHAPE" }));
  });
});

test("what lies within the error of differences is not called exact", () => {
  const residuals = (p: ArrayLike<number>, out: Float64Array) => {
    out[0] = Math.exp(p[0]!);
  };
  const jacobian = (p: ArrayLike<number>, out: Float64Array) => {
    out[0] = Math.exp(p[0]!);
  };
  const check = checkJacobian(residuals, jacobian, 1, [1]);
  expect(check.message).toMatch(
    /^the Jacobian agrees with differences within their own error, \d\.\de-\d+ of the largest entry$/,
  );
});
