// Options of minimize: maximize, scale, differenceStep, gradTolRelative, starts by number and by name, the preconditioner.
import { expect, test } from "vitest";
import { S_KNOWN } from "../../src/abi/smooth.js";
import {
  compileObjective,
  iterate,
  lbfgs,
  minimize,
  minimizeAsync,
  minimizers,
  multistart,
  type ObjectiveParts,
} from "../../src/index.js";
import { leastCurvature } from "../../src/minimize/curvature.js";

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return "none";
};
const names = Object.keys(minimizers) as (keyof typeof minimizers)[];
const bowl: ObjectiveParts = {
  fun: (x) => (x[0]! - 1) ** 2 + 3 * (x[1]! + 2) ** 2,
  grad: (x, g) => g.set([2 * (x[0]! - 1), 6 * (x[1]! + 2)]),
};
const hill: ObjectiveParts = {
  fun: (x) => 5 - bowl.fun!(x),
  grad: (x, g) => g.set([-2 * (x[0]! - 1), -6 * (x[1]! + 2)]),
};

test.each(names)("%s: maximising f takes the steps of minimising -f", (method) => {
  const up = minimize(hill, [4, 3], { method, maximize: true, trace: true });
  const down = minimize(bowl, [4, 3], { method });
  expect(up.status).toBe("converged");
  expect(up.fun).toBeCloseTo(5, 6);
  expect([...up.x]).toEqual([...down.x].map((v) => expect.closeTo(v, 5)));
  expect(up.fun).toBe(hill.fun!(up.x));
  expect(up.trace?.at(-1)?.fun).toBe(up.fun);
  const g = new Float64Array(2);
  if (!Number.isNaN(up.grad[0])) {
    hill.grad!(up.x, g);
    expect([...up.grad]).toEqual([...g]);
  }
  expect(up.report()).toContain("[[Maximum]]");
  // A maximum says what it is, as data too.
  expect([up.maximize, up.toJSON().maximize, down.maximize]).toEqual([true, true, undefined]);
});

test("a maximum's target is reached from below; a rise without bound is said to be one; multistart takes the highest", async () => {
  const hit = minimize(hill, [4, 3], { maximize: true, target: 4 });
  expect(hit.reason).toBe("target");
  expect(hit.fun).toBeGreaterThanOrEqual(4);
  const told = minimize(([x]) => 5 - x! ** 2, [3], { maximize: true, target: 4 });
  expect(told.message).toBe("converged: target measure 5 >= 4");
  expect(told.report()).toContain("target     5 >= 4\n    gradient");
  const missed = minimize(([x]) => 5 - x! ** 2, [3], { maximize: true, target: 6 });
  expect(missed.message).toMatch(/^converged: gradient measure/);
  expect(missed.report()).toContain("target     5 not >= 6");
  const away = minimize((x) => x[0]!, [1], { maximize: true });
  expect(away.reason).toBe("diverging");
  expect(away.message).toContain("rises without bound");
  const wave = (x: Float64Array) => Math.sin(x[0]!) + x[0]! / 10;
  const r = multistart(wave, { lower: [-10], upper: [10] }, { maximize: true, starts: 30 });
  expect(r.fun).toBeCloseTo(wave(Float64Array.of(Math.acos(-0.1) + 2 * Math.PI)), 8);
  expect(r.minima[0]!.fun).toBe(r.fun);
  const late = await minimizeAsync(async (x) => hill.fun!(x), [4, 3], { maximize: true });
  expect(late.fun).toBeCloseTo(5, 6);
});

test("scale by powers of two is the same run in other units, to the bit", () => {
  const scaled: ObjectiveParts = {
    fun: (x) => bowl.fun!(Float64Array.of(x[0]! * 2 ** 30, x[1]! / 2 ** 20)),
    grad: (x, g) => {
      bowl.grad!(Float64Array.of(x[0]! * 2 ** 30, x[1]! / 2 ** 20), g);
      g[0] = g[0]! * 2 ** 30;
      g[1] = g[1]! / 2 ** 20;
    },
  };
  for (const method of names) {
    const plain = minimize(bowl, [4, 3], { method });
    const r = minimize(scaled, [4 / 2 ** 30, 3 * 2 ** 20], { method, scale: [2 ** -30, 2 ** 20] });
    expect([r.status, r.nit, r.nfev]).toEqual([plain.status, plain.nit, plain.nfev]);
    expect([...r.x]).toEqual([plain.x[0]! / 2 ** 30, plain.x[1]! * 2 ** 20]);
    expect(r.optimality).toBe(plain.optimality);
  }
  const bounds = { lower: [1.5 / 2 ** 30, -(2 ** 20)], upper: [2 ** -20, 2 ** 30] };
  const inBox = minimize(scaled, [4 / 2 ** 30, 3 * 2 ** 20], { scale: "auto", bounds });
  expect([...inBox.x]).toEqual([1.5 / 2 ** 30, -(2 ** 20)]);
  expect(inBox.status).toBe("converged");
});

