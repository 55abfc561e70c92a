// How a run ends: every status that minimize documents is reached, and none claims to have converged where it has not.
import { describe, expect, test } from "vitest";
import {
  adam,
  DownhillError,
  minimize,
  minimizeAsync,
  multistart,
  nelderMead,
  newton,
  sgd,
} from "../../src/index.js";

const methods = ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent", "newton", "trustRegion"] as const;
const all = [...methods, "nelderMead"] as const;

/** xorshift on the bits of x: noise that repeats. */
function noise(x: ArrayLike<number>): number {
  let s = 2166136261;
  const bits = new Uint32Array(Float64Array.from(x).buffer);
  for (const word of bits) {
    s = Math.imul(s ^ word, 16777619);
    s ^= s >>> 13;
    s = Math.imul(s, 0x5bd1e995);
  }
  return (s >>> 0) / 2 ** 32 - 0.5;
}

describe.each(all)("%s", (method) => {
  const run = (f: Parameters<typeof minimize>[0], x0: number[], o = {}) => minimize(f, x0, { method, ...o });

  test("NaN at the start is failed/nonFinite after one evaluation", () => {
    const r = run(() => NaN, [1, 2]);
    expect(r).toMatchObject({ status: "failed", reason: "nonFinite", success: false, nfev: 1, fun: NaN });
    expect([...r.x]).toEqual([1, 2]);
    expect(r.message).toContain("NaN");
  });

  test("Infinity at the start is failed/nonFinite", () => {
    expect(run(() => Infinity, [1])).toMatchObject({ status: "failed", reason: "nonFinite" });
  });

  test("-Infinity is failed/diverging, at the start and later", () => {
    expect(run(() => -Infinity, [1])).toMatchObject({
      status: "failed",
      reason: "diverging",
      fun: -Infinity,
    });
    const falls = run((x) => ((x[0] as number) < 0.5 ? -Infinity : (x[0] as number)), [1]);
    expect(falls).toMatchObject({ status: "failed", reason: "diverging", fun: -Infinity });
  });

  test("a linear function is failed/diverging", () => {
    const linear = {
      fun: (x: Float64Array) => -(x[0] as number),
      grad: (_x: Float64Array, g: Float64Array) => void g.set([-1]),
    };
    const r = run(linear, [1]);
    expect(r).toMatchObject({ status: "failed", reason: "diverging" });
    expect(r.nfev).toBeLessThan(20_000);
  });

  test("-x^2 and -x^4 are failed/diverging", () => {
    for (const f of [
      (x: Float64Array) => -((x[0] as number) ** 2),
      (x: Float64Array) => -((x[0] as number) ** 4),
    ])
      expect(run(f, [1])).toMatchObject({ status: "failed", reason: "diverging" });
  });

  test("a constant has converged at once", () => {
    const r = run(() => 3, [1, 2]);
    expect(r).toMatchObject({ status: "converged", fun: 3 });
    expect([...r.x]).toEqual([1, 2]);
  });

  test("NaN beyond the domain shortens the step", () => {
    const f = (x: Float64Array) => {
      const v = x[0] as number;
      return v <= 0 ? NaN : v - Math.log(v);
    };
    const g = (x: Float64Array, out: Float64Array) => void out.set([1 - 1 / (x[0] as number)]);
    const r = run({ fun: f, grad: g }, [20], { gradTol: 1e-6 });
    expect(r.status).toBe("converged");
    expect(r.x[0]).toBeCloseTo(1, 5);
  });

  test("a point where f was lowest is never lost", () => {
    for (const limit of [3, 5, 8, 13, 21, 34]) {
      let lowest = Infinity;
      const f = (x: Float64Array) => {
        const [a, b] = x as unknown as [number, number];
        const value = 100 * (b - a * a) ** 2 + (1 - a) ** 2;
        lowest = Math.min(lowest, value);
        return value;
      };
      const grad = (x: Float64Array, g: Float64Array) => {
        const [a, b] = x as unknown as [number, number];
        g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
        g[1] = 200 * (b - a * a);
      };
      const r = run({ fun: f, grad }, [-1.2, 1], { maxEvaluations: limit });
      expect(r.nfev).toBeLessThanOrEqual(limit);
      expect(r.fun).toBe(lowest);
      expect(f(r.x)).toBe(r.fun);
    }
  });

  test("noise ends a run in a bounded number of evaluations, without a false gradient test", () => {
    const f = (x: Float64Array) => (x[0] as number) ** 2 + (x[1] as number) ** 2 + 1e-3 * noise(x);
    const r = run(f, [1, 1], { maxEvaluations: 5000 });
    if (r.reason === "gradient") expect(r.optimality).toBeLessThanOrEqual(1e-6);
    expect(["failed", "stopped", "converged"]).toContain(r.status);
    if (method !== "nelderMead") expect(r.success && r.reason !== "gradient").toBe(false);
  });
});

