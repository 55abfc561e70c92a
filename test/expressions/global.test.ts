// Global fits: several sets, shared parameters, one covariance. The recorded answers are those of real data (R's Puromycin;
// drc's S.alba), found by many starts with variable projection and Gauss-Newton in extended precision.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curveFit, curveFitAsync, DownhillError, iterateCurveFit, models } from "../../src/index.js";

const treatedX = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const puromycin = [
  { x: treatedX, y: [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200], label: "treated" },
  {
    x: treatedX.slice(0, 11),
    y: [67, 51, 84, 86, 98, 115, 131, 124, 144, 158, 160],
    label: "untreated",
  },
];
const doses = [0, 0, 10, 20, 40, 80, 160, 320].flatMap((dose) => [dose, dose, dose, dose]);
const alba = [
  {
    x: doses,
    y: [
      4.7, 4.6, 4.1, 4.4, 3.2, 3.0, 3.8, 3.9, 3.8, 3.8, 3.8, 3.3, 4.1, 3.5, 4.1, 3.2, 2.8, 3.0, 3.7, 3.4, 1.8,
      1.6, 2.3, 1.7, 1.1, 1.3, 1.0, 1.2, 0.9, 0.9, 0.9, 0.9,
    ],
  },
  {
    x: [...doses, 640, 640, 640, 640],
    y: [
      4.1, 3.4, 2.6, 3.5, 4.3, 4.2, 4.1, 4.5, 3.5, 3.8, 3.9, 3.7, 3.2, 3.5, 3.0, 4.0, 1.1, 1.4, 1.4, 0.9, 0.9,
      0.6, 0.7, 0.8, 0.7, 0.7, 0.5, 0.6, 0.8, 0.5, 0.7, 0.8, 0.6, 0.7, 0.6, 0.8,
    ],
  },
];

const recorded = [
  {
    title: "Puromycin, both states with one K",
    data: puromycin,
    model: "Vm*x/(K+x)",
    params: { K: { shared: true }, Vm: {} },
    starts: { K: { shared: true, init: 0.05 }, Vm: { init: [200, 160] } },
    values: { K: 0.0579718329187719, "Vm[0]": 208.63007050788, "Vm[1]": 166.604096920783 },
    stderr: { K: 0.00591017577358, "Vm[0]": 5.80399286986, "Vm[1]": 5.80742958075 },
    rss: 2240.89143863643,
    dof: 20,
  },
  {
    title: "White mustard, two herbicides with shared limits",
    data: alba,
    model: "c+(d-c)/(1+(x/e)^b)",
    params: { b: {}, c: { shared: true }, d: { shared: true }, e: {} },
    starts: {
      b: { init: [2, 2] },
      c: { shared: true, init: 0.5 },
      d: { shared: true, init: 4 },
      e: { init: [50, 30] },
    },
    values: {
      c: 0.716451734102136,
      d: 3.85437517711441,
      "b[0]": 2.38544606198309,
      "e[0]": 66.9330435998074,
      "b[1]": 5.05835656620273,
      "e[1]": 28.6383856984904,
    },
    stderr: {
      c: 0.086712254257,
      d: 0.0760082285106,
      "b[0]": 0.437108059109,
      "e[0]": 5.99035627819,
      "b[1]": 1.01636539088,
      "e[1]": 2.04994959495,
    },
    rss: 8.51139896253018,
    dof: 62,
  },
];

describe.each(recorded)("$title", ({ data, model, params, starts, values, stderr, rss, dof }) => {
  test.each([
    ["from the recorded starts", starts],
    ["without starts", params],
  ])("%s: the recorded parameters and errors", (_, given) => {
    const fit = curveFit({ data, model, params: given });
    expect(fit.success).toBe(true);
    expect(fit.dof).toBe(dof);
    expect(Math.abs(fit.rss / rss - 1)).toBeLessThan(1e-12);
    expect(Object.keys(fit.values).sort()).toEqual(Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) {
      const error = (stderr as Record<string, number>)[name]!;
      expect(Math.abs(fit.values[name]! - value)).toBeLessThan(1e-6 * error);
      expect(Math.abs(fit.params[name]!.stderr! / error - 1)).toBeLessThan(1e-6);
    }
  });
});

