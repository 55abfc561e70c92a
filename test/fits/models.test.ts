// Differential equations, errors in x, and peaks: against closed forms, SciPy 1.17.1 (solve_ivp with DOP853 at 1e-13, least_squares,
// scipy.odr, which is ODRPACK) and York's published answer.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  curveFit,
  DownhillError,
  type FitPeaksOptions,
  fitPeaks,
  models,
  ode,
  odr,
} from "../../src/index.js";

function refused(call: () => unknown): DownhillError {
  try {
    call();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("not refused");
}
const relative = (value: number, want: number) => Math.abs(value / want - 1);

describe("ode", () => {
  const sir = () =>
    ode({
      derivatives: { S: "-beta*S*I/N", I: "beta*S*I/N - gamma*I" },
      initial: { S: "N - I0", I: "I0" },
      observe: "I",
    });

  test("SIR: SciPy's solution to 10 digits", () => {
    const model = sir();
    expect(model.params).toEqual(["beta", "N", "gamma", "I0"]);
    const { I } = model.solve([0, 1, 3.5, 7, 13], { beta: 1.7, gamma: 0.45, N: 763, I0: 2 });
    const want = [2, 6.9083240834978135, 114.8458603960232, 241.5373676957681, 27.116472477302466];
    want.forEach((value, i) => {
      expect(relative(I![i]!, value)).toBeLessThan(3e-10);
    });
  });

  test("SIR fitted to the influenza of a boarding school (Brit. Med. J. 1 (1978) 587): SciPy's least squares to 8 digits", () => {
    const x = Array.from({ length: 14 }, (_, day) => day);
    const y = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4];
    const fit = curveFit({
      model: sir(),
      x,
      y,
      // The names in an order of their own.
      params: { I0: 2, gamma: 0.5, beta: 1.5, N: { init: 763, fixed: true } },
    });
    expect(fit.success).toBe(true);
    expect(relative(fit.values.beta!, 1.7881058720411898)).toBeLessThan(1e-8);
    expect(relative(fit.values.gamma!, 0.45570098139566295)).toBeLessThan(1e-8);
    expect(relative(fit.values.I0!, 2.093429054606518)).toBeLessThan(3e-8);
    expect(relative(fit.rss, 3589.850693157023)).toBeLessThan(1e-9);
    expect(fit.predict([2.5])[0]).toBeGreaterThan(26);
    expect(fit.band([2.5]).upper[0]).toBeGreaterThan(fit.band([2.5]).fit[0]!);
  });

  test("one compartment with absorption: the closed form, values, derivatives and fit", () => {
    const model = ode({
      derivatives: { gut: "-ka*gut", blood: "ka*gut - ke*blood" },
      initial: { gut: "dose", blood: 0 },
      observe: "blood/V",
      params: ["dose", "ka", "ke", "V"],
    });
    const closed = (t: number, dose: number, ka: number, ke: number, V: number) =>
      (dose / V) * (ka / (ka - ke)) * (Math.exp(-ke * t) - Math.exp(-ka * t));
    const x = [8, 0, 0.25, 0.5, 1, 2, 4, 24];
    const p = [300, 1.5, 0.12, 32] as const;
    const out = new Float64Array(x.length);
    model.evaluate(x, p, out);
    x.forEach((t, i) => {
      const want = closed(t, ...p);
      expect(Math.abs(out[i]! - want)).toBeLessThan(1e-9 * 8);
    });
    const exact = curveFit({
      model: "300/V*ka/(ka - ke)*(exp(-ke*x) - exp(-ka*x))",
      x,
      y: x.map((t, i) => closed(t, ...p) * (1 + 0.02 * Math.sin(7 * i))),
      params: { ka: 1, ke: 0.2, V: 20 },
    });
    const fit = curveFit({
      model,
      x,
      y: x.map((t, i) => closed(t, ...p) * (1 + 0.02 * Math.sin(7 * i))),
      params: { dose: { init: 300, fixed: true }, ka: 1, ke: 0.2, V: 20 },
    });
    for (const name of ["ka", "ke", "V"] as const) {
      expect(relative(fit.values[name], exact.values[name])).toBeLessThan(1e-8);
      expect(relative(fit.params[name].stderr!, exact.params[name].stderr!)).toBeLessThan(1e-6);
    }
  });

  test("sensitivities are the derivatives of the solution, of any rates and starts, forward and backward in time", () => {
    const number = fc.double({ min: 0.2, max: 2, noNaN: true });
    const model = ode({
      derivatives: { u: "a*v - u^2*sin(t)", v: "-b*u + atan2(v, 2) + step(t - 9)" },
      observe: "u + exp(-b)*v*t",
    });
    fc.assert(
      fc.property(number, number, number, number, (a, b, u, v) => {
        const p = model.params.map((name) => ({ a, b, u0: u, v0: v })[name]!);
        const x = [1, -0.5, 0.3];
        const J = new Float64Array(12);
        model.jacobian(x, p, J);
        p.forEach((value, k) => {
          const h = 1e-5;
          const high = new Float64Array(3);
          const low = new Float64Array(3);
          model.evaluate(
            x,
            p.map((q, j) => (j === k ? value + h : q)),
            high,
          );
          model.evaluate(
            x,
            p.map((q, j) => (j === k ? value - h : q)),
            low,
          );
          x.forEach((_, i) => {
            const slope = (high[i]! - low[i]!) / (2 * h);
            expect(Math.abs(J[i * 4 + k]! - slope)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)));
          });
        });
      }),
      { numRuns: 20 },
    );
  });

  test("the error follows the tolerance", () => {
    const error = (tolerance: number) => {
      const { u } = ode({
        derivatives: { u: "-u", v: "u" },
        initial: { u: 1, v: 0 },
        observe: "v",
        tolerance,
      }).solve([5.1], {});
      return relative(u![0]!, Math.exp(-5.1));
    };
    const [rough, fine, finest] = [error(1e-4), error(1e-7), error(1e-11)];
    expect(rough).toBeLessThan(1e-2);
    expect(fine).toBeLessThan(rough / 50);
    expect(finest).toBeLessThan(1e-9);
  });

  test("a pole and too few steps leave NaN, and a fit keeps away from them", () => {
    const pole = ode({ derivatives: { u: "k*u^2" }, initial: { u: 1 } });
    const { u } = pole.solve([0.5, 0.99, 2], { k: 1 });
    expect(u![0]).toBeCloseTo(2, 8);
    expect(u![2]).toBeNaN();
    const few = ode({ derivatives: { u: "-u" }, initial: { u: 1 }, maxSteps: 2 });
    expect(few.solve([0, 50], {}).u![1]).toBeNaN();
    const x = [0, 0.2, 0.4, 0.6];
    const fit = curveFit({ model: pole, x, y: x.map((t) => 1 / (1 - 0.9 * t)), params: { k: 0.1 } });
    expect(fit.values.k).toBeCloseTo(0.9, 7);
  });

  test("global: two observed variables of one system", () => {
    const system = { derivatives: { A: "-k*A", B: "k*A" }, initial: { A: "A0", B: 0 } };
    const x = [0, 1, 2, 3];
    const fit = curveFit({
      data: [
        { x, y: x.map((t) => 5 * Math.exp(-0.4 * t)) },
        { x, y: x.map((t) => 5 - 5 * Math.exp(-0.4 * t)) },
      ],
      model: [ode({ ...system, observe: "A" }), ode({ ...system, observe: "B", params: ["k", "A0"] })],
      params: { A0: { shared: true, init: 3 }, k: { shared: true, init: 1 } },
    });
    expect(fit.values.k).toBeCloseTo(0.4, 8);
    expect(fit.values.A0).toBeCloseTo(5, 8);
  });

  test("wrong calls", () => {
    const good = { derivatives: { A: "-k*A" } };
    expect(ode(good).params).toEqual(["k", "A0"]);
    expect(refused(() => ode({} as never)).message).toMatch(/derivatives/);
    expect(refused(() => ode({ derivatives: { A: 1 as never } })).message).toMatch(/derivatives.A/);
    expect(refused(() => ode({ derivatives: { A: "-k*" } })).code).toBe("EXPRESSION");
    expect(refused(() => ode({ ...good, variables: ["A", "B"] })).message).toMatch(/derivatives.B/);
    expect(refused(() => ode({ derivatives: { A: "1", B: "1" }, variables: ["A"] })).message).toMatch(/"B"/);
    expect(refused(() => ode({ derivatives: { A: "1", B: "1" } })).message).toMatch(/observe/);
    expect(refused(() => ode({ ...good, initial: { A: NaN } })).message).toMatch(/initial.A/);
    expect(refused(() => ode({ ...good, initial: { B: 1 } as never })).code).toBe("OPTION");
    expect(refused(() => ode({ ...good, initial: { A: "q" }, params: ["k"] })).code).toBe("EXPRESSION");
    expect(refused(() => ode({ ...good, tolerance: 0 })).message).toMatch(/tolerance/);
    expect(refused(() => ode({ ...good, tolerence: 1 } as never)).hint).toMatch(/tolerance/);
    expect(refused(() => ode(good).solve([1], { k: 1 } as never)).message).toMatch(/A0/);
    expect(
      refused(() => curveFit({ model: ode(good), x: [0, 1], y: [1, 0.5], params: { k: 1 } })).message,
    ).toMatch(/k, A0/);
  });
});

