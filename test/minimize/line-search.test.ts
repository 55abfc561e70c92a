// Line searches as steppers: what they accept satisfies their conditions, and each way to end is reached.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimize } from "../../src/index.js";
import { Armijo, Fixed } from "../../src/minimize/line-search/armijo.js";
import { Exact } from "../../src/minimize/line-search/exact.js";
import { HagerZhang } from "../../src/minimize/line-search/hager-zhang.js";
import { MoreThuente } from "../../src/minimize/line-search/more-thuente.js";
import type { LineSearch, Outcome } from "../../src/minimize/line-search/types.js";
import { Wolfe } from "../../src/minimize/line-search/wolfe.js";
import { lineSearchNames } from "../../src/minimize/methods/types.js";
import { rosenbrock } from "../../src/testfunctions/index.js";
import { functions, type Phi } from "./lines.js";

function run(search: LineSearch, phi: Phi, first: number, longest = 1e15) {
  const [f0, slope0] = phi(0);
  let outcome: Outcome = search.start(f0, slope0, first, longest);
  let trials = 0;
  while (outcome === "trial") {
    const [f, slope] = phi(search.step);
    outcome = search.next(f, search.slopes ? slope : NaN);
    if (++trials > 200) throw new Error("endless");
  }
  const [f, slope] = phi(search.step);
  return { outcome, t: search.step, f, slope, f0, slope0, trials };
}

describe.each(Object.entries(functions))("function %s of Moré and Thuente", (_name, phi) => {
  test.each([1e-3, 1e-1, 10, 1e3])("from the first step %d", (first) => {
    for (const [c1, c2] of [
      [1e-4, 0.9],
      [1e-3, 0.1],
    ] as const) {
      const o = { c1, c2, maxTrials: 60 };
      for (const search of [new MoreThuente(o), new Wolfe(o), new HagerZhang(o)]) {
        const r = run(search, phi, first);
        const name = `${search.constructor.name} ${JSON.stringify(r)}`;
        expect(r.outcome, name).toBe("done");
        if (search instanceof HagerZhang) {
          expect(r.slope, name).toBeGreaterThanOrEqual(c2 * r.slope0);
          expect(r.f, name).toBeLessThanOrEqual(r.f0 + 1e-6 * Math.abs(r.f0));
        } else {
          expect(r.f, name).toBeLessThanOrEqual(r.f0 + c1 * r.t * r.slope0 + 1e-15);
          expect(Math.abs(r.slope), name).toBeLessThanOrEqual(-c2 * r.slope0);
        }
      }
    }
  });

  test("Armijo's rule from far beyond", () => {
    const r = run(new Armijo(1e-4, 60), phi, 1e3);
    expect(r.outcome).toBe("done");
    expect(r.f).toBeLessThanOrEqual(r.f0 + 1e-4 * r.t * r.slope0);
  });

  test("the exact search ends where the slope is zero", () => {
    const r = run(new Exact(), phi, 0.1);
    expect(r.outcome).toBe("done");
    expect(Math.abs(r.slope)).toBeLessThanOrEqual(1e-9 * Math.abs(r.slope0) + 1e-12);
    expect(r.f).toBeLessThan(r.f0);
  });
});

const o = { c1: 1e-4, c2: 0.9, maxTrials: 30 };
const strong = (): LineSearch[] => [new MoreThuente(o), new Wolfe(o), new HagerZhang(o)];