const shared = { K: { shared: true }, Vm: {} };

test("each set has its values, residuals, curve and band", () => {
  const fit = curveFit({ data: puromycin, model: "Vm*x/(K+x)", params: shared });
  const [treated, untreated] = fit.sets as [(typeof fit.sets)[0], (typeof fit.sets)[0]];
  expect([treated.label, treated.m, untreated.label, untreated.m]).toEqual(["treated", 12, "untreated", 11]);
  expect(treated.values).toEqual({ K: fit.values.K, Vm: fit.values["Vm[0]"] });
  expect(treated.rss + untreated.rss).toBeCloseTo(fit.rss, 9);
  expect([...treated.residuals, ...untreated.residuals]).toEqual([...fit.residuals]);
  expect(untreated.fitted[0]).toBeCloseTo(untreated.predict([0.02])[0]!, 12);
  // The delta method by hand: J = d Vm x / (K + x) over K and Vm[1].
  const x = 0.3;
  const { K, Vm } = untreated.values as { K: number; Vm: number };
  const slope = [(-Vm * x) / (K + x) ** 2, 0, x / (K + x)];
  const order = ["K", "Vm[0]", "Vm[1]"].map((name) => fit.freeNames.indexOf(name));
  let variance = 0;
  order.forEach((i, a) => {
    order.forEach((j, b) => {
      variance += slope[a]! * slope[b]! * fit.covariance![i * 3 + j]!;
    });
  });
  const band = untreated.band([x], { level: 0.9 });
  // qt(0.95, 20) of R.
  expect(band.upper[0]! - band.fit[0]!).toBeCloseTo(1.7247182429207868 * Math.sqrt(variance), 9);
  expect(fit.predict({ set: [0, 1], x: [x, x] })[1]).toBe(band.fit[0]);
  expect(JSON.parse(JSON.stringify(fit)).sets[1].label).toBe("untreated");
  expect(structuredClone(fit).sets[0]!.label).toBe("treated");
});

test("asynchronous, iterated, named and JavaScript models give the same answer", async () => {
  const text = curveFit({ data: puromycin, model: "Vm*x/(K+x)", params: shared });
  const later = await curveFitAsync({ data: puromycin, model: "Vm*x/(K+x)", params: shared });
  expect(later.values).toEqual(text.values);
  expect(later.sets.length).toBe(2);
  const it = iterateCurveFit({ data: puromycin, model: "Vm*x/(K+x)", params: shared });
  for (const _ of it);
  expect(it.result.values).toEqual(text.values);
  expect(it.result.sets.length).toBe(2);
  const named = curveFit({
    data: puromycin,
    model: models.michaelisMenten,
    params: { vmax: {}, km: { shared: true, min: 0 } },
  });
  expect(named.values.km).toBeCloseTo(text.values.K!, 9);
  const params = { K: { shared: true, init: 0.1 }, Vm: 180 };
  const plain = curveFit({
    data: puromycin,
    model: (x: number, p: Record<string, number>) => (p.Vm! * x) / (p.K! + x),
    params,
  });
  expect(plain.values.K).toBeCloseTo(text.values.K!, 8);
  expect(plain.params["Vm[1]"]!.stderr).toBeCloseTo(text.params["Vm[1]"]!.stderr!, 4);
  const free = curveFit({ data: puromycin, model: "Vm*x/(K+x)" });
  expect(Object.keys(free.values)).toEqual(["Vm[0]", "K[0]", "Vm[1]", "K[1]"]);
});