describe.each(methods)("%s", (method) => {
  const slope = (x: Float64Array, g: Float64Array) => {
    for (let i = 0; i < x.length; i++) g[i] = Math.sign(x[i] as number) * (i + 1);
  };

  test("|x| does not converge beside its kink", () => {
    for (const x0 of [1.3, -0.7, 2.71]) {
      const f = { fun: (x: Float64Array) => 1 + Math.abs(x[0] as number), grad: slope };
      const r = minimize(f, [x0], { method });
      // Right on the kink the given gradient is 0, which is what converged/gradient says.
      if (r.x[0] === 0) expect(r).toMatchObject({ status: "converged", reason: "gradient" });
      else expect(["failed", "stopped"]).toContain(r.status);
    }
  });

  test("a jump does not converge on its edge", () => {
    const f = {
      fun: (x: Float64Array) =>
        ((x[0] as number) < 0.3 ? 6 - (x[0] as number) : (x[0] as number)) + (x[1] as number) ** 2,
      grad: (x: Float64Array, g: Float64Array) => {
        g[0] = (x[0] as number) < 0.3 ? -1 : 1;
        g[1] = 2 * (x[1] as number);
      },
    };
    const r = minimize(f, [1, 1], { method });
    expect(r.status).not.toBe("converged");
    expect(r.x[0]).toBeGreaterThanOrEqual(0.3);
  });

  test("a gradient that is NaN at the start names its component", () => {
    const f = {
      fun: () => 1,
      grad: (_x: Float64Array, g: Float64Array) => {
        g[0] = 1;
        g[1] = NaN;
      },
    };
    const r = minimize(f, [1, 1], { method });
    expect(r).toMatchObject({ status: "failed", reason: "nonFinite" });
    expect(r.message).toContain("gradient[1]");
  });

  test("a gradient of the wrong sign is failed, with a warning", () => {
    const f = {
      fun: (x: Float64Array) => (x[0] as number) ** 2 + 3 * (x[1] as number) ** 2,
      grad: (x: Float64Array, g: Float64Array) => {
        g[0] = -2 * (x[0] as number);
        g[1] = -6 * (x[1] as number);
      },
    };
    const r = minimize(f, [1, 1], { method });
    expect(r.status).toBe("failed");
    if (r.reason !== "diverging") expect(r.warnings.map(({ code }) => code)).toEqual(["W_GRADIENT_MISMATCH"]);
  });
});