test("quartics of every kind: Wolfe conditions hold at what is accepted", () => {
  const number = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(
      number,
      number,
      fc.double({ min: -5, max: -1e-3, noNaN: true }),
      fc.double({ min: 1e-3, max: 10, noNaN: true }),
      (a, b, slope, first) => {
        const phi: Phi = (t) => [
          1 + slope * t + a * t * t + b * t ** 3 + t ** 4,
          slope + 2 * a * t + 3 * b * t * t + 4 * t ** 3,
        ];
        for (const search of strong()) {
          const r = run(search, phi, first);
          expect(r.outcome).toBe("done");
          const flat = Math.abs(r.f - r.f0) <= 1e-6 * Math.abs(r.f0);
          expect(r.f <= r.f0 + o.c1 * r.t * r.slope0 || flat).toBe(true);
          expect(r.slope).toBeGreaterThanOrEqual(o.c2 * r.slope0);
        }
        const exact = run(new Exact(), phi, first);
        expect(Math.abs(exact.slope)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(slope)));
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});

test("on a parabola the exact search takes two trials", () => {
  const r = run(new Exact(), (t) => [(t - 3) ** 2, 2 * (t - 3)], 1);
  expect(r).toMatchObject({ outcome: "done", t: 3 });
  expect(r.trials).toBeLessThanOrEqual(3);
});

describe("Armijo's backtracking", () => {
  /** The steps that are tried while f is what `phi` says. */
  const steps = (phi: (t: number) => number, slope: number, first: number, c1: number, count: number) => {
    const search = new Armijo(c1, 30);
    expect(search.start(phi(0), slope, first, 1e15)).toBe("trial");
    return Array.from({ length: count }, () => {
      expect(search.next(phi(search.step))).toBe("trial");
      return search.step;
    });
  };
  test("the second trial is the minimiser of the parabola, the third that of the cubic", () => {
    expect(steps((t) => (t - 1) ** 2, -2, 2.5, 1e-4, 1)).toEqual([1]);
    // -t + t^2 - t^3 / 5: the parabola through 3 is least at 1.25, the cubic at (5 - sqrt 10) / 3.
    const [second, third] = steps((t) => -t + t * t - 0.2 * t ** 3, -1, 3, 0.5, 2);
    expect(second).toBeCloseTo(1.25, 12);
    expect(third).toBeCloseTo((5 - Math.sqrt(10)) / 3, 12);
  });
  test("a trial is at least a tenth and at most half of the one before, a quarter where f is not finite", () => {
    expect(steps((t) => (t - 1) ** 2, -2, 100, 1e-4, 1)).toEqual([10]);
    expect(steps((t) => (t === 0 ? 1 : 1 - 0.4 * t), -1, 8, 0.5, 2)).toEqual([4, 2]);
    for (const bad of [NaN, Infinity])
      expect(steps((t) => (t > 1 ? bad : 1 - t), -1, 100, 0.5, 4)).toEqual([25, 6.25, 1.5625, 0.390625]);
  });
  test("what was tried where f is not finite is forgotten: a parabola comes next", () => {
    expect(steps((t) => (t > 3 ? NaN : (t - 1) ** 2), -2, 10, 1e-4, 2)).toEqual([2.5, 1]);
  });
});

describe("ways to end", () => {
  const all = (): LineSearch[] => [...strong(), new Armijo(1e-4, 30), new Exact(), new Fixed(1)];
  test("no descent: the slope is not negative", () => {
    for (const search of all()) expect(run(search, () => [0, 1], 1).outcome).toBe("noDescent");
  });
  test("longest: descent without end", () => {
    for (const search of [...strong(), new Exact()]) {
      const r = run(search, (t) => [-t, -1], 1, 100);
      expect(r.outcome).toBe("longest");
      expect(r.t).toBe(100);
    }
  });
  test("beyond the domain: NaN and Infinity shorten the step", () => {
    const bounded: Phi = (t) =>
      t < 1 ? [-t - Math.log1p(-t) * 0.1 * 0 + t * t * 0.1, -1 + 0.2 * t] : [NaN, NaN];
    for (const search of all()) {
      const r = run(search, bounded, 1000);
      expect(r.t).toBeLessThan(1);
      expect(r.f).toBeLessThan(r.f0);
    }
  });
  test("rounding or too many: nothing lower along a wrong slope", () => {
    for (const search of all().slice(0, 5)) {
      const r = run(search, (t) => [1 + t, -1], 1);
      expect(["rounding", "tooMany"]).toContain(r.outcome);
    }
  });
});

describe("each way by itself", () => {
  const wrong: Phi = (t) => [1 + t, -1];
  const kink: Phi = (t) => [Math.abs(t - 0.3), t < 0.3 ? -1 : 1];
  const makes: [string, Phi, (maxTrials: number) => LineSearch][] = [
    ["moreThuente", kink, (maxTrials) => new MoreThuente({ ...o, maxTrials })],
    ["wolfe", kink, (maxTrials) => new Wolfe({ ...o, maxTrials })],
    ["hagerZhang", wrong, (maxTrials) => new HagerZhang({ ...o, maxTrials })],
    ["armijo", wrong, (maxTrials) => new Armijo(1e-4, maxTrials)],
  ];
  test.each(makes)("%s: rounding with trials to spare, tooMany without", (_name, phi, make) => {
    expect(run(make(150), phi, 1).outcome).toBe("rounding");
    const few = run(make(3), wrong, 1);
    expect(few.outcome).toBe("tooMany");
    expect(few.trials).toBe(3);
  });
  test("the end of the domain is met to the last bit, and no step is tried twice but the one to end at", () => {
    for (const end of [1, 0.7, 1 / 3]) {
      const wide = { ...o, maxTrials: 150 };
      for (const search of [new MoreThuente(wide), new Wolfe(wide), new HagerZhang(wide), new Exact()]) {
        const steps: number[] = [];
        const domain: Phi = (t) => {
          if (t > 0) steps.push(t);
          return t <= end ? [-t, -1] : [NaN, NaN];
        };
        const r = run(search, domain, end);
        // `run` looks once more at what was accepted.
        steps.pop();
        const name = `${search.constructor.name} ${JSON.stringify(r)}`;
        // Hager and Zhang's search ends where it looked last, one bit beyond.
        if (!(search instanceof HagerZhang)) expect(r.t, name).toBe(end);
        expect(r.outcome, name).toBe(search instanceof Exact ? "done" : "rounding");
        expect(new Set(steps.slice(0, -1)).size, name).toBe(steps.length - 1);
      }
    }
  });
  test("fixed: too many where f is nowhere finite", () => {
    expect(run(new Fixed(1), (t) => [t > 0 ? NaN : 1, -1], 1).outcome).toBe("tooMany");
  });
});

test.each(lineSearchNames.filter((name) => name !== "fixed"))(
  "lbfgs, bfgs, cg and newton work with %s",
  (lineSearch) => {
    const f = rosenbrock(4);
    for (const method of ["lbfgs", "bfgs", "nonlinearCG", "newton"] as const) {
      const r = minimize({ fun: f.fun, grad: f.grad, hess: f.hess }, f.x0, { method, lineSearch });
      expect(r.status, method).toBe("converged");
      expect(r.optimality).toBeLessThanOrEqual(1e-8);
    }
  },
);

describe("a sum of 200 terms, whose value is known to more than a few units in the last place", () => {
  const rows = 200;
  const n = 50;
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const problem = () => {
    const A = Array.from({ length: rows }, () => Array.from({ length: n }, () => 2 * random()));
    const b = Array.from({ length: rows }, () => 20 * random());
    // The sum of log cosh (a_i'x - b_i).
    return (x: Float64Array, g: Float64Array) => {
      g.fill(0);
      let sum = 0;
      A.forEach((a, i) => {
        const z = a.reduce((s, v, j) => s + v * x[j]!, -b[i]!);
        sum += Math.abs(z) + Math.log1p(Math.exp(-2 * Math.abs(z))) - Math.LN2;
        a.forEach((v, j) => {
          g[j]! += Math.tanh(z) * v;
        });
      });
      return sum;
    };
  };

  test.each(["lbfgs", "bfgs", "nonlinearCG"] as const)(
    "%s does not search where only rounding falls",
    (method) => {
      for (let k = 0; k < 5; k++) {
        let before = 0;
        let longest = 0;
        const r = minimize({ funGrad: problem() }, new Float64Array(n), {
          method,
          onIteration: ({ nfev }) => {
            longest = Math.max(longest, nfev - before);
            before = nfev;
          },
        });
        expect(r.status).toBe("converged");
        expect(r.optimality).toBeLessThan(1e-5);
        expect(longest, `${k}`).toBeLessThanOrEqual(20);
      }
    },
  );
});
