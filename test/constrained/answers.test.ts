// What an answer says: signs of multipliers, residuals that hold when recomputed, how runs end, and bad input.
import { describe, expect, test } from "vitest";
import {
  augmentedLagrangian,
  type ConstrainedOptions,
  DownhillError,
  interiorPoint,
  minimizeConstrained,
  minimizeConstrainedAsync,
  sqp,
} from "../../src/index.js";

const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);

describe.each(methods)("%s: multipliers", (method) => {
  test("of an equality: df/db where c(x) = b", () => {
    // min x^2 + y^2, x + y = 2: x = y = 1, grad f = lambda grad c gives 2.
    const r = minimizeConstrained((x) => x[0]! * x[0]! + x[1]! * x[1]!, [3, 0], {
      equality: [(x) => x[0]! + x[1]! - 2],
      method,
    });
    expect(r.multipliers.equality[0]).toBeCloseTo(2, 5);
    expect(r.multipliers.equality.length + r.multipliers.inequality.length).toBe(1);
  });

  test("of an inequality: >= 0, and 0 where it does not bind", () => {
    const r = minimizeConstrained((x) => x[0]! + x[1]!, [0.5, 0.5], {
      inequality: [(x) => 2 - x[0]! * x[0]! - x[1]! * x[1]!, (x) => x[0]! + 100],
      method,
    });
    expect(Array.from(r.x)).toEqual([expect.closeTo(-1, 5), expect.closeTo(-1, 5)]);
    expect(r.multipliers.inequality[0]).toBeCloseTo(0.5, 5);
    expect(r.multipliers.inequality[1]).toBeCloseTo(0, 5);
    expect(r.active.inequality).toEqual([0]);
  });

  test("of bounds and of linear rows, with the side in the sign", () => {
    // min -x - y + z - w: x at its upper bound 1, z at its lower -2; 3 >= y (upper side, -1), w - y >= -1 ...
    const r = minimizeConstrained((x) => -x[0]! - x[1]! + x[2]! + (x[3]! - 1) * (x[3]! - 1), [0, 0, 0, 0], {
      bounds: { lower: [-5, -5, -2, -5], upper: [1, 5, 5, 5] },
      linear: {
        A: [
          [0, 1, 0, 0],
          [0, 0, 0, 1],
        ],
        l: [-Infinity, 2],
        u: [3, Infinity],
      },
      method,
    });
    const { upper, lower, linear } = r.multipliers;
    expect(r.success).toBe(true);
    expect(upper[0]).toBeCloseTo(1, 5);
    expect(lower[2]).toBeCloseTo(1, 5);
    expect(linear[0]).toBeCloseTo(-1, 5);
    expect(linear[1]).toBeCloseTo(2, 5);
    expect(r.active.linear).toEqual([
      { row: 0, side: "upper" },
      { row: 1, side: "lower" },
    ]);
    expect(r.active.upper).toEqual([0]);
    expect(r.active.lower).toEqual([2]);
  });

  test("the residuals are those of the point", () => {
    const f = (x: ArrayLike<number>) => (x[0]! - 2) * (x[0]! - 2) + (x[1]! - 1) * (x[1]! - 1);
    const r = minimizeConstrained(f, [2, 2], {
      equality: [(x) => x[0]! - 2 * x[1]! + 1],
      inequality: [(x) => 1 - 0.25 * x[0]! * x[0]! - x[1]! * x[1]!],
      method,
    });
    const [x, y] = r.x as unknown as [number, number];
    const [e, i] = [r.multipliers.equality[0]!, r.multipliers.inequality[0]!];
    expect(f(r.x)).toBe(r.fun);
    expect(Math.abs(2 * (x - 2) - e + 0.5 * x * i)).toBeLessThan(1e-6);
    expect(Math.abs(2 * (y - 1) + 2 * e + 2 * y * i)).toBeLessThan(1e-6);
    expect(r.violation).toBeCloseTo(Math.max(0, Math.abs(x - 2 * y + 1), 0.25 * x * x + y * y - 1), 14);
    expect(r.kkt).toBeGreaterThanOrEqual(r.violation);
    // Wolfram's closed form: x = (sqrt 7 - 1) / 2, y = (sqrt 7 + 1) / 4.
    expect(x).toBeCloseTo((Math.sqrt(7) - 1) / 2, 7);
    expect(y).toBeCloseTo((Math.sqrt(7) + 1) / 4, 7);
  });
});