describe("stiff equations: Robertson's reaction", () => {
  const system = {
    derivatives: { A: "-k1*A + k3*B*C", B: "k1*A - k3*B*C - k2*B^2", C: "k2*B^2" },
    initial: { A: 1, B: 0, C: 0 },
    observe: "A",
    method: "stiff" as const,
  };
  const x = [0.4, 1, 4, 10, 40, 100, 400, 1000, 4000, 10000, 40000, 1e5];
  // SciPy 1.17.1, solve_ivp with Radau, rtol = 1e-13.
  const radau = [
    0.9851721138609925, 0.966459737333006, 0.9055186785842554, 0.8413699238414762, 0.7158270687194064,
    0.6172348823960891, 0.4505186684711066, 0.3368745306607059, 0.18320225777671, 0.107300428537807,
    0.0389833770854854, 0.0178659211421048,
  ];

  test("SciPy's Radau to 10 digits, from a step of microseconds to one of a day", () => {
    const model = ode(system);
    const { A, B, C } = model.solve(x, { k1: 0.04, k2: 3e7, k3: 1e4 });
    radau.forEach((value, i) => {
      expect(relative(A![i]!, value)).toBeLessThan(2e-10);
      expect(A![i]! + B![i]! + C![i]!).toBeCloseTo(1, 9);
    });
    const loose = ode({ ...system, tolerance: 1e-6 }).solve(x, { k1: 0.04, k2: 3e7, k3: 1e4 });
    radau.forEach((value, i) => {
      expect(relative(loose.A![i]!, value)).toBeLessThan(1e-5);
    });
  });

  test("fitted: SciPy's least squares over that solution", () => {
    const y = [
      0.98517, 0.96722, 0.90352, 0.84066, 0.71593, 0.61663, 0.44853, 0.33733, 0.18362, 0.10755, 0.03709,
      0.01789,
    ];
    const params = { k1: 0.05, k2: 2e7, k3: { init: 1e4, fixed: true } };
    const fit = curveFit({ model: ode(system), x, y, params });
    expect(fit.success).toBe(true);
    expect(relative(fit.values.k1!, 0.040663879673421686)).toBeLessThan(1e-6);
    expect(relative(fit.values.k2!, 29098097.656825423)).toBeLessThan(1e-6);
    expect(relative(fit.rss, 1.060634386486575e-5)).toBeLessThan(1e-7);
    expect(relative(fit.params.k1!.stderr!, 5.733117180312291e-4)).toBeLessThan(1e-4);
    expect(relative(fit.params.k2!.stderr!, 8.936958136253995e5)).toBeLessThan(1e-4);
  });

  test("where nothing is stiff it is the other method: values, sensitivities, backwards, with a time in it", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (k, w) => {
          const equations = {
            derivatives: { u: "-k*u + v + sin(w*t)", v: "-k*v*u" },
            initial: { u: 1, v: "1 + k" },
            observe: "u*v",
          };
          const times = [2, -1, 0, 0.5, 1];
          const [one, two] = (["explicit", "stiff"] as const).map((method) => {
            const model = ode({ ...equations, method });
            const p = model.params.map((name) => (name === "k" ? k : w));
            const J = new Float64Array(2 * times.length);
            model.jacobian(times, p, J);
            return { ...model.solve(times, { k, w }), J } as Record<string, Float64Array>;
          });
          for (const name of ["u", "v", "J"] as const) {
            const [a, b] = [one![name]!, two![name]!];
            const size = Math.max(...a.map(Math.abs));
            a.forEach((v, i) => {
              expect(Math.abs(v - b[i]!)).toBeLessThan((name === "J" ? 1e-6 : 1e-8) * (1 + size));
            });
          }
        },
      ),
      { numRuns: 30, seed: 7 },
    );
  });

  test("a pole, too few steps, a word that is no method", () => {
    const pole = ode({ derivatives: { u: "k*u^2" }, initial: { u: 1 }, method: "stiff" });
    const { u } = pole.solve([0, 0.5, 2], { k: 1 });
    expect(u![1]).toBeCloseTo(2, 8);
    expect(u![2]).toBeNaN();
    const few = ode({ ...system, maxSteps: 2 }).solve([0, 1e5], { k1: 0.04, k2: 3e7, k3: 1e4 });
    expect([few.A![0], few.A![1]]).toEqual([1, NaN]);
    expect(refused(() => ode({ ...system, method: "stif" as never })).hint).toMatch(/stiff/);
  });
});

