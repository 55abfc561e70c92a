// What holds for every rule. Rules are found among the exports: a new one is tested the moment it exists, and fails by
// name when it has no twin in test/reference/first-order.ts.
import { describe, expect, test, vi } from "vitest";
import { vectorsOf } from "../../src/first-order/groups.js";
import { RuleRun } from "../../src/first-order/run.js";
import * as downhill from "../../src/index.js";
import { loadSync, optimizer, type Rule, schedules } from "../../src/index.js";
import { Random } from "../../src/random/philox.js";
import type { CoreRuntime } from "../../src/runtime/runtime.js";
import { twins } from "../reference/first-order.js";

type Factory = (options?: Record<string, unknown>) => Rule;
const factories = Object.entries(downhill).filter(
  ([, value]) => typeof value === "function" && "definition" in value,
) as unknown as [string, Factory][];

/** Options worth a run of their own, beside the defaults. */
const variants: Record<string, Record<string, unknown>[]> = {
  sgd: [
    { lr: 0.01, momentum: 0.9, weightDecay: 0.1 },
    { momentum: 0.9, dampening: 0.5 },
    { momentum: 0.9, nesterov: true, weightDecay: 0.1 },
    { weightDecay: 0.3 },
  ],
  asgd: [{ lambda: 0.1, alpha: 0.6, t0: 10, weightDecay: 0.1 }],
  adagrad: [{ lrDecay: 0.1, initialAccumulator: 0.1, weightDecay: 0.1 }],
  rmsprop: [
    { centered: true },
    { momentum: 0.9 },
    { centered: true, momentum: 0.9, weightDecay: 0.1, alpha: 0.9 },
  ],
  adadelta: [{ rho: 0.95, eps: 1e-5, weightDecay: 0.1 }],
  adam: [{ amsgrad: true }, { beta1: 0.8, beta2: 0.99, eps: 1e-4, weightDecay: 0.1 }],
  adamw: [{ amsgrad: true, weightDecay: 0.1 }],
  amsgrad: [{ weightDecay: 0.1 }],
  adamax: [{ beta1: 0.8, beta2: 0.9, weightDecay: 0.1 }],
  nadam: [{ momentumDecay: 0.01, weightDecay: 0.1 }],
  radam: [{ beta1: 0.8, beta2: 0.9, weightDecay: 0.1 }],
  rprop: [{ etaMinus: 0.4, etaPlus: 1.3, stepMin: 1e-5, stepMax: 0.5 }],
  deltaBarDelta: [{ lr: 0.01, kappa: 0.02, phi: 0.2, theta: 0.5, lrMax: 0.1 }],
  lion: [{ lr: 1e-3, weightDecay: 0.1 }],
};

const cases = factories.flatMap(([name, factory]) =>
  [{}, ...(variants[name] ?? [])].map((options) => ({
    name,
    options,
    rule: factory(options),
    label: `${name} ${JSON.stringify(options)}`,
  })),
);

/** Numbers of the size 1, the same in both precisions, with some zeros. */
function numbers(n: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () =>
    random.below(12) === 0 ? 0 : Math.fround(4 * random.uniform() - 2),
  );
}
const gradients = Array.from({ length: 50 }, (_, t) => numbers(64, 100 + t));
const start = numbers(64, 1);

test("the fourteen rules of the contract are exported", () => {
  const names =
    "adadelta adagrad adam adamax adamw amsgrad asgd deltaBarDelta lion nadam radam rmsprop rprop sgd";
  expect(factories.map(([name]) => name).sort()).toEqual(names.split(" ").sort());
});

test.each(factories)("%s has a plain twin in test/reference/first-order.ts", (name) => {
  expect(twins[name]).toBeTypeOf("function");
});

test.each(factories)("%s describes itself with frozen data", (name, factory) => {
  const rule = factory();
  expect(rule.name).toBe(name);
  expect(Object.isFrozen(rule) && Object.isFrozen(rule.options) && Object.isFrozen(rule.definition)).toBe(
    true,
  );
});