describe.each(methods)("%s: ends", (method) => {
  test.each<[string, ConstrainedOptions, number[]]>([
    ["equalities that contradict each other", { equality: [(x) => x[0]! - 1, (x) => x[0]! + 1] }, [3, 4]],
    [
      "a circle that the box does not reach",
      { equality: [(x) => x[0]! * x[0]! + x[1]! * x[1]! + 1] },
      [2, 1],
    ],
    [
      "linear rows against bounds",
      { linear: { A: [[1, 1]], l: 10 }, bounds: { lower: 0, upper: [3, 4] } },
      [1, 1],
    ],
  ])("infeasible: %s", (_, constraints, x0) => {
    const r = minimizeConstrained((x) => x[0]! + x[1]! * x[1]!, x0, { ...constraints, method });
    expect(`${r.status}/${r.reason}`).toBe("failed/infeasible");
    expect(r.success).toBe(false);
    expect(r.violation).toBeGreaterThan(0.5);
    expect(r.message).toContain("no feasible point");
  });

  test.each([
    [2, 1],
    [1, 1],
    [3, -2],
    [0.1, 5],
  ])("infeasible with exact derivatives, from (%d, %d)", (a, b) => {
    const r = minimizeConstrained((x) => x[0]! + x[1]! * x[1]!, [a, b], {
      equality: {
        count: 1,
        fun: (x, c) => {
          c[0] = x[0]! * x[0]! + x[1]! * x[1]! + 1;
        },
        jacobian: (x, J) => {
          J[0] = 2 * x[0]!;
          J[1] = 2 * x[1]!;
        },
      },
      method,
    });
    expect(`${r.status}/${r.reason}`).toBe("failed/infeasible");
    expect(Math.hypot(r.x[0]!, r.x[1]!)).toBeLessThan(1e-3);
  });

  test("a start beside a maximum of the violation is left", () => {
    const r = minimizeConstrained((x) => x[0]! + x[1]! * x[1]!, [1e-7, 1], {
      equality: [(x) => x[0]! * x[0]! - 1],
      method,
    });
    expect(r.violation).toBeLessThan(1e-6);
    expect(r.success).toBe(true);
  });

  test("dependent equalities that agree are no obstacle", () => {
    const r = minimizeConstrained((x) => x[0]! * x[0]! + 2 * x[1]! * x[1]!, [5, -3], {
      equality: [(x) => x[0]! + x[1]! - 3, (x) => 2 * x[0]! + 2 * x[1]! - 6],
      method,
    });
    expect(r.success).toBe(true);
    expect(Array.from(r.x)).toEqual([expect.closeTo(2, 5), expect.closeTo(1, 5)]);
  });

  test("fixed variables stay", () => {
    const r = minimizeConstrained((x) => (x[0]! - 3) * (x[0]! - 3) + x[0]! * x[1]!, [0, 7], {
      bounds: { lower: [-10, 1], upper: [10, 1] },
      method,
    });
    expect(r.success).toBe(true);
    expect(r.x[1]).toBe(1);
    expect(r.x[0]).toBeCloseTo(2.5, 6);
  });

  test("unbounded below is no convergence", () => {
    const r = minimizeConstrained((x) => -x[0]!, [1], { inequality: [(x) => x[0]!], method });
    expect(r.success).toBe(false);
    expect(["diverging", "nonFinite", "lineSearch", "stalled", "maxIterations"]).toContain(r.reason);
  });

  test("a start that is not finite", () => {
    const r = minimizeConstrained((x) => Math.sqrt(x[0]! - 5), [1], { method });
    expect(`${r.status}/${r.reason}`).toBe("failed/nonFinite");
    expect(r.message).toContain("at the start");
  });

  test("NaN at a trial shrinks the step", () => {
    const r = minimizeConstrained((x) => x[0]! - Math.log(x[0]!) * 2 + x[1]! * x[1]!, [0.1, 3], {
      inequality: [(x) => 9 - x[0]! * x[0]! - x[1]! * x[1]!],
      method,
    });
    expect(r.success).toBe(true);
    expect(r.x[0]).toBeCloseTo(2, 5);
  });

  test("flat to rounding at the start is no minimum", () => {
    const bump = {
      fun: (x: Float64Array) => 1 - Math.exp(-(x[0]! - 50) * (x[0]! - 50)),
      grad: (x: Float64Array, out: Float64Array) => {
        out[0] = 2 * (x[0]! - 50) * Math.exp(-(x[0]! - 50) * (x[0]! - 50));
      },
    };
    const r = minimizeConstrained(bump, [10], { bounds: { lower: 0, upper: 60 }, method });
    expect(r.success).toBe(false);
  });

  test("limits stop a run and keep its point", () => {
    const f = (x: Float64Array) => 100 * (x[1]! - x[0]! * x[0]!) ** 2 + (1 - x[0]!) ** 2;
    const inequality = [(x: Float64Array) => 4 - x[0]! * x[0]! - x[1]! * x[1]!];
    const start = [-1.2, 1];
    expect(minimizeConstrained(f, start, { inequality, method, maxIterations: 2 }).reason).toBe(
      "maxIterations",
    );
    const few = minimizeConstrained(f, start, { inequality, method, maxEvaluations: 20 });
    expect(few.reason).toBe("maxEvaluations");
    expect(few.nfev).toBeLessThanOrEqual(20);
    const seen: number[] = [];
    const r = minimizeConstrained(f, start, {
      inequality,
      method,
      trace: true,
      onIteration: ({ nit, x }) => {
        seen.push(nit, x.length);
        return nit === 2 ? "stop" : undefined;
      },
    });
    expect(r.reason).toBe("callback");
    expect(seen).toEqual([1, 2, 2, 2]);
    expect(r.trace?.length).toBe(2);
    const signal = AbortSignal.abort();
    expect(minimizeConstrained(f, start, { inequality, method, signal }).reason).toBe("abort");
  });

  test("asynchronous callbacks give the same bits", async () => {
    const f = (x: Float64Array) => (x[0]! - 2) ** 2 + (x[1]! - 1) ** 2;
    const c = (x: Float64Array) => 1 - x[0]! * x[0]! - x[1]! * x[1]!;
    const here = minimizeConstrained(f, [0.5, 0], { inequality: [c], method });
    const there = await minimizeConstrainedAsync(async (x) => f(x), [0.5, 0], {
      inequality: [async (x) => c(x)],
      method,
    });
    expect(there.x).toEqual(here.x);
    expect(there.nfev).toBe(here.nfev);
  });
});