describe("odr", () => {
  // Pearson's data with York's weights (Can. J. Phys. 44 (1966) 1079); the answer: York, Earth Planet. Sci. Lett. 5 (1968) 320.
  const york = {
    x: [0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4],
    y: [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5],
    sigmaX: [1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1].map((w) => 1 / Math.sqrt(w)),
    sigma: [1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500].map((w) => 1 / Math.sqrt(w)),
  };

  test.each([
    ["text", "a + b*x" as const, undefined],
    ["function", ((t: number, p: { a: number; b: number }) => p.a + p.b * t) as never, { a: 5, b: -0.5 }],
  ])("Pearson's data with York's weights: a = 5.47991, b = -0.480533 (%s)", (_, model, params) => {
    const fit = odr({ ...york, model, params });
    expect(fit.success).toBe(true);
    expect(fit.values.a).toBeCloseTo(5.479910153573168, 6);
    expect(fit.values.b).toBeCloseTo(-0.4805333920221538, 7);
    expect(relative(fit.params.a!.stderr!, 0.3592465463537924)).toBeLessThan(1e-6);
    expect(relative(fit.params.b!.stderr!, 0.0706202782961892)).toBeLessThan(1e-6);
    expect(relative(fit.rss, 11.866353194068939)).toBeLessThan(1e-9);
    expect(relative(fit.redChi2, 1.4832941492586176)).toBeLessThan(1e-9);
    expect(relative(fit.rssX + fit.rssY, fit.rss)).toBeLessThan(1e-12);
    const known = odr({ ...york, model, params, absoluteSigma: true });
    expect(
      relative(known.params.a!.stderr!, 0.3592465463537924 / Math.sqrt(1.4832941492586176)),
    ).toBeLessThan(1e-6);
  });

  test("an exponential: ODRPACK's estimates, errors and shifts", () => {
    const data = {
      x: [0.1, 0.5, 1.1, 1.4, 2.2, 2.9, 3.3, 4.1],
      y: [4.7, 3.8, 2.9, 2.3, 1.7, 1.1, 1.05, 0.6],
      sigmaX: 0.1,
      sigma: 0.15,
    };
    const shifts = [
      -0.011292114439252123, 0.0067880427385520106, -0.021913366846475497, 0.045596814535771225,
      -0.01710534599206474, 0.012630774470425661, -0.019627453889096407, 0.004922686751463667,
    ];
    const plain = (t: number, p: { a: number; b: number }) => p.a * Math.exp(-p.b * t);
    for (const fit of [
      odr({ ...data, model: "a*exp(-b*x)" }),
      odr({ ...data, model: plain as never, params: { a: 5, b: 0.5 } }),
    ]) {
      expect(relative(fit.values.a!, 4.9008260884979915)).toBeLessThan(3e-7);
      expect(relative(fit.values.b!, 0.4978112042221288)).toBeLessThan(3e-7);
      expect(relative(fit.params.a!.stderr!, 0.10602424857859315)).toBeLessThan(1e-4);
      expect(relative(fit.params.b!.stderr!, 0.01522188598127698)).toBeLessThan(1e-4);
      expect(relative(fit.rss, 1.3951546560663317)).toBeLessThan(1e-9);
      shifts.forEach((shift, i) => {
        expect(fit.delta.x![i]).toBeCloseTo(shift, 6);
      });
      expect(fit.predict([1])[0]).toBeCloseTo(fit.values.a! * Math.exp(-fit.values.b!), 12);
      expect(fit.band([1]).upper[0]).toBeGreaterThan(fit.predict([1])[0]!);
      expect(fit.report()).toContain("Orthogonal distance regression");
      expect(fit.report("brief")).toMatch(/a = 4.90083/);
      expect(JSON.parse(JSON.stringify(fit)).kind).toBe("odr");
    }
  });

  test("two predictors with errors of their own: ODRPACK", () => {
    const fit = odr({
      model: "p*u + q*v + r*u*v",
      x: { u: [1, 2, 3, 4, 5, 6], v: [2, 1, 4, 3, 6, 5] },
      y: [3.1, 4.2, 7.9, 8.1, 13.2, 12.7],
      sigmaX: { u: 0.1, v: 0.2 },
      sigma: 0.3,
      params: { p: 1, q: 1, r: 0 },
    });
    expect(relative(fit.values.p!, 1.261071234300866)).toBeLessThan(1e-5);
    expect(relative(fit.values.q!, 1.0374217746024568)).toBeLessThan(1e-5);
    expect(fit.values.r).toBeCloseTo(0.00911987463959577, 6);
    expect(relative(fit.rss, 5.022438791367256)).toBeLessThan(1e-9);
    expect(relative(fit.params.p!.stderr!, 0.22989924985005086)).toBeLessThan(1e-2);
  });

  test("without error in x it is curveFit", () => {
    const data = { model: "a*exp(-b*x)", x: york.x, y: york.y, params: { a: 6, b: { init: 0.1, min: 0 } } };
    const plain = curveFit(data);
    const fit = odr({ ...data, sigmaX: 1e-9 });
    expect(fit.values.b).toBeCloseTo(plain.values.b, 9);
    expect(relative(fit.params.a!.stderr!, plain.params.a.stderr!)).toBeLessThan(1e-7);
    const held = odr({ ...data, params: { a: { init: 6, fixed: true }, b: 0.1 }, sigmaX: 0.1 });
    expect(held.freeNames).toEqual(["b"]);
    expect(held.values.a).toBe(6);
  });

  test("wrong calls", () => {
    const data = { model: "a + b*x", x: york.x, y: york.y };
    expect(refused(() => odr(data as never)).message).toMatch(/sigmaX/);
    expect(refused(() => odr(null as never)).code).toBe("OPTION");
    expect(refused(() => odr({ ...data, sigmaX: 0 })).hint).toMatch(/curveFit/);
    expect(refused(() => odr({ ...data, sigmaX: [1] })).code).toBe("SHAPE");
    expect(refused(() => odr({ ...data, sigmaX: 1, loss: "huber" } as never)).message).toMatch(/loss/);
    expect(refused(() => odr({ ...data, sigmaX: 1, params: { a: 1, b: { expr: "a" } } })).code).toBe(
      "UNSUPPORTED",
    );
  });
});