describe("W_GRADIENT_MISMATCH", () => {
  const numbersIn = (message: string) => message.match(/-?\d+(\.\d+)?(e[-+]\d+)?/g)!.map(Number);
  const rosenbrock = (x: Float64Array) => {
    const [a, b] = x as unknown as [number, number];
    return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
  };
  const wrong = (x: Float64Array, g: Float64Array) => {
    const [a, b] = x as unknown as [number, number];
    g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
    g[1] = 100 * (b - a * a);
  };

  test("names the component that differs, though the other is larger", () => {
    const r = minimize({ fun: rosenbrock, grad: wrong }, [2, 2]);
    expect(r).toMatchObject({ status: "failed", reason: "lineSearch" });
    expect(r.warnings).toEqual([
      {
        code: "W_GRADIENT_MISMATCH",
        message: expect.stringMatching(/^gradient\[1\] is .*, differences of f give/),
      },
    ]);
    expect(r.report()).toContain("W_GRADIENT_MISMATCH: gradient[1]");
    // The true component is twice what was given.
    const [given, found] = numbersIn(r.warnings[0]!.message.replace("[1]", ""));
    expect(found! / given!).toBeCloseTo(2, 2);
  });

  test("comes from asynchronous objectives too", async () => {
    const r = await minimizeAsync({ fun: async (x) => rosenbrock(x), grad: wrong }, [2, 2]);
    expect(r.warnings.map(({ code }) => code)).toEqual(["W_GRADIENT_MISMATCH"]);
  });

  test("many variables are compared along the gradient", () => {
    const f = {
      fun: (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0),
      grad: (x: Float64Array, g: Float64Array) => g.set(x.map((v) => -v)),
    };
    const r = minimize(f, new Float64Array(50).fill(1));
    expect(r).toMatchObject({ status: "failed", reason: "lineSearch" });
    expect(r.warnings[0]?.message).toContain("along -gradient");
    // |g| is 2 sqrt 50 where it says that it is sqrt 50, with the other sign.
    expect(numbersIn(r.warnings[0]!.message)).toEqual([-7.071, 14.14]);
  });

  test("is not given for noise where the gradient is right", () => {
    const right = (x: Float64Array, g: Float64Array) => {
      wrong(x, g);
      g[1] = 2 * (g[1] as number);
    };
    const noisy = (x: Float64Array) => rosenbrock(x) + 1e-3 * noise(x);
    const r = minimize({ fun: noisy, grad: right }, [-1.2, 1]);
    expect(r).toMatchObject({ status: "failed", reason: "lineSearch", warnings: [] });
  });
});

test("the stop tests are met in the order target, gradient, fun, step", () => {
  const f = {
    fun: (x: Float64Array) => (x[0] as number) ** 2,
    grad: (x: Float64Array, g: Float64Array) => void g.set([2 * (x[0] as number)]),
  };
  const quartic = {
    fun: (x: Float64Array) => ((x[0] as number) - 1) ** 4 + 1,
    grad: (x: Float64Array, g: Float64Array) => void g.set([4 * ((x[0] as number) - 1) ** 3]),
  };
  expect(minimize(f, [1], { target: 2 }).reason).toBe("target");
  expect(minimize(f, [0]).reason).toBe("gradient");
  expect(minimize(quartic, [3], { funTol: 1e-4, gradTol: 0 }).reason).toBe("fun");
  expect(minimize(quartic, [3], { stepTol: 0.9, gradTol: 0 }).reason).toBe("step");
  expect(minimize(quartic, [3], { maxIterations: 2, gradTol: 0 })).toMatchObject({
    reason: "maxIterations",
    nit: 2,
  });
  expect(minimize(quartic, [3], { maxTimeMs: 0 }).reason).toBe("maxTime");
  expect(minimize(quartic, [3], { onIteration: () => "stop" })).toMatchObject({ reason: "callback", nit: 1 });
});

test("without a lower point a line search fails, and a trust region stalls", () => {
  const f = {
    fun: (x: Float64Array) => 1 + Math.abs(x[0] as number),
    grad: (x: Float64Array, g: Float64Array) => void g.set([(x[0] as number) < 0.3 ? -1 : 1]),
  };
  expect(minimize(f, [1.3], { method: "lbfgs" })).toMatchObject({ status: "failed", reason: "lineSearch" });
  expect(minimize(f, [1.3], { method: "trustRegion" })).toMatchObject({
    status: "failed",
    reason: "stalled",
  });
});

test("a minimum that is flat to rounding has converged, with gradTol out of reach", () => {
  const f = (x: Float64Array) => 1e6 + (x[0] as number) ** 2 + ((x[1] as number) - 2) ** 2;
  const grad = (x: Float64Array, g: Float64Array) => {
    g[0] = 2 * (x[0] as number) + 1e-9;
    g[1] = 2 * ((x[1] as number) - 2) - 1e-9;
  };
  const r = minimize({ fun: f, grad }, [1, 1], { gradTol: 1e-300 });
  expect(r.status === "converged" || r.reason === "lineSearch" || r.reason === "maxIterations").toBe(true);
  expect(r.optimality).toBeLessThan(1e-2);
});