test("one model for each set; a parameter that only one of them has", () => {
  const x = [0, 1, 2, 3, 4];
  const data = [
    { x, y: x.map((t) => 2 * 0.5 ** t + 0.001 * t * (t - 3)) },
    { x, y: x.map((t) => 3 - 3 * 0.5 ** t - 0.001 * t) },
  ];
  const fit = curveFit({
    data,
    model: ["a*exp(-k*x)", "top*(1 - exp(-k*x))"],
    params: { a: 1, k: { shared: true, init: 1 }, top: 1 },
  });
  expect(Object.keys(fit.values)).toEqual(["a[0]", "k", "top[1]"]);
  expect(fit.values.k).toBeCloseTo(Math.LN2, 1);
});

test("starts are found where one of the models has a further parameter, and where a tie names it", () => {
  const x = [0, 1, 2, 3, 4, 5, 6];
  const data = [
    { x, y: x.map((t) => 3 * Math.exp(-0.7 * t)) },
    { x, y: x.map((t) => 2 * Math.exp(-0.7 * t) + 0.5) },
  ];
  const short = "a*exp(-k*x)";
  const whole = { "a[0]": 3, "a[1]": 2, k: 0.7, "c[1]": 0.5 };
  const params = { a: {}, k: { shared: true } };
  const all: [unknown, object, object][] = [
    [[short, "a*exp(-k*x) + c"], { ...params, c: {} }, whole],
    [
      [short, "a*exp(-k*x) + d"],
      { ...params, c: {}, d: { expr: "2*c" } },
      { ...whole, "c[1]": 0.25, "d[1]": 0.5 },
    ],
  ];
  for (const [model, specs, expected] of all) {
    const fit = curveFit({ data, model, params: specs } as never);
    for (const [name, value] of Object.entries(expected))
      expect(fit.values[name]).toBeCloseTo(value as number, 6);
    expect(Object.keys(fit.values).length).toBe(Object.keys(expected).length);
  }
});

test("tied parameters follow the parameters of their set, with errors by the delta method", () => {
  const fit = curveFit({
    data: puromycin,
    model: "Vm*x/(K+x)",
    params: { half: { shared: true, init: 0.03 }, K: { expr: "2*half" }, Vm: { init: 180 } },
  });
  expect(fit.values["K[0]"]).toBeCloseTo(0.0579718329187719, 9);
  expect(fit.values["K[1]"]).toBe(fit.values["K[0]"]);
  expect(fit.params["K[1]"]!.stderr).toBeCloseTo(0.00591017577358, 8);
  expect(fit.params["K[1]"]!.expr).toBe("2*half");
  expect(fit.sets[1]!.values.Vm).toBeCloseTo(166.604096920783, 5);
});

test("with every parameter its set's own, it is the fits of the sets; sigma weights them", () => {
  const set = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(set, set, fc.double({ min: 0.1, max: 10, noNaN: true }), (a, b, sigma) => {
      const data = [a, b].map((noise, s) => ({
        x: noise.map((_, i) => i),
        y: noise.map((e, i) => 1 + i * (s + 2) + e),
        sigma: s === 0 ? 1 : sigma,
      }));
      const fit = curveFit({ data, model: "p + q*x", absoluteSigma: true });
      const alone = data.map((one) => curveFit({ ...one, model: "p + q*x", absoluteSigma: true }));
      expect(fit.rss).toBeCloseTo(alone[0]!.rss + alone[1]!.rss, 9);
      alone.forEach((one, s) => {
        expect(fit.values[`q[${s}]`]).toBeCloseTo(one.values.q!, 8);
        expect(fit.params[`q[${s}]`]!.stderr).toBeCloseTo(one.params.q!.stderr!, 8);
        expect(fit.sets[s]!.rss).toBeCloseTo(one.rss, 8);
      });
    }),
    { numRuns: 30 },
  );
});