describe("fitPeaks", () => {
  const noise = (i: number) => Math.sin(12.9898 * i * i + 4.1) + Math.sin(78.233 * i + 0.3 * i * i);
  const x = Array.from({ length: 240 }, (_, i) => 500 + i / 4);
  const made = [
    { center: 512, height: 8, width: 1.5 },
    { center: 520, height: 3, width: 2 },
    { center: 541, height: 5, width: 1 },
  ];

  test.each(["gaussian", "lorentzian"] as const)(
    "three %s peaks on a line, on an axis far from 0, found without being counted",
    (shape) => {
      const form = (z: number) => (shape === "gaussian" ? Math.exp(-0.5 * z * z) : 1 / (1 + z * z));
      const y = x.map(
        (v, i) =>
          2 +
          0.03 * (v - 500) +
          0.05 * noise(i) +
          made.reduce((s, p) => s + p.height * form((v - p.center) / p.width), 0),
      );
      const { peaks, fit, origin } = fitPeaks({ x, y, shape, baseline: "linear" });
      expect(peaks.length).toBe(3);
      expect(fit.success).toBe(true);
      expect(origin).toBeCloseTo(529.875, 9);
      peaks.forEach((peak, k) => {
        const { center, height, width } = made[k]!;
        const far = 4;
        expect(Math.abs(peak.center - center)).toBeLessThan(far * peak.stderr!.center);
        expect(Math.abs(peak.height - height)).toBeLessThan(far * peak.stderr!.height);
        const full = (shape === "gaussian" ? 2 * Math.sqrt(2 * Math.LN2) : 2) * width;
        expect(Math.abs(peak.fwhm - full)).toBeLessThan(far * peak.stderr!.fwhm);
        const area = height * width * (shape === "gaussian" ? Math.sqrt(2 * Math.PI) : Math.PI);
        expect(Math.abs(peak.area - area)).toBeLessThan(far * peak.stderr!.area);
        // The delta method of a product, by hand.
        expect(peak.stderr!.area).toBeLessThan(0.2 * peak.area);
      });
      expect(
        fitPeaks({ x, y, shape, baseline: "linear", count: 2 }).peaks.map(({ center }) => Math.round(center)),
      ).toEqual([512, 541]);
      const backwards = fitPeaks({ x: [...x].reverse(), y: [...y].reverse(), shape, baseline: "linear" });
      expect(backwards.peaks[0]!.center).toBeCloseTo(peaks[0]!.center, 9);
      // The fit is one of the x and y that were given.
      for (const [own, at, values] of [
        [fit, x, y],
        [backwards.fit, [...x].reverse(), [...y].reverse()],
      ] as const) {
        expect(peaks.map(({ center }) => center)).toEqual(
          expect.arrayContaining([expect.closeTo(own.values.p1_center!, 8)]),
        );
        own.residuals.forEach((r, i) => {
          expect(own.predict([at[i]!])[0]).toBeCloseTo(values[i]! + r, 9);
        });
        expect(own.band([541])).not.toHaveProperty("warnings");
      }
    },
  );

  describe("what is one maximum, or none", () => {
    const at = Array.from({ length: 121 }, (_, i) => i / 10);
    const g = (v: number, center: number, sigma: number) => Math.exp(-(((v - center) / sigma) ** 2) / 2);
    const small = (i: number) => 0.01 * noise(i);
    const found = (y: number[], options: object = {}) => {
      const { peaks } = fitPeaks({ x: at, y, ...options });
      return peaks.map(({ center, height }) => [center, height]);
    };

    test.each([
      ["beside each other", 6, 0.5, 7, 0.5],
      ["nearer than their widths", 6, 0.6, 6.9, 0.5],
      ["one within the other", 6, 1.6, 6.2, 0.3],
    ])("two merged peaks, %s", (_, m1, s1, m2, s2) => {
      const y = at.map((v) => 5 * g(v, m1, s1) + 3 * g(v, m2, s2));
      const [first, second] = found(y, { count: 2 });
      for (const [value, wanted] of [
        [first![0], m1],
        [first![1], 5],
        [second![0], m2],
        [second![1], 3],
      ])
        expect(Math.abs(value! - wanted!)).toBeLessThan(1e-6);
      expect(found(y.map((v, i) => v + small(i)))).toHaveLength(2);
    });

    test("a decay, dips, a step, a line and half a peak are no peaks; a peak on a decay is one", () => {
      for (const form of [
        (v: number) => 3 * Math.exp(-v / 5),
        (v: number) => 7 - 5 * g(v, 6, 0.5),
        (v: number) => 2 * Math.tanh(2 * (v - 6)),
        (v: number) => 2 * v,
        (v: number) => (v - 6) ** 2,
        (v: number) => 3 * g(v, 0, 1),
      ])
        for (const e of [() => 0, small])
          expect(refused(() => found(at.map((v, i) => form(v) + e(i)))).hint).toMatch(/-y for dips/);
      const on = found(at.map((v, i) => 3 * Math.exp(-v / 5) + 4 * g(v, 6, 0.4) + small(i)));
      expect(on).toHaveLength(1);
      expect(on[0]![0]).toBeCloseTo(6, 1);
    });

    test("five points; ten peaks of one height", () => {
      const five = fitPeaks({ x: [0, 1, 2, 3, 4], y: [0, 1, 5, 1, 0] });
      expect(five.peaks).toHaveLength(1);
      expect(five.peaks[0]!.center).toBeCloseTo(2, 9);
      const centers = Array.from({ length: 10 }, (_, k) => 1 + 1.1 * k);
      const many = found(at.map((v, i) => centers.reduce((s, c) => s + 4 * g(v, c, 0.2), small(i))));
      expect(many.map(([center]) => Math.round(10 * center!) / 10)).toEqual(
        centers.map((c) => Math.round(10 * c) / 10),
      );
    });
  });

  test("pseudo-Voigt on a constant; no baseline; quadratic", () => {
    const y = x.map((v, i) => {
      const z = (v - 530) / 2;
      return 1 + 0.02 * noise(i) + 6 * (0.4 / (1 + z * z) + 0.6 * Math.exp(-Math.LN2 * z * z));
    });
    const [peak] = fitPeaks({ x, y, shape: "pseudoVoigt" }).peaks;
    expect(Math.abs(peak!.center - 530)).toBeLessThan(4 * peak!.stderr!.center);
    const area = 6 * 2 * (0.4 * Math.PI + 0.6 * Math.sqrt(Math.PI / Math.LN2));
    expect(Math.abs(peak!.area - area)).toBeLessThan(4 * peak!.stderr!.area);
    const bare = fitPeaks({ x, y: y.map((v) => v - 1), shape: "lorentzian", baseline: "none", count: 1 });
    expect(Object.keys(bare.fit.values)).toEqual(["p1_height", "p1_center", "p1_gamma"]);
    expect(fitPeaks({ x, y, baseline: "quadratic", count: 1 }).fit.freeNames).toContain("c2");
    const weighted = fitPeaks({ x, y, sigma: y.map(() => 0.03), absoluteSigma: true, count: 1 });
    expect(weighted.fit.covarianceForm).toBe("absolute");
  });

  test("wrong calls", () => {
    const flat = x.map((_, i) => noise(i));
    const refuse = (o: object) => refused(() => fitPeaks({ x, y: flat, ...o } as FitPeaksOptions));
    expect(refuse({ y: x.map(() => 1) }).message).toMatch(/stand out/);
    expect(refuse({ y: [1] }).code).toBe("SHAPE");
    expect(refuse({ shape: "gausian" }).hint).toMatch(/gaussian/);
    expect(refuse({ baseline: "cubic" }).code).toBe("OPTION");
    expect(refuse({ count: 0 }).code).toBe("OPTION");
    expect(refuse({ peaks: 2 }).code).toBe("OPTION");
    expect(refused(() => fitPeaks({ x: [1, 2, 3], y: [0, 5, 0] })).code).toBe("SHAPE");
    expect(models.gaussian.params.length).toBe(3);
  });
});