test("scale auto makes a badly scaled problem easy", () => {
  const f = (x: ArrayLike<number>) => (x[0]! / 1e-7 - 1) ** 2 + 10 * (x[1]! / 1e7 - 1) ** 2;
  const r = minimize(f, [3e-7, 2e7], { scale: "auto" });
  expect(r.status).toBe("converged");
  expect(r.x[0]! / 1e-7).toBeCloseTo(1, 5);
  expect(r.x[1]! / 1e7).toBeCloseTo(1, 5);
  const zero = minimize(f, [0, 0], { scale: "auto", bounds: { lower: 0, upper: [1e-6, 1e8] } });
  expect(zero.x[1]! / 1e7).toBeCloseTo(1, 4);
});

test("wrong scales and steps are refused", () => {
  for (const scale of [[1], [1, 0], [1, -1], [1, NaN], "automatic", 7n] as never[])
    expect(["OPTION", "SHAPE", "NON_FINITE_INPUT"]).toContain(
      codeOf(() => minimize(bowl, [1, 2], { scale })),
    );
  for (const differenceStep of [0, -1, [1], [1, NaN], "small"] as never[])
    expect(["OPTION", "SHAPE"]).toContain(codeOf(() => minimize(bowl, [1, 2], { differenceStep })));
  expect(codeOf(() => minimize(bowl, [1, 2], { maximize: 1 as never }))).toBe("OPTION");
  expect(codeOf(() => minimize(bowl, [1, 2], { gradTolRelative: -1 }))).toBe("OPTION");
});

test("the caller's steps are taken as they are, inside the bounds", () => {
  const seen = new Set<number>();
  const f = (x: Float64Array) => {
    seen.add(x[0]!);
    return (x[0]! - 1) ** 2;
  };
  minimize(f, [3], { differenceStep: 0.25, maxIterations: 0 });
  expect([...seen]).toEqual([3, 3.25, 2.75]);
  // Noise of 1e-3: the step that is told gets within it, and steps from the response of f cannot know.
  const noisy = (x: Float64Array) => (x[0]! - 1) ** 2 + 1e-3 * Math.sin(1e6 * x[0]!);
  const r = minimize(noisy, [3], { differenceStep: 0.3 });
  expect(Math.abs(r.x[0]! - 1)).toBeLessThan(0.05);
  seen.clear();
  minimize(f, [3], { differenceStep: 0.25, maxIterations: 0, bounds: { lower: 2.9, upper: 4 } });
  for (const x of seen) expect(x).toBeGreaterThanOrEqual(2.9);
});

test("gradTolRelative is a test of its own, whatever the unit of f", () => {
  for (const unit of [1, 1e12, 1e-12]) {
    const f: ObjectiveParts = {
      fun: (x) => unit * bowl.fun!(x),
      grad: (x, g) => {
        bowl.grad!(x, g);
        g.forEach((v, j) => {
          g[j] = unit * v;
        });
      },
    };
    const r = minimize(f, [4, 3], { gradTol: 0, gradTolRelative: 1e-4 });
    expect(r.status).toBe("converged");
    expect(r.optimality).toBeLessThanOrEqual(1e-4 * 30 * unit);
    expect(r.message).toContain("relative gradient");
  }
});

test("a number is a point of one variable; a compiled objective takes its names", () => {
  expect(minimize((x) => (x[0]! - 3) ** 2, 0).x[0]).toBeCloseTo(3, 6);
  const f = compileObjective("(a - 1)^2 + (b - 2)^2", ["a", "b"]);
  expect([...minimize(f, { b: 5, a: 0 }).x]).toEqual([expect.closeTo(1, 6), expect.closeTo(2, 6)]);
  expect(codeOf(() => minimize(f, { a: 1 }))).toBe("SHAPE");
  expect(codeOf(() => minimize(f, { a: 1, B: 2 }))).toBe("OPTION");
  expect(codeOf(() => minimize(f, { a: 1, b: "2" } as never))).toBe("NON_FINITE_INPUT");
  expect(codeOf(() => minimize((x) => x[0]!, { a: 1 }))).toBe("SHAPE");
});

const n = 100;
const diagonal = Float64Array.from({ length: n }, (_, i) => 10 ** ((6 * i) / (n - 1)));
const stretched: ObjectiveParts = {
  fun: (x) => x.reduce((sum, v, i) => sum + (diagonal[i]! * (v - 1) ** 2) / 2 + (v - 1) ** 4, 0),
  grad: (x, g) => {
    for (let i = 0; i < n; i++) g[i] = diagonal[i]! * (x[i]! - 1) + 4 * (x[i]! - 1) ** 3;
  },
};