test("configured methods say what they are, and take their options", () => {
  const f = (x: Float64Array) => x[0]! * x[0]! + x[1]! * x[1]!;
  const equality = [(x: Float64Array) => x[0]! * x[1]! - 1];
  for (const method of [
    sqp({ hessian: "bfgs" }),
    interiorPoint({ barrier: 1 }),
    augmentedLagrangian({ penalty: 5 }),
  ]) {
    const r = minimizeConstrained(f, [2, 1], { equality, method });
    expect(r.success).toBe(true);
    expect(r.fun).toBeCloseTo(2, 6);
    expect(r.method).toBe(method.name);
    expect(Object.isFrozen(method)).toBe(true);
  }
});

test("products of a Hessian with vectors serve as the Hessian", () => {
  const f = {
    fun: (x: Float64Array) => x[0]! ** 4 + x[1]! ** 2,
    grad: (x: Float64Array, out: Float64Array) => {
      out[0] = 4 * x[0]! ** 3;
      out[1] = 2 * x[1]!;
    },
    hessVec: (x: Float64Array, v: Float64Array, out: Float64Array) => {
      out[0] = 12 * x[0]! ** 2 * v[0]!;
      out[1] = 2 * v[1]!;
    },
  };
  const inequality = {
    count: 1,
    fun: (x: Float64Array, out: Float64Array) => {
      out[0] = x[0]! * x[1]! - 1;
    },
    jacobian: (x: Float64Array, out: Float64Array) => {
      out[0] = x[1]!;
      out[1] = x[0]!;
    },
    hessVec: (_: Float64Array, w: Float64Array, v: Float64Array, out: Float64Array) => {
      out[0] = w[0]! * v[1]!;
      out[1] = w[0]! * v[0]!;
    },
  };
  const r = minimizeConstrained(f, [2, 2], { inequality });
  expect(r.hessian).toBe("exact");
  expect(r.nhev).toBeGreaterThan(0);
  // x^4 + x^-2 is least where x^6 = 1/2.
  expect(r.x[0]).toBeCloseTo(0.5 ** (1 / 6), 7);
});