describe.each(["f64", "f32"] as const)("%s", (dtype) => {
  test.each(cases)("$label equals its plain twin over 50 steps", ({ name, rule }) => {
    const opt = optimizer(start, rule, { dtype });
    const x = start.slice();
    const twin = twins[name]?.(rule.options as never, x.length);
    const tolerance = dtype === "f64" ? 1e-12 : 1e-4;
    gradients.forEach((g, t) => {
      opt.grads.set(g);
      opt.step();
      twin?.(x, g, t + 1);
      x.forEach((want, i) => {
        const error = Math.abs((opt.params[i] as number) - want) / Math.max(Math.abs(want), 1);
        expect(error, `step ${t + 1}, x[${i}]`).toBeLessThanOrEqual(tolerance);
      });
    });
    opt.dispose();
  });

  test.each(cases)(
    "$label gives each parameter the same bits for every length and group offset",
    ({ rule }) => {
      const whole = optimizer(start, rule, { dtype });
      for (const g of gradients.slice(0, 6)) {
        whole.grads.set(g);
        whole.step();
      }
      const check = (n: number, groups: { start: number; end: number }[]) => {
        const opt = optimizer(start.subarray(0, n), rule, { dtype, groups });
        for (const g of gradients.slice(0, 6)) {
          opt.grads.set(g.subarray(0, n));
          opt.step();
        }
        expect(opt.params, `n = ${n}, ${JSON.stringify(groups)}`).toEqual(whole.params.slice(0, n));
        opt.dispose();
      };
      for (let n = 1; n <= 21; n++) check(n, []);
      for (let from = 1; from < 6; from++) {
        for (let to = from + 1; to <= from + 9; to++) check(20, [{ start: from, end: to }]);
      }
      whole.dispose();
    },
  );

  test.each(cases)("$label touches nothing outside its vectors", ({ rule }) => {
    const runtime = loadSync({ memoryBytes: 65536 }) as CoreRuntime;
    const size = dtype === "f64" ? 8 : 4;
    const View = dtype === "f64" ? Float64Array : Float32Array;
    for (let n = 1; n <= 9; n++) {
      const block = runtime.alloc(4096, "block");
      const all = new View(runtime.buffer, block, 4096 / size);
      all.fill(-7);
      const names = ["x", "g", ...vectorsOf(rule, [])];
      // One number of distance in front, so that no vector starts at a register.
      const at = Object.fromEntries(names.map((name, i) => [name, block + (1 + i * (n + 3)) * size]));
      for (const name of names) new View(runtime.buffer, at[name] as number, n).fill(0.5);
      const { x, g, ...s } = at as { x: number; g: number };
      const run = new RuleRun(rule, [], { runtime, dtype, n, x, g, s });
      run.schedule(0);
      run.apply(1, Infinity);
      run.apply(1, Infinity);
      const inside = (i: number) => i > 0 && i < 1 + names.length * (n + 3) && (i - 1) % (n + 3) < n;
      expect([...all].every((value, i) => inside(i) || value === -7)).toBe(true);
      runtime.free(block);
    }
    runtime.dispose();
  });

  test.each(cases)("$label costs one call into WASM a step, and one more to clip by norm", ({ rule }) => {
    const runtime = loadSync({ memoryBytes: 65536 }) as CoreRuntime;
    const kernels = runtime.kernels.bind(runtime);
    let calls = 0;
    vi.spyOn(runtime, "kernels").mockImplementation(
      (room) =>
        Object.fromEntries(
          Object.entries(kernels(room) as Record<string, (...args: never[]) => unknown>).map(
            ([name, kernel]) => [
              name,
              (...args: never[]) => {
                calls++;
                return kernel(...args);
              },
            ],
          ),
        ) as never,
    );
    const one = (options: object) => {
      const opt = optimizer(start, rule, { dtype, runtime, ...options });
      opt.grads.set(gradients[0] as Float64Array);
      calls = 0;
      for (let t = 0; t < 5; t++) opt.step();
      opt.dispose();
      return calls / 5;
    };
    expect(one({})).toBe(1);
    expect(one({ maximize: true, clipValue: 0.5 })).toBe(1);
    expect(one({ skipNonFinite: true })).toBe(2);
    expect(one({ clipNorm: 1 })).toBe(2);
    expect(one({ clipNorm: 1, clipValue: 0.5, skipNonFinite: true })).toBe(2);
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });

  test.each(cases)("$label gives the same bits in steps with and without a closure", ({ rule }) => {
    const [a, b] = [optimizer(start, rule, { dtype }), optimizer(start, rule, { dtype })];
    for (const g of gradients.slice(0, 6)) {
      a.grads.set(g);
      a.step();
      b.step((_x, out) => {
        out.set(g);
        return 1;
      });
    }
    expect(b.params).toEqual(a.params);
    a.dispose();
    b.dispose();
  });

  test.each(cases)("$label continues bit for bit after JSON and structuredClone", ({ rule }) => {
    const groups = [{ start: 3, end: 10, lr: 0.03 }];
    const make = () => optimizer(start, rule, { dtype, groups });
    const straight = make();
    const first = make();
    for (const [t, g] of gradients.entries()) {
      straight.grads.set(g);
      straight.step();
      if (t >= 20) continue;
      first.grads.set(g);
      first.step();
    }
    const saved = first.state();
    first.dispose();
    for (const copy of [JSON.parse(JSON.stringify(saved)), structuredClone(saved)]) {
      const second = make();
      second.restore(copy);
      expect(second.state()).toEqual(saved);
      expect(second.steps).toBe(20);
      for (const g of gradients.slice(20)) {
        second.grads.set(g);
        second.step();
      }
      expect(second.params).toEqual(straight.params);
      expect(second.state()).toEqual(straight.state());
      second.dispose();
    }
    straight.dispose();
  });

  test.each(cases)(
    "$label leaves x as it is when the gradient is zero and nothing decays",
    ({ name, options }) => {
      const still = Object.fromEntries(
        Object.keys(factories.find(([n]) => n === name)?.[1]().options ?? {})
          .filter((key) => key === "weightDecay" || key === "lambda")
          .map((key) => [key, 0]),
      );
      const factory = factories.find(([n]) => n === name)?.[1] as Factory;
      const opt = optimizer(start, factory({ ...options, ...still }), { dtype });
      for (let t = 0; t < 5; t++) opt.step();
      expect([...opt.params]).toEqual([...start]);
      opt.dispose();
    },
  );

  test.each(cases)("$label starts afresh after reset", ({ rule }) => {
    const opt = optimizer(start, rule, { dtype });
    const walk = () => {
      opt.params.set(start);
      for (const g of gradients.slice(0, 7)) {
        opt.grads.set(g);
        opt.step();
      }
      return opt.params.slice();
    };
    const once = walk();
    opt.reset();
    expect(opt.steps).toBe(0);
    expect(walk()).toEqual(once);
    opt.dispose();
  });
});