test("a preconditioner takes the conditioning away, whatever its unit", async () => {
  const plain = minimize(stretched, new Float64Array(n));
  for (const unit of [1, 1e9, 1e-9]) {
    const preconditioner = (g: Float64Array, out: Float64Array) => {
      for (let i = 0; i < n; i++) out[i] = (unit * g[i]!) / diagonal[i]!;
      // What it writes into its argument reaches nobody.
      g.fill(NaN);
    };
    const r = minimize(stretched, new Float64Array(n), { method: lbfgs({ preconditioner }) });
    expect(r.status).toBe("converged");
    expect(r.nit).toBeLessThan(plain.nit / 20);
    expect(r.x.every((v) => Math.abs(v - 1) < 1e-6)).toBe(true);
  }
  const late = await minimizeAsync(stretched, new Float64Array(n), {
    method: lbfgs({ preconditioner: async (g, out) => out.set(g.map((v, i) => v / diagonal[i]!)) }),
  });
  expect(late.status).toBe("converged");
});

test("with the inverse Hessian the first step is Newton's; a multiple of it is known after one step", () => {
  // On a quadratic s'y / y'Py of P = H^-1 / 4 is 4, so that the second direction is Newton's; no step is tried twice its length.
  const quadratic: ObjectiveParts = {
    fun: (x) => x.reduce((sum, v, i) => sum + (diagonal[i]! * (v - 1) ** 2) / 2, 0),
    grad: (x, g) => {
      for (let i = 0; i < n; i++) g[i] = diagonal[i]! * (x[i]! - 1);
    },
  };
  for (const [share, steps] of [
    [1, 1],
    [0.25, 2],
  ] as const) {
    const preconditioner = (g: Float64Array, out: Float64Array) =>
      out.set(g.map((v, i) => (share * v) / diagonal[i]!));
    const r = minimize(quadratic, new Float64Array(n).fill(9), { method: lbfgs({ preconditioner }) });
    expect([r.status, r.nit, r.nfev]).toEqual(["converged", steps, steps + 1]);
    expect(r.x.every((v) => Math.abs(v - 1) < 1e-12)).toBe(true);
  }
});

test("a preconditioner of one or two variables: the pairs may explain the whole gradient", () => {
  const halves = lbfgs({ preconditioner: (g, out) => out.set(g.map((v) => v / 2)) });
  const one = minimize((x: ArrayLike<number>) => (x[0]! - 1) ** 4 + x[0]! ** 2, 5, { method: halves });
  expect(one.status).toBe("converged");
  // The real root of 4 (x - 1)^3 + 2 x, by bisection.
  expect(one.x[0]).toBeCloseTo(0.41024548769854163, 7);
  const two = minimize(([x, y]) => (x! - 1) ** 2 + 9 * (y! - 2) ** 2, [7, 7], { method: halves });
  expect(two.status).toBe("converged");
});

test("what is no preconditioner is refused", () => {
  const x0 = new Float64Array(n);
  const using = (preconditioner: unknown) => () =>
    minimize(stretched, x0, { method: lbfgs({ preconditioner: preconditioner as never }) });
  expect(codeOf(using(7))).toBe("OPTION");
  expect(codeOf(using((g: Float64Array) => g))).toBe("CALLBACK_RESULT");
  expect(codeOf(using(async () => undefined))).toBe("CALLBACK_RESULT");
  expect(codeOf(using((g: Float64Array, out: Float64Array) => out.set(g.map((v) => -v))))).toBe(
    "CALLBACK_RESULT",
  );
  expect(codeOf(using(() => undefined))).toBe("CALLBACK_RESULT");
  const bounded = () =>
    minimize(stretched, x0, {
      method: lbfgs({ preconditioner: (g, out) => out.set(g) }),
      bounds: { lower: 0 },
    });
  expect(codeOf(bounded)).toBe("UNSUPPORTED");
});

test.each(["newton", "trustRegion"] as const)(
  "%s leaves a saddle and a maximum along the negative curvature",
  (method) => {
    const f = (x: ArrayLike<number>) => x[0]! ** 2 - x[1]! ** 2 + x[1]! ** 4;
    const parts: ObjectiveParts = {
      fun: f,
      grad: (x, g) => g.set([2 * x[0]!, -2 * x[1]! + 4 * x[1]! ** 3]),
      hess: (x, h) => h.set([2, 0, 0, -2 + 12 * x[1]! ** 2]),
    };
    for (const objective of [f, { fun: f, grad: parts.grad }, parts]) {
      for (const options of [{}, { bounds: { lower: -3, upper: 3 } }]) {
        // From the saddle itself, and along the ridge that leads to it.
        for (const x0 of [
          [0, 0],
          [1, 0],
        ]) {
          const r = minimize(objective, x0, { method, ...options });
          expect(r.status).toBe("converged");
          expect(r.fun).toBeCloseTo(-0.25, 9);
        }
      }
    }
    const top = minimize((x) => Math.cos(x[0]!), [0], { method });
    expect(top.fun).toBeCloseTo(-1, 10);
    // On the boundary a curvature that a bound holds is none.
    const held = minimize(parts, [0, 0], { method, bounds: { lower: [-1, 0], upper: [1, 0] } });
    expect(held.status).toBe("converged");
    expect([...held.x]).toEqual([0, 0]);
  },
);