test("the report shows outcome, residuals and what binds; JSON is plain", () => {
  const r = minimizeConstrained((x) => sum(x), [1, 1], {
    inequality: [(x) => 2 - x[0]! * x[0]! - x[1]! * x[1]!],
    bounds: { lower: -3 },
  });
  expect(r.report()).toContain("[[Binding, with multipliers]]");
  expect(r.report()).toContain("inequality 0");
  expect(r.report("brief")).toMatch(/^sqp: converged\/kkt, f = -2, /);
  const data = JSON.parse(JSON.stringify(r));
  expect(data.kind).toBe("constrainedMinimum");
  expect(data.multipliers.inequality[0]).toBeCloseTo(0.5, 5);
});

const f = (x: Float64Array) => x[0]!;
const refused: [string, () => unknown, string, RegExp][] = [
  [
    "an unknown option",
    () => minimizeConstrained(f, [1], { constraints: [] } as never),
    "OPTION",
    /inequality/,
  ],
  ["a misspelt option", () => minimizeConstrained(f, [1], { equalty: [] } as never), "OPTION", /equality/],
  ["an unknown method", () => minimizeConstrained(f, [1], { method: "slsqp" as never }), "OPTION", /"sqp"/],
  ["a factory", () => minimizeConstrained(f, [1], { method: sqp as never }), "OPTION", /call it: sqp\(\)/],
  ["a lone function", () => minimizeConstrained(f, [1], { equality: f as never }), "OPTION", /\[c\]/],
  ["no count", () => minimizeConstrained(f, [1], { equality: { fun: f } as never }), "OPTION", /count/],
  [
    "a part's other name",
    () => minimizeConstrained(f, [1], { equality: { jac: f } as never }),
    "OPTION",
    /"jacobian"/,
  ],
  [
    "crossed bounds",
    () => minimizeConstrained(f, [1], { bounds: { lower: 2, upper: 1 } }),
    "OPTION",
    /not <=/,
  ],
  [
    "crossed rows",
    () => minimizeConstrained(f, [1], { linear: { A: [[1]], l: 2, u: 1 } }),
    "OPTION",
    /not <=/,
  ],
  ["NaN bounds", () => minimizeConstrained(f, [1], { bounds: { lower: NaN } }), "NON_FINITE_INPUT", /NaN/],
  ["NaN in x0", () => minimizeConstrained(f, [NaN]), "NON_FINITE_INPUT", /x0/],
  ["an empty start", () => minimizeConstrained(f, []), "SHAPE", /empty/],
  ["columns", () => minimizeConstrained(f, [1], { linear: { A: [[1, 2]] } }), "SHAPE", /2 columns/],
  ["NaN in A", () => minimizeConstrained(f, [1], { linear: { A: [[NaN]] } }), "NON_FINITE_INPUT", /linear.A/],
  [
    "an exact Hessian that is not there",
    () => minimizeConstrained(f, [1], { method: sqp({ hessian: "exact" }) }),
    "OPTION",
    /compileProgram/,
  ],
  ["a bad barrier", () => interiorPoint({ barrier: 0 }), "OPTION", /barrier/],
  ["a value that is none", () => minimizeConstrained((() => "1") as never, [1]), "CALLBACK_RESULT", /number/],
  ["a promise", () => minimizeConstrained((async () => 1) as never, [1]), "CALLBACK_RESULT", /Async/],
  [
    "rows returned instead of filled",
    () => minimizeConstrained(f, [1], { equality: { count: 1, fun: () => [1] } }),
    "CALLBACK_RESULT",
    /fill/,
  ],
];