/** What goes with a learning rate: delta-bar-delta's increments are of its size. */
const beside: Record<string, (lr: number) => Record<string, number>> = {
  deltaBarDelta: (lr) => ({ kappa: lr / 20, lrMax: 10 * lr }),
};

interface Problem {
  name: string;
  x0: number[];
  best: number;
  f: (x: ArrayLike<number>, g: Float64Array | Float32Array) => number;
}

const data = numbers(40, 7);
const problems: Problem[] = [
  {
    name: "a quadratic of condition 30",
    x0: [3, -2, 1, 4, -1],
    best: 0,
    f(x, g) {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        const c = 0.1 + 0.725 * i;
        g[i] = c * (x[i] as number);
        sum += (c * (x[i] as number) ** 2) / 2;
      }
      return sum;
    },
  },
  {
    name: "Rosenbrock's valley",
    x0: [-1.2, 1],
    best: 0,
    f(x, g) {
      const [a, b] = [x[0] as number, x[1] as number];
      g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
      g[1] = 200 * (b - a * a);
      return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    },
  },
  {
    name: "a robust regression",
    x0: [0, 0],
    best: 0,
    // Mean of sqrt(1 + r^2) - 1 over residuals of a line through exact data.
    f(x, g) {
      let sum = 0;
      g.fill(0);
      for (const t of data) {
        const r = (x[0] as number) + (x[1] as number) * t - (1.5 - 0.7 * t);
        const root = Math.sqrt(1 + r * r);
        sum += (root - 1) / data.length;
        g[0]! += r / root / data.length;
        g[1]! += (r / root / data.length) * t;
      }
      return sum;
    },
  },
];

describe.each(problems)("on $name", ({ x0, best, f }) => {
  test.each(factories)("%s converges", (name, factory) => {
    let least = Infinity;
    const g = new Float64Array(x0.length);
    const first = f(x0, g) - best;
    for (const lr of [1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003]) {
      const steps = 6000;
      const opt = optimizer(x0, factory({ ...beside[name]?.(lr), lr: schedules.polynomial({ lr, steps }) }), {
        clipNorm: 10,
      });
      for (let t = 0; t < steps; t++) opt.step((x, grad) => f(x, grad));
      const reached = f(opt.params, g) - best;
      if (reached < least) least = reached;
      opt.dispose();
      if (least < 1e-4 * first) break;
    }
    expect(least).toBeLessThan(1e-4 * first);
  });
});