test("a Hessian that tells of a lower point where there is none ends in failed/saddle", () => {
  for (const method of ["newton", "trustRegion"] as const) {
    const r = minimize(
      { fun: (x) => x[0]! ** 2, grad: (x, g) => g.set([2 * x[0]!]), hess: (_x, h) => h.set([-2]) },
      [0],
      { method },
    );
    expect([r.status, r.reason]).toEqual(["failed", "saddle"]);
    expect(r.message).toContain("Hessian");
  }
});

test("a run that leaves a saddle goes on from a saved state to the bit", () => {
  const f = (x: ArrayLike<number>) => x[0]! ** 2 - x[1]! ** 2 + x[1]! ** 4 + x[1]! / 10;
  const whole = minimize(f, [1, 0.05], { method: "trustRegion", scale: [2, 4], maximize: false });
  const it = iterate(f, [1, 0.05], { method: "trustRegion", scale: [2, 4] });
  it.next();
  it.next();
  const state = JSON.parse(JSON.stringify(it.state()));
  it.return?.();
  const rest = iterate(f, [1, 0.05], { method: "trustRegion", scale: [2, 4], resume: state });
  while (!rest.next().done);
  expect([...rest.result.x]).toEqual([...whole.x]);
  expect(codeOf(() => iterate(f, [1, 0.05], { method: "trustRegion", resume: state }))).toBe("SNAPSHOT");
  expect(S_KNOWN).toBeGreaterThan(0);
});

test("the least curvature is the least eigenvalue", () => {
  // Of [[2, 1], [1, 2]]: 1 and 3; of a permutation of diag(-5, 2, 7) itself.
  expect(leastCurvature(Float64Array.of(2, 1, 1, 2), 2).value).toBeCloseTo(1, 14);
  const { value, vector } = leastCurvature(Float64Array.of(2, 0, 0, 0, -5, 0, 0, 0, 7), 3);
  expect(value).toBe(-5);
  expect(Math.abs(vector[1]!)).toBe(1);
});

test("what a Hessian leaves out is 0, not what an earlier run left there", () => {
  const valley = {
    fun: ([x, y]: Float64Array) => (x! - 1) ** 2 + 4 * (y! + 2) ** 4 + (y! + 2) ** 2,
    grad: ([x, y]: Float64Array, g: Float64Array) => {
      g[0] = 2 * (x! - 1);
      g[1] = 16 * (y! + 2) ** 3 + 2 * (y! + 2);
    },
  };
  const whole = {
    ...valley,
    hess: (x: Float64Array, h: Float64Array) => h.set([2, 0, 0, 48 * (x[1]! + 2) ** 2 + 2]),
  };
  const diagonal = {
    ...valley,
    hess: (x: Float64Array, h: Float64Array) => {
      h[0] = 2;
      h[3] = 48 * (x[1]! + 2) ** 2 + 2;
    },
  };
  const product = {
    ...valley,
    hessVec: (x: Float64Array, v: Float64Array, out: Float64Array) => {
      if (v[0] !== 0) out[0] = 2 * v[0]!;
      if (v[1] !== 0) out[1] = (48 * (x[1]! + 2) ** 2 + 2) * v[1]!;
    },
  };
  for (const method of ["newton", "trustRegion"] as const) {
    const { x, nit, status } = minimize(whole, [30, 40], { method });
    expect(status).toBe("converged");
    minimize({ ...valley, hess: (_, h) => h.set([1, 9, 9, 1]) }, [30, 40], { method, maxIterations: 3 });
    const left = minimize(diagonal, [30, 40], { method });
    expect([left.status, left.nit, ...left.x]).toEqual([status, nit, ...x]);
    expect(minimize(product, [30, 40], { method }).status).toBe("converged");
  }
});

test("numbers and texts of an objective's own are no options, nor is one that is undefined", () => {
  const f = {
    fun: (x: Float64Array) => (x[0]! - 1) ** 2,
    name: "f",
    quality: 3,
    linearTerms: [1],
    maxDegree: 2,
    methodOfOrigin: "",
    boundsOfInterest: [0, 1],
    bounds: undefined,
    maximize: undefined,
    maxIterations: undefined,
    gradTol: undefined,
  };
  expect(minimize(f, [0]).status).toBe("converged");
});
