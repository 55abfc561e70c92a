// Differential equations where results misled: sensitivities of states at rest, what begins at zero, what happens at a time or at a level,
// times far from zero, rates faster than the data. Truth: closed forms.

import { describe, expect, test } from "vitest";
import type { OdeModel, OdeOptions } from "../../src/fits/ode.js";
import { curveFit, ode } from "../../src/index.js";

const methods = ["explicit", "stiff"] as const;
const relative = (value: number, want: number) => Math.abs(value / want - 1);

/** Derivatives by the named parameter at times x. */
function derivatives(model: OdeModel, x: readonly number[], p: Readonly<Record<string, number>>) {
  const q = model.params.length;
  const J = new Float64Array(x.length * q);
  model.jacobian(
    x,
    model.params.map((name) => p[name]!),
    J,
  );
  return (name: string) => x.map((_, i) => J[i * q + model.params.indexOf(name)]!);
}
function near(values: ArrayLike<number>, want: readonly number[], within: number): void {
  const size = Math.max(...want.map(Math.abs));
  expect(values.length).toBe(want.length);
  want.forEach((v, i) => {
    expect(Math.abs(values[i]! - v)).toBeLessThan(within * size);
  });
}

describe.each(methods)("%s", (method) => {
  const made = (options: OdeOptions) => ode({ ...options, method });

  describe("sensitivities of a state at rest", () => {
    test("towards a level, long after", () => {
      const model = made({ derivatives: { A: "R-k*A" }, initial: { A: 0 } });
      const x = [0.5, 24, 48];
      const want = x.map((t) => (1 - Math.exp(-2 * t)) / 2);
      near(derivatives(model, x, { R: 0, k: 2 })("R"), want, 1e-7);
      // As well for a parameter that is next to nothing, beside which y / p is far too large a size.
      const tiny = made({ derivatives: { A: "R-k*A" }, initial: { A: 1 } });
      near(derivatives(tiny, x, { R: 1e-9, k: 2 })("R"), want, 1e-5);
    });

    test("of an oscillator, and of predator and prey in equilibrium", () => {
      const still = made({ derivatives: { u: "v", v: "-w^2*u" }, initial: { u: "u0", v: 0 }, observe: "u" });
      const x = [1, 5, 10, 50];
      near(
        derivatives(still, x, { w: 2, u0: 0 })("u0"),
        x.map((t) => Math.cos(2 * t)),
        5e-6,
      );
      const pair = made({
        derivatives: { u: "a*u-u*v", v: "u*v-v" },
        initial: { u: "u0", v: 1 },
        observe: "u",
      });
      const by = derivatives(pair, x, { a: 1, u0: 1 });
      near(
        by("u0"),
        x.map((t) => Math.cos(t)),
        5e-6,
      );
      near(
        by("a"),
        x.map((t) => Math.sin(t)),
        5e-6,
      );
    });

    test("a fit from there is the linear one", () => {
      const x = [0, 2, 4, 8, 16, 32, 48];
      const y = [5, 5.01, 5, 5.02, 4.99, 5.01, 5.02];
      const fit = curveFit({
        model: made({ derivatives: { A: "kin-A" }, initial: { A: 5 } }),
        x,
        y,
        params: { kin: 5 },
      });
      const g = x.map((t) => 1 - Math.exp(-t));
      const up = g.reduce((sum, v, i) => sum + v * (y[i]! - 5 * (1 - v)), 0);
      const down = g.reduce((sum, v) => sum + v * v, 0);
      const kin = up / down;
      const rss = g.reduce((sum, v, i) => sum + (y[i]! - 5 * (1 - v) - kin * v) ** 2, 0);
      expect(fit.success).toBe(true);
      expect(relative(fit.values.kin, kin)).toBeLessThan(1e-9);
      expect(relative(fit.params.kin.stderr!, Math.sqrt(rss / 6 / down))).toBeLessThan(1e-6);
    });
  });

  test("a rate far faster than the data: the values between the steps, and the fit", () => {
    const x = Array.from({ length: 25 }, (_, i) => 2 * i);
    const B = (k: number, kb: number, kd: number, t: number) =>
      (kb * (Math.exp(-k * t) - Math.exp(-kd * t))) / (kd - k);
    const model = made({ derivatives: { A: "-k*A", B: "kb*A-kd*B" }, initial: { B: 0 }, observe: "A+B" });
    const p = { k: 0.1, kb: 2, kd: 5, A0: 3 };
    const solution = model.solve(x, p).B!;
    x.slice(1).forEach((t, i) => {
      expect(relative(solution[i + 1]!, 3 * B(0.1, 2, 5, t))).toBeLessThan(5e-9);
    });
    const y = x.map((t, i) => 3 * (Math.exp(-0.1 * t) + B(0.1, 2, 5, t)) + 0.005 * Math.sin(97 * i * i));
    const fixed = { kd: { init: 5, fixed: true }, A0: { init: 3, fixed: true } } as const;
    const fit = curveFit({ model, x, y, params: { k: 0.15, kb: { init: 0.1, min: 0 }, ...fixed } });
    const text = "A0*(exp(-k*x) + kb*(exp(-k*x) - exp(-kd*x))/(kd - k))";
    const exact = curveFit({ model: text, x, y, params: { k: 0.15, kb: { init: 0.1, min: 0 }, ...fixed } });
    expect(fit.success).toBe(true);
    expect(relative(fit.values.kb, exact.values.kb)).toBeLessThan(1e-8);
  });

  describe("from zero", () => {
    test("a ramp, roots of the time, the last of fourteen compartments", () => {
      const one = (rate: string, from = 0) => made({ derivatives: { y: rate }, initial: { y: 0 }, from });
      near(one("max(0,t-1)").solve([0.5, 1.5, 2, 3], {}).y!, [0, 0.125, 0.5, 2], 1e-11);
      near(one("sqrt(t)").solve([1, 4], {}).y!, [2 / 3, 16 / 3], 1e-9);
      near(one("(t-5)^1.5", 5).solve([6, 9], {}).y!, [0.4, 12.8], 1e-9);
      const names = Array.from({ length: 14 }, (_, i) => `c${i}`);
      const chain = made({
        derivatives: Object.fromEntries(
          names.map((name, i) => [name, i === 0 ? "-k*c0" : `k*(c${i - 1}-${name})`]),
        ),
        initial: Object.fromEntries(names.map((name, i) => [name, i === 0 ? 1 : 0])),
        observe: "c13",
      });
      const x = [1, 10, 20];
      const want = x.map((t) => {
        let value = Math.exp(-t);
        for (let i = 1; i <= 13; i++) value *= t / i;
        return value;
      });
      const { c13 } = chain.solve(x, { k: 1 });
      const slope = derivatives(chain, x, { k: 1 })("k");
      x.forEach((t, i) => {
        expect(relative(c13![i]!, want[i]!)).toBeLessThan(1e-9);
        expect(relative(slope[i]!, want[i]! * (13 - t))).toBeLessThan(1e-6);
      });
    });

    test("what grows out of the smallest numbers there are", () => {
      const model = made({ derivatives: { y: "gaussian(t,50,0.01)" }, initial: { y: 0 }, maxStep: 0.05 });
      near(model.solve([0, 100], {}).y!, [0, 0.01 * Math.sqrt(2 * Math.PI)], 1e-8);
    });
  });

  describe("what happens at a time", () => {
    const k = 0.3;
    const R = 10;
    const given = (t: number, from: number, to: number) =>
      t <= from ? 0 : (R / k) * (Math.exp(-k * (t - Math.min(t, to))) - Math.exp(-k * (t - from)));
    const infusion = made({
      derivatives: { y: "if(t>=1 and t<2, R, 0) - k*y" },
      initial: { y: 0 },
    });

    test.each([[[0, 0.5, 1, 1.5, 2, 3, 4, 8, 12, 24]], [[12, 24]], [[24]]])(
      "an infusion of an hour, seen at %j",
      (x) => {
        near(
          infusion.solve(x, { k, R }).y!,
          x.map((t) => given(t, 1, 2)),
          1e-9,
        );
      },
    );

    test("a fit of four late values", () => {
      const x = [6, 12, 18, 24];
      const y = x.map((t, i) => given(t, 1, 2) + 0.01 * Math.sin(9 * i * i));
      const text = "R/k*(exp(-k*(x-2)) - exp(-k*(x-1)))";
      const fit = curveFit({ model: infusion, x, y, params: { R: 8, k: 0.2 } });
      const exact = curveFit({ model: text, x, y, params: { R: 8, k: 0.2 } });
      expect(fit.success).toBe(true);
      expect(relative(fit.values.R, exact.values.R)).toBeLessThan(1e-7);
      expect(relative(fit.params.k.stderr!, exact.params.k.stderr!)).toBeLessThan(1e-5);
    });

    test("an hour of every day, for a month; day and night", () => {
      const daily = made({ derivatives: { y: "if(mod(t,24)<1, R, 0) - k*y" }, initial: { y: 0 } });
      const x = [12, 24, 48.5, 100, 240, 500, 720];
      const want = x.map((t) => {
        let sum = 0;
        for (let day = 0; day < t; day += 24) sum += given(t, day, day + 1);
        return sum;
      });
      const got = daily.solve(x, { k, R }).y!;
      want.forEach((v, i) => {
        expect(relative(got[i]!, v)).toBeLessThan(1e-9);
      });
      const light = made({ derivatives: { y: "if(sin(2*pi*t/24)>0, 1, 0)" }, initial: { y: 0 } });
      near(light.solve([720, 726], {}).y!, [360, 366], 1e-9);
    });

    test("just before the end of a step, just after its beginning, late, in whole numbers, backwards", () => {
      const lag = made({ derivatives: { A: "if(t<9.5,0,-k*A)" }, initial: { A: 1 } });
      near(lag.solve([10, 20], { k: 1 }).A!, [Math.exp(-0.5), Math.exp(-10.5)], 1e-9);
      near(lag.solve([20], { k: 1 }).A!, [Math.exp(-10.5)], 1e-8);
      const soon = made({ derivatives: { A: "if(t<=0,1e6,-k*A)" }, initial: { A: 1 } });
      near(soon.solve([1], { k: 1 }).A!, [Math.exp(-1)], 1e-8);
      const late = made({ derivatives: { y: "if(t>=1000,1,0)" }, initial: { y: 0 } });
      near(late.solve([2000, 3000], {}).y!, [1000, 2000], 1e-11);
      const stairs = made({ derivatives: { y: "floor(t) + ceil(t) + round(t)" }, initial: { y: 0 } });
      near(stairs.solve([3.5, 10], {}).y!, [4.5 + 8 + 6, 45 + 55 + 50], 1e-10);
      const back = made({ derivatives: { A: "if(t<tl,0,-k*A)" }, from: 5 });
      const by = derivatives(back, [4, 2], { tl: 3, k: 1, A0: 1 });
      near(by("tl"), [0, -Math.exp(2)], 1e-7);
      near(by("k"), [Math.exp(1), 2 * Math.exp(2)], 1e-7);
    });

    test("derivatives by the time at which it happens, also where that is the beginning, and the fit of a lag", () => {
      const lag = made({ derivatives: { A: "if(t<tl,0,-k*A)" } });
      const by = derivatives(lag, [5, 10, 20], { tl: 9.5, k: 1, A0: 1 });
      near(by("tl"), [0, Math.exp(-0.5), Math.exp(-10.5)], 1e-7);
      near(by("k"), [0, -0.5 * Math.exp(-0.5), -10.5 * Math.exp(-10.5)], 1e-7);
      near(derivatives(lag, [1], { tl: 0, k: 1, A0: 1 })("tl"), [Math.exp(-1)], 1e-7);
      const x = Array.from({ length: 21 }, (_, i) => i);
      const y = x.map((t, i) => 2 * Math.exp(-0.4 * Math.max(0, t - 4.3)) + 0.01 * Math.sin(97 * i * i));
      const fit = curveFit({ model: lag, x, y, params: { tl: 3, k: 0.3, A0: 2 } });
      const exact = curveFit({
        model: "A0*exp(-k*max(0,x-tl))",
        x,
        y,
        params: { tl: 4.2, k: 0.3, A0: 2 },
      });
      expect(fit.success).toBe(true);
      expect(fit.warnings).toEqual([]);
      for (const name of ["tl", "k", "A0"] as const) {
        expect(relative(fit.values[name], exact.values[name])).toBeLessThan(1e-7);
        expect(relative(fit.params[name].stderr!, exact.params[name].stderr!)).toBeLessThan(1e-5);
      }
    });
  });

  describe("what happens at a level", () => {
    test("a rate that changes there: values and derivatives", () => {
      const model = made({ derivatives: { u: "if(u<c,a,b)" }, initial: { u: 0 } });
      const p = { a: 1, b: 0.5, c: 2 };
      near(model.solve([1, 3, 5], p).u!, [1, 2.5, 3.5], 1e-11);
      const by = derivatives(model, [5], p);
      near([...by("c"), ...by("a"), ...by("b")], [0.5, 1, 3], 1e-9);
    });

    test("a ball that falls on a spring: derivatives of where it is after three bounces", () => {
      const model = made({
        derivatives: { u: "v", v: "-g - if(u<0, K*u, 0)" },
        initial: { u: 1, v: 0 },
        observe: "u",
      });
      // A parabola, then half a turn of the spring, over and over.
      const height = (g: number, K: number, t: number) => {
        const fall = Math.sqrt(2 / g);
        const w = Math.sqrt(K);
        const speed = g * fall;
        const contact = (2 * (Math.PI - Math.atan((speed * w) / g))) / w;
        const turn = contact + 2 * fall;
        if (t < fall) return 1 - (g * t * t) / 2;
        let left = t - fall;
        while (left > turn) left -= turn;
        if (left > contact) {
          const s = left - contact;
          return speed * s - (g * s * s) / 2;
        }
        return -g / K + (g / K) * Math.cos(w * left) - (speed / w) * Math.sin(w * left);
      };
      const x = [0.3, 0.6, 1.2, 2, 3.2];
      const p = { g: 9.8, K: 1000 };
      near(
        model.solve(x, p).u!,
        x.map((t) => height(p.g, p.K, t)),
        1e-8,
      );
      const slope = (name: "g" | "K", t: number) => {
        const h = 1e-5 * p[name];
        const at = (s: number) =>
          height(...([p.g + (name === "g" ? s : 0), p.K + (name === "K" ? s : 0)] as const), t);
        return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      };
      for (const name of ["g", "K"] as const) {
        near(
          derivatives(model, x, p)(name),
          x.map((t) => slope(name, t)),
          1e-6,
        );
      }
    });

    test("an empty tank stays empty, however its outflow is written", () => {
      const x = [0.5, 1, 1.9, 2, 2.5];
      const want = [0.5625, 0.25, 0.0025, 0, 0];
      for (const outflow of ["if(h>0, -k*sqrt(h), 0)", "-k*sqrt(max(h,0))"]) {
        const model = made({ derivatives: { h: outflow }, initial: { h: 1 } });
        near(model.solve(x, { k: 1 }).h!, want, 1e-10);
      }
      const pump = made({ derivatives: { h: "if(h>0, -k, 0)" }, initial: { h: 1 } });
      near(pump.solve([0.5, 1.5], { k: 1 }).h!, [0.5, 0], 1e-12);
      near(derivatives(pump, [0.5, 1.5], { k: 1 })("k"), [-0.5, 0], 1e-9);
    });

    test("kinks: the smaller, the larger, the size", () => {
      // u falls from 2 to c and stays: u = c + (2 - c) exp(-t) until it is m.
      const model = made({
        derivatives: { u: "-abs(u-c)", w: "min(u,m)", z: "max(u,m)" },
        initial: { u: 2, w: 0, z: 0 },
        observe: "w - z",
      });
      const at = ({ c, m }: { c: number; m: number }, t: number) => {
        const s = Math.log((2 - c) / (m - c));
        const area = (from: number, to: number) =>
          c * (to - from) + (2 - c) * (Math.exp(-from) - Math.exp(-to));
        return m * s + area(s, t) - area(0, s) - m * (t - s);
      };
      const p = { c: 1, m: 1.5 };
      near([model.solve([3], p).w![0]! - model.solve([3], p).z![0]!], [at(p, 3)], 1e-9);
      const by = derivatives(model, [3], p);
      const h = 1e-5;
      near(by("c"), [(at({ ...p, c: 1 + h }, 3) - at({ ...p, c: 1 - h }, 3)) / (2 * h)], 1e-7);
      near(by("m"), [(at({ ...p, m: 1.5 + h }, 3) - at({ ...p, m: 1.5 - h }, 3)) / (2 * h)], 1e-7);
    });

    test("a rate that throws the solution back where it came from has none: NaN, soon", () => {
      const { y } = made({ derivatives: { y: "-k*sign(y)" }, initial: { y: 1 } }).solve([0.5, 2], { k: 1 });
      expect(y![0]).toBeCloseTo(0.5, 12);
      expect(y![1]).toBeNaN();
    });
  });

  test.each([1.7e9, 1.7e12, -1e15])("times counted from %d are as good as any", (from) => {
    const model = made({ derivatives: { A: "-k*A" }, from });
    const x = [from + 1, from + 2, from + 5, from - 3];
    const { A } = model.solve(x, { k: 1, A0: 3 });
    const near0 = made({ derivatives: { A: "-k*A" } }).solve([1, 2, 5, -3], { k: 1, A0: 3 });
    expect(A).toEqual(near0.A);
    [1, 2, 5, -3].forEach((t, i) => {
      expect(relative(A![i]!, 3 * Math.exp(-t))).toBeLessThan(1e-9);
    });
  });

  test("a parameter at which the start has no derivative leaves the others theirs", () => {
    const model = made({ derivatives: { A: "-k*A" }, initial: { A: "1 + sqrt(c)" } });
    const by = derivatives(model, [1, 2], { c: 0, k: 1 });
    near(by("k"), [-Math.exp(-1), -2 * Math.exp(-2)], 1e-7);
  });
});