describe("wrong calls say what to do", () => {
  const model = "Vm*x/(K+x)";
  const refused = (options: object): DownhillError => {
    try {
      curveFit({ data: puromycin, model, params: shared, ...options } as never);
    } catch (error) {
      expect(error).toBeInstanceOf(DownhillError);
      return error as DownhillError;
    }
    throw new Error("not refused");
  };
  test.each<[object, string, RegExp]>([
    [{ data: [] }, "OPTION", /array of sets/],
    [{ data: [1] }, "OPTION", /data\[0\]/],
    [{ data: [{ x: [1, 2], y: [1] }] }, "SHAPE", /data\[0\]\.y/],
    [{ data: [{ x: [1, 2], y: [1, NaN] }] }, "NON_FINITE_INPUT", /data\[0\]\.y/],
    [{ data: [{ x: [1, 2], y: [1, 2], sigm: 1 }] }, "OPTION", /sigm/],
    [{ data: [{ ...puromycin[0], sigma: 1 }, puromycin[1]] }, "OPTION", /sigma/],
    [{ x: [1, 2] }, "OPTION", /x.*data/],
    [{ model: [model] }, "SHAPE", /1 models for 2 sets/],
    [{ params: { K: { shared: 1 }, Vm: {} } }, "OPTION", /shared/],
    [{ params: { K: { shared: true, init: [1, 2] }, Vm: {} } }, "OPTION", /one start/],
    [{ params: { K: {}, Vm: { init: [1, 2, 3] } } }, "SHAPE", /Vm/],
    [{ params: { K: {}, Vm: {}, q: {} } }, "OPTION", /params\.q/],
    [{ params: [1] }, "OPTION", /params/],
    [{ model: () => 1, params: undefined }, "OPTION", /params/],
    [{ data: puromycin.map(({ x, y }) => ({ x: { set: x, x }, y })) }, "OPTION", /set/],
    [
      {
        data: [
          { x: [1], y: [1] },
          { x: [1, 2], y: [1, 2] },
        ],
        params: { K: {}, Vm: {} },
      },
      "SHAPE",
      /4 parameters: 3/,
    ],
    [
      {
        data: [
          { x: [1], y: [1] },
          { x: [2], y: [1] },
          { x: [2], y: [1] },
        ],
        params: { K: { shared: true }, Vm: { shared: true } },
      },
      "OPTION",
      /init/,
    ],
    [{ model: async () => 1, params: { K: 1, Vm: 1 } }, "CALLBACK_RESULT", /Promise/],
  ])("%j", (options, code, message) => {
    const error = refused(options);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint ?? ""}`).toMatch(message);
  });
});

test("each set tells the x of an observation, as a fit of its own does where nothing is shared", () => {
  const data = puromycin.map((set) => ({ ...set, sigma: set.y.map((v) => 5 + 0.05 * v) }));
  const model = "Vm*x/(K+x)";
  const whole = curveFit({ model, data, params: { K: {}, Vm: {} }, absoluteSigma: true });
  data.forEach(({ x, y, sigma }, s) => {
    const alone = curveFit({ model, x, y, sigma, params: { K: {}, Vm: {} }, absoluteSigma: true });
    // Without sigma a new observation has the mean one, of all sets or of the one.
    for (const options of [{ kind: "confidence" }, { level: 0.9, sigma: 4 }] as const) {
      const got = whole.sets[s]!.calibrate(110, options);
      const want = alone.calibrate(110, options);
      expect(got.x / want.x).toBeCloseTo(1, 6);
      expect(whole.sets[s]!.predict([got.x])[0]).toBeCloseTo(110, 6);
      // At the pole left of the data, -K, the curve jumps over 110.
      expect(got.others).toEqual([]);
      for (const end of [0, 1] as const) expect(got.ci[end] / want.ci[end]).toBeCloseTo(1, 5);
    }
  });
  expect(() => whole.calibrate(110)).toThrow("several predictors (of a global fit ask one of its sets)");
});