test("the words of a result say what was compared", () => {
  const r = minimize((x) => ((x[0] as number) - 3) ** 2, [0]);
  expect(r.message).toMatch(/gradient measure .* <= 0.000001/);
  expect(r.report({ style: "brief" })).toMatch(/^lbfgs: converged\/gradient, f = /);
  expect(r.report()).toContain("[[Stop measures]]");
  expect(r.report()).toContain("step       not measured");
  const data = JSON.parse(JSON.stringify(r));
  expect(data).toMatchObject({
    status: "converged",
    reason: "gradient",
    method: "lbfgs",
    message: r.message,
  });
  expect(data.x).toHaveLength(1);
});

describe("bad input throws before any evaluation", () => {
  let calls = 0;
  const f = (x: Float64Array) => {
    calls++;
    return (x[0] as number) ** 2;
  };
  test.each<[string, string, () => unknown]>([
    ["SHAPE", "an empty x0", () => minimize(f, [])],
    ["NON_FINITE_INPUT", "NaN in x0", () => minimize(f, [1, NaN])],
    ["OPTION", "an unknown option", () => minimize(f, [1], { maxIter: 3 } as object)],
    ["OPTION", "an unknown method", () => minimize(f, [1], { method: "lbfgsb" as "lbfgs" })],
    [
      "OPTION",
      "a factory that was not called",
      () => minimize(f, [1], { method: nelderMead as unknown as "lbfgs" }),
    ],
    ["OPTION", "a start outside its bounds", () => minimize(f, [5], { bounds: { upper: 1 } })],
    ["OPTION", "lower > upper", () => minimize(f, [1], { bounds: { lower: 2, upper: 1 } })],
    [
      "OPTION",
      "a line search for a simplex",
      () => minimize(f, [1], { method: "nelderMead", lineSearch: "wolfe" }),
    ],
    ["OPTION", "no function", () => minimize({ grad: () => {} }, [1])],
    [
      "UNSUPPORTED",
      "bounds for nonlinearCG",
      () => minimize(f, [1], { method: "nonlinearCG", bounds: { lower: 0 } }),
    ],
    ["SHAPE", "x0 that is a string", () => minimize(f, "3" as unknown as number[])],
    ["SHAPE", "bounds of another length", () => minimize(f, [1], { bounds: { lower: [0, 0] } })],
    ["OPTION", "bounds as pairs", () => minimize(f, [1], { bounds: [[0, 2]] as object })],
    [
      "OPTION",
      "a gradient under another name",
      () => minimize({ fun: f, gradient: () => {} } as object, [1]),
    ],
    ["OPTION", "an unknown line search", () => minimize(f, [1], { lineSearch: "strong" as "wolfe" })],
    [
      "OPTION",
      "a controller for a signal",
      () => minimize(f, [1], { signal: new AbortController() as never }),
    ],
    ["OPTION", "no evaluations", () => minimize(f, [1], { maxEvaluations: 0 })],
    [
      "UNSUPPORTED",
      "a lookahead rule",
      () => minimize(f, [1], { method: sgd({ lr: 0.1, momentum: 0.9, nesterov: "lookahead" }) }),
    ],
    ["OPTION", "a negative tolerance", () => minimize(f, [1], { gradTol: -1 })],
  ])("%s for %s", (code, _what, call) => {
    calls = 0;
    expect(call).toThrow(expect.objectContaining({ code }));
    expect(calls).toBe(0);
  });

  test.each<[string, RegExp, () => unknown]>([
    ["the name elsewhere", /did you mean "lbfgs"/, () => minimize(f, [1], { method: "L-BFGS-B" as "lbfgs" })],
    ["a factory's own name", /call it: newton\(\)/, () => minimize(f, [1], { method: newton as never })],
    [
      "a rule's name",
      /a first-order rule is given as adam\(\)/,
      () => minimize(f, [1], { method: "adam" as never }),
    ],
    ["tol", /did you mean "gradTol"/, () => minimize(f, [1], { tol: 1 } as object)],
    ["maxIter", /did you mean "maxIterations"/, () => minimize(f, [1], { maxIter: 1 } as object)],
    ["jac", /minimize\(\{ fun, grad \}, x0\)/, () => minimize(f, [1], { jac: f } as object)],
    ["f.gradient", /did you mean "grad"/, () => minimize({ fun: f, gradient: f } as object, [1])],
    ["bounds as pairs", /\{ lower, upper \}/, () => minimize(f, [1], { bounds: [[0, 2]] as object })],
    [
      "nonlinearCG in multistart",
      /L-BFGS-B/,
      () => multistart(f, { lower: [0], upper: [1] }, { method: "nonlinearCG" }),
    ],
  ])("the message for %s says what to write", (_what, words, call) => {
    calls = 0;
    expect(call).toThrow(words);
    expect(calls).toBe(0);
  });

  test.each<[string, unknown]>([
    ["undefined", () => undefined],
    ["a string", () => "1"],
    ["a BigInt", () => 1n],
    ["a Promise", async () => 1],
    ["a gradient that is returned", { fun: () => 1, grad: () => [1] }],
  ])("CALLBACK_RESULT for %s", (_what, bad) => {
    expect(() => minimize(bad as (x: Float64Array) => number, [1])).toThrow(
      expect.objectContaining({ code: "CALLBACK_RESULT" }),
    );
  });

  test("the error of a callback comes out unchanged and leaves no memory behind", () => {
    const mine = new Error("mine");
    for (let i = 0; i < 100; i++) {
      let n = 0;
      const throws = (x: Float64Array) => {
        if (++n > 5) throw mine;
        return (x[0] as number) ** 4;
      };
      for (const method of all) {
        n = 0;
        let caught: unknown;
        try {
          minimize(throws, [3], { method });
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(mine);
      }
    }
    expect(minimize((x) => (x[0] as number) ** 2, [1]).success).toBe(true);
    expect(mine).not.toBeInstanceOf(DownhillError);
  });
});

test("a rule of first order measures steps alone as it does beside decreases that never matter", () => {
  const valley = (x: Float64Array) => 1 + (x[0]! - 1) ** 2 + 10 * (x[1]! + 2) ** 2;
  for (const tolerances of [{ stepTol: 1e-4 }, { funTol: 1e-6 }]) {
    const run = (more: object) =>
      minimize(valley, [3, 3], { method: sgd({ lr: 0.03 }), gradTol: 0, ...tolerances, ...more });
    const [alone, both] = [run({}), run({ stepTol: 1e-300, funTol: 1e-300, ...tolerances })];
    expect(alone.status).toBe("converged");
    expect([alone.nit, alone.fun]).toEqual([both.nit, both.fun]);
  }
});

test("a rule that steps to Infinity, where the gradient is finite, is failed/nonFinite at the point before, as at NaN", () => {
  const wall = {
    fun: ([x]: Float64Array) => (x! > 0.5 ? Infinity : -x!),
    grad: (_: Float64Array, g: Float64Array) => void g.fill(-1),
  };
  for (const method of [sgd({ lr: 1 }), adam({ lr: 1 })])
    expect(minimize(wall, [0.25], { method })).toMatchObject({
      status: "failed",
      reason: "nonFinite",
      nit: 0,
      fun: -0.25,
    });
  for (const beyond of [NaN, Infinity]) {
    const r = minimize(([x]) => (x! < 1 ? beyond : x! * x!), [1.1], { method: adam({ lr: 0.3 }) });
    expect([r.status, r.reason, r.x[0]]).toEqual(["failed", "nonFinite", 1.1]);
  }
  // Where variables have run away, the value there says that they have.
  for (const far of [NaN, Infinity]) {
    const slope = { fun: ([x]: Float64Array) => (x! > 1e20 ? far : -x!), grad: wall.grad };
    expect(minimize(slope, [0], { method: sgd({ lr: 1e21 }) })).toMatchObject({
      status: "failed",
      reason: "diverging",
    });
  }
});