test.each(refused)("refuses %s", (_, call, code, words) => {
  let error: unknown;
  try {
    call();
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(DownhillError);
  expect((error as DownhillError).code).toBe(code);
  expect((error as DownhillError).message).toMatch(words);
});

test.each(methods)("%s: a steep variable does not excuse the slope of another", (method) => {
  // f = 1e8 a + (b - 1)^2, a >= 0: at [0, 1.4] the slope in b is 0.8, 1e-8 of the one in a, which its bound holds.
  const f = {
    fun: ([a, b]: Float64Array) => 1e8 * a! + (b! - 1) * (b! - 1),
    grad: ([, b]: Float64Array, g: Float64Array) => void g.set([1e8, 2 * (b! - 1)]),
  };
  const r = minimizeConstrained(f, [0, 1.4], { bounds: { lower: [0, -Infinity] }, method });
  expect(r.status).toBe("converged");
  expect(r.stationarity).toBeLessThan(1e-6);
  expect(r.x[1]).toBeCloseTo(1, 6);
});

test("an error of a callback comes out as it is", () => {
  const own = new Error("mine");
  const throws = () => {
    throw own;
  };
  expect(() => minimizeConstrained(f, [1], { inequality: [throws] })).toThrow(own);
});

test("a callback cannot change the point through its argument", () => {
  const clean = minimizeConstrained((x) => (x[0]! - 1) ** 2, [3], { inequality: [(x) => x[0]! - 2] });
  const dirty = minimizeConstrained(
    (x) => {
      const v = (x[0]! - 1) ** 2;
      x[0] = 99;
      return v;
    },
    [3],
    { inequality: [(x) => x[0]! - 2] },
  );
  expect(dirty.x).toEqual(clean.x);
});

test("the multiplier of a fixed variable is that of exact gradients, and not known by differences", () => {
  const f = (x: Float64Array) => (x[0]! - 3) ** 2 + (x[1]! - 1) ** 2;
  const grad = (x: Float64Array, g: Float64Array) => {
    g[0] = 2 * (x[0]! - 3);
    g[1] = 2 * (x[1]! - 1);
  };
  const bounds = { lower: [1, 0], upper: [1, 5] };
  const exact = minimizeConstrained({ fun: f, grad }, [1, 1], { bounds });
  expect(exact.grad[0]).toBe(-4);
  expect(exact.multipliers.upper[0]).toBeCloseTo(4, 10);
  const told = minimizeConstrained(f, [1, 1], { bounds });
  expect(told.success).toBe(true);
  expect([told.grad[0], told.multipliers.lower[0], told.multipliers.upper[0]]).toEqual([NaN, NaN, NaN]);
  expect(told.multipliers.lower[1]).toBe(0);
  expect(told.report()).not.toContain("NaN");
  // A row by differences hides what it does along the fixed variable.
  const row = minimizeConstrained({ fun: f, grad }, [1, 1], {
    bounds,
    inequality: [(x) => 2 - x[0]! - x[1]!],
  });
  expect([row.grad[0], row.multipliers.upper[0]]).toEqual([-4, NaN]);
});
