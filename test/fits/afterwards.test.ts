// What a fit says afterwards, where it once said something else than the data: against numbers worked out here.

import { describe, expect, test } from "vitest";
import {
  bootstrap,
  compareFits,
  curveFit,
  curveFitVector,
  DownhillError,
  fromJSON,
  models as named,
  sandwich,
  sum,
} from "../../src/index.js";
import { Random } from "../../src/random/philox.js";

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof DownhillError) return error.code;
    throw error;
  }
  return "none";
};

describe("calibrate", () => {
  const random = new Random(3);
  const noise = (size: number): number => size * random.normal();

  test("has no interval without a covariance", () => {
    const { x, ci, why } = curveFit({ model: "a+b*x", x: [0, 1], y: [1, 3] }).calibrate(2);
    expect(x).toBeCloseTo(0.5, 12);
    expect(ci).toEqual([NaN, NaN]);
    expect(why).toBe("the fit has no band");
  });

  test("ends where the band leaves y first, also of 50 periods", () => {
    const x = count(501).map((i) => i / 50);
    const y = x.map((v) => 3 * Math.sin(2 * Math.PI * 5 * v + 0.3) + noise(0.05));
    const fit = curveFit({ model: "a*sin(2*pi*f*x+p)", x, y, params: { a: 3, f: 5, p: 0.3 } });
    const { x: place, ci, others } = fit.calibrate(1);
    expect(others.length).toBeGreaterThan(90);
    // Half of the band over the slope.
    const { lower, upper, fit: curve } = fit.band([place, place + 1e-6], { kind: "prediction" });
    const half = ((upper[0]! - lower[0]!) / 2) * (1e-6 / Math.abs(curve[1]! - curve[0]!));
    expect((ci[1] - ci[0]) / 2 / half).toBeCloseTo(1, 1);
  });

  test("sees a thin peak, both its sides and its top", () => {
    const x = count(2001);
    const y = x.map((v) => 10 * Math.exp(-0.5 * ((v - 1000.5) / 1.2) ** 2) + noise(0.05));
    const fit = curveFit({
      model: "h*exp(-0.5*((x-c)/w)^2)",
      x,
      y,
      params: { h: 9, c: 1000, w: 1.1 },
    });
    const { h, c, w } = fit.values as { h: number; c: number; w: number };
    for (const share of [0.2, 0.9, 0.99]) {
      const { x: place, others, ci } = fit.calibrate(share * h, { kind: "confidence" });
      const away = Math.abs(w) * Math.sqrt(-2 * Math.log(share));
      expect(place).toBeCloseTo(c - away, 6);
      expect(others).toHaveLength(1);
      expect(others[0]).toBeCloseTo(c + away, 6);
      if (share < 0.5) expect(ci[1]).toBeLessThan(c - away / 2);
    }
    expect(fit.calibrate(h).x).toBeCloseTo(c, 3);
    expect(fit.calibrate(1.01 * h).why).toMatch(/does not reach/);
  });

  test("0 is met as any other y, a jump from both sides, the last place too; a flat curve has none", () => {
    const line = curveFit({
      model: "a*x",
      x: count(11).map((i) => i - 5),
      y: count(11).map((i) => 2 * i - 10.1),
    });
    expect(line.calibrate(0).x).toBe(0);
    const rise = curveFit({ model: "a+b*x", x: [0, 2, 4, 6, 8, 10], y: [0.1, 1.9, 4.1, 5.9, 8.1, 9.9] });
    expect(rise.calibrate(rise.predict([11])[0]!).x).toBeCloseTo(11, 9);
    const step = curveFit({
      model: "x < 4.5 ? a : b",
      x: count(10),
      y: count(10).map((v) => (v < 4.5 ? 0 : 10) + noise(0.01)),
      params: { a: 0, b: 10 },
    });
    for (const y of [2, 8]) expect(step.calibrate(y).x).toBeCloseTo(4.5, 9);
    const flat = curveFit({ model: "a+b*x", x: [2, 2, 2], y: [1, 1, 1] });
    expect(flat.calibrate(1).why).toBe("the curve is 1 along the data");
  });

  test("a pole at which the model is NaN is none; 0/0 on a curve that goes on is no gap", () => {
    const x = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10];
    const y = x.map((v, i) => 1 / (v - 5.3) + 0.001 * (i % 2));
    const pole = curveFit({ model: "a*(x-c)/(x-c)^2", x, y, params: { a: 1.1, c: 5.25 } });
    const { x: place, others } = pole.calibrate(5);
    expect(pole.predict([place])[0]).toBeCloseTo(5, 6);
    expect(others).toEqual([]);
    const at = count(12).map((i) => i - 5.5);
    const langevin = curveFit({
      model: "a*(1/tanh(x/w) - w/x)",
      x: at,
      y: at.map((v) => 3 * (1 / Math.tanh(v) - 1 / v) + noise(0.01)),
      params: { a: 2, w: 1.2 },
    });
    expect(langevin.calibrate(0).x).toBeCloseTo(0, 5);
  });

  test("one predictor may have a name", () => {
    const fit = curveFit({ model: "a+b*t", x: { t: [0, 1, 2, 3] }, y: [1, 3.1, 4.9, 7] });
    expect(fit.predict({ t: [fit.calibrate(4).x] })[0]).toBeCloseTo(4, 9);
  });
});

test("a set of a global fit has the sigma of its own in a prediction, and its own range", () => {
  const x = count(6);
  const data = [0.1, 10].map((s) => ({
    x,
    y: x.map((v) => 1 + 2 * v + s * Math.sin(7 * v)),
    sigma: x.map(() => s),
  }));
  const whole = curveFit({ model: "a+b*x", data, params: { a: {}, b: {} }, absoluteSigma: true });
  data.forEach((set, s) => {
    const alone = curveFit({ model: "a+b*x", ...set, absoluteSigma: true });
    const [got, want] = [whole.sets[s]!, alone].map((fit) => fit.band([2.5], { kind: "prediction" }));
    expect(got!.lower[0]).toBeCloseTo(want!.lower[0]!, 6);
    expect(got!.upper[0]).toBeCloseTo(want!.upper[0]!, 6);
  });
  const ranges = curveFit({
    model: "a+b*x",
    data: [data[0]!, { x: x.map((v) => 10 * v), y: data[1]!.y, sigma: x.map(() => 10) }],
    params: { a: {}, b: {} },
  });
  const warned = (s: number) => "warnings" in ranges.sets[s]!.band([25]);
  expect([warned(0), warned(1)]).toEqual([true, false]);
  expect(() => whole.predict({ set: [5], x: [1] })).toThrow("set must be a whole number from 0 to 1, got 5");
  expect(() =>
    curveFit({ model: "a*x", data: data.map(({ x, y }) => ({ x, y, likelihood: "poisson" })) } as never),
  ).toThrow("curveFit: likelihood must be given once, beside `data`, for all sets");
});

describe("bootstrap", () => {
  const random = new Random(8);
  const x = count(40).map((i) => i / 4);
  // Student's law with 4 degrees of freedom: normal over the root of chi-square / 4.
  const heavy = () => random.normal() / Math.sqrt(random.gamma(2) / 2);
  const y = x.map((v) => 1 + 0.5 * v + 0.3 * heavy());

  test.each([
    { loss: "huber", lossScale: 0.2 },
    { loss: "cauchy", lossScale: 0.3 },
    { likelihood: "student" },
  ] as const)("cases of a fit with %o: refits of the drawn points, whatever the model is", (law) => {
    const text = curveFit({ model: "a+b*x", x, y, params: { a: 1, b: 0.5 }, ...law });
    const plain = curveFit({
      model: (v: number, p: { a: number; b: number }) => p.a + p.b * v,
      x,
      y,
      params: { a: 1, b: 0.5 },
      ...law,
    });
    const [one, two] = [text, plain].map((fit) => bootstrap(fit, { draws: 60, kind: "case", seed: 4 }));
    for (let i = 0; i < 120; i++) expect(two!.values[i]).toBeCloseTo(one!.values[i]!, 3);
    // A draw by hand: the first points of the seed.
    const rows = new Random(4);
    const picked = count(40).map(() => rows.below(40));
    const pick = (list: number[]) => picked.map((i) => list[i]!);
    const byHand = curveFit({ model: "a+b*x", x: pick(x), y: pick(y), params: { a: 1, b: 0.5 }, ...law });
    expect(two!.values[0]).toBeCloseTo(byHand.values.a!, 3);
  });

  test("draws that do not determine the parameters are failed, and no degree of freedom is no error", () => {
    const at = [0, 0, 1, 1, 3, 3];
    const seen = [1, 1.2, 2.5, 2.4, 2.8, 3];
    const rows = new Random(1);
    let few = 0;
    for (let b = 0; b < 400; b++) few += new Set(at.map(() => at[rows.below(6)])).size < 3 ? 1 : 0;
    for (const model of [
      "a+b*x+c*x^2",
      (v: number, p: { a: number; b: number; c: number }) => p.a + p.b * v + p.c * v * v,
    ]) {
      const fit = curveFit({ model: model as string, x: at, y: seen, params: { a: 1, b: 1, c: 0 } });
      const drawn = bootstrap(fit, { draws: 400, kind: "case", seed: 1 });
      expect(drawn.failed).toBe(few);
      expect(drawn.success).toBe(false);
    }
    const line = curveFit({ model: "a+b*x", x: count(6), y: count(6).map((v) => v + 1) });
    expect(bootstrap(line, { draws: 20 })).toMatchObject({ failed: 0, params: { a: { stderr: 0 } } });
    const exact = curveFit({ model: "a+b*x", x: [0, 1], y: [1, 3] });
    expect(codeOf(() => bootstrap(exact))).toBe("OPTION");
    expect(codeOf(() => bootstrap(exact, { kind: "case" }))).toBe("OPTION");
  });

  test("of a failed fit of counts it ends", () => {
    const fit = curveFit({
      model: ((v: number, a: number, b: number) => a * Math.exp(-b * v)) as never,
      x: count(8),
      y: [9, 7, 4, 3, 2, 1, 0, 1],
      params: { a: 10, b: 0.5 },
      likelihood: "poisson",
    });
    expect(fit.success).toBe(false);
    expect(codeOf(() => bootstrap(fit, { draws: 20 }))).toBe("OPTION");
  });
});

describe("compareFits", () => {
  const x = [0, 1, 2, 3, 4, 5];
  const y = [1.1, 1.9, 3.2, 3.8, 5.1, 6.2];
  const fitted = (model: string, more: object) => curveFit({ model, x, y, ...more } as never);

  test("of known sigma: chi-square and the likelihood itself", () => {
    const known = { sigma: 1, absoluteSigma: true };
    const [small, large] = [fitted("a+b*x", known), fitted("a+b*x+c*x^2", known)];
    const { tests, models } = compareFits(small, large);
    const gain = small.rss - large.rss;
    expect(tests[0]).toMatchObject({ F: gain, dof: [1, Infinity] });
    // P(chi-square of one degree > gain): erfc by its series.
    let [term, sum2] = [Math.sqrt(gain / 2), Math.sqrt(gain / 2)];
    for (let k = 1; k < 30; k++) {
      term *= (-gain / 2 / k) * ((2 * k - 1) / (2 * k + 1));
      sum2 += term;
    }
    expect(tests[0]!.p).toBeCloseTo(1 - (2 / Math.sqrt(Math.PI)) * sum2, 10);
    expect(models.map(({ aicc }) => aicc)).toEqual([small.rss + 4, large.rss + 6]);
  });

  test.each([
    [{}, { residuals: "log" }],
    [{}, { likelihood: "poisson" }],
    [{ sigma: 1 }, { sigma: 1, absoluteSigma: true }],
    [{ sigma: 0.1 }, { sigma: 0.1, sigmaX: 0.1 }],
    [{ sigma: 1 }, { sigma: x.map((_, i) => x.map((__, j) => (i === j ? 1 : 0.2))) }],
  ])("refuses %o beside %o", (a, b) => {
    expect(codeOf(() => compareFits(fitted("a+b*x", a), fitted("a*exp(b*x)", b)))).toBe("OPTION");
  });
});

test("bands of Student's law hold what the law says", () => {
  const random = new Random(21);
  const x = count(2000).map((i) => i / 200);
  const scale = 0.3;
  const y = x.map((v) => 1 + 2 * v + (scale * random.normal()) / Math.sqrt(random.gamma(2) / 2));
  for (const known of [{}, { sigma: scale, absoluteSigma: true }]) {
    const fit = curveFit({ model: "a+b*x", x, y, likelihood: "student", ...known });
    const { lower, upper } = fit.band(x, { kind: "prediction" });
    const inside = y.filter((v, i) => v >= lower[i]! && v <= upper[i]!).length / y.length;
    // 2.776 scales of each side; 2,000 points know a share of 95 % to half a per cent.
    expect(inside).toBeGreaterThan(0.935);
    expect(inside).toBeLessThan(0.965);
    expect((upper[1000]! - lower[1000]!) / 2 / (2.7764451 * scale)).toBeCloseTo(1, 1);
  }
});

test("p of normality is a probability, however far from normal", () => {
  const x = count(2500);
  const signs = curveFit({ model: "a+b*x", x, y: x.map((v) => 3 + v + (v % 2 ? 1 : -1)) }).tests.normality;
  expect(signs.statistic).toBeGreaterThan(400);
  expect(signs.p).toBeLessThan(1e-20);
  const random = new Random(2);
  const y = count(100).map((v) => 3 + v + 0.1 * random.normal() + (v === 50 ? 50 : 0));
  const wild = curveFit({ model: "a+b*x", x: count(100), y }).tests.normality;
  expect(wild.statistic).toBeGreaterThan(30);
  expect(wild.statistic).toBeLessThan(1e4);
  expect(wild.p).toBeLessThan(1e-20);
});

test("a point that the curve goes through whatever its y has no distance; one degree of freedom has no others", () => {
  const fit = curveFit({
    model: "a*exp(-k*x)",
    x: [0, 0, 0, 0, 1],
    y: [1, 1.1, 0.9, 1.05, 0.3],
    params: { a: 1, k: 1 },
  });
  expect(fit.leverage[4]).toBeCloseTo(1, 9);
  expect(fit.cook[4]).toBeNaN();
  expect(fit.standardized[4]).toBeNaN();
  expect(sandwich(fit).stderr.k).toBeNaN();
  const few = curveFit({ model: "a+b*x", x: [0, 1, 2], y: [0, 1, 3] });
  expect([...few.studentized]).toEqual([NaN, NaN, NaN]);
});

test("regions end at the bounds", () => {
  const y = [0.5, 0.8, 0.2, 0.6, 0.3, 0.5];
  const bounds = { a: { init: 1, min: 0, max: 1.5 }, k: { init: 0.1, min: 0 } };
  const fit = curveFit({ model: "a*exp(-k*x)", x: count(6), y, params: bounds });
  const { a, b } = fit.region("a", "k");
  expect(Math.min(...b)).toBe(0);
  expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...a)).toBeLessThanOrEqual(1.5);
});

test("counts: a curve below 0 is told, no limit is below 0, and the sandwich is R's", () => {
  const x = count(10);
  const y = [12, 9, 5, 2, 1, 0, 0, 0, 0, 0];
  const line = curveFit({ model: "a+b*x", x, y, params: { a: 10, b: -1 }, likelihood: "poisson" });
  expect(line.warnings.map(({ code }) => code)).toContain("W_NEGATIVE_MEAN");
  const decay = curveFit({ model: "a*exp(-b*x)", x, y, params: { a: 10, b: 0.5 }, likelihood: "poisson" });
  expect(decay.warnings.map(({ code }) => code)).not.toContain("W_NEGATIVE_MEAN");
  expect(Math.min(...decay.band(x, { kind: "prediction" }).lower)).toBe(0);
  // (X'WX)^-1 X' diag((y - mu)^2 / mu^2 (d mu)^2) X (X'WX)^-1 with W = 1 / mu, X = d mu: vcovHC type HC0 of a glm.
  const mu = decay.fitted;
  const X = x.map((t, i) => [mu[i]! / decay.values.a!, -t * mu[i]!] as const);
  const [bread, meat] = [
    [0, 0, 0],
    [0, 0, 0],
  ] as [number[], number[]];
  X.forEach(([u, v], i) => {
    const score = (y[i]! - mu[i]!) / mu[i]!;
    [u * u, u * v, v * v].forEach((p, k) => {
      bread[k]! += p / mu[i]!;
      meat[k]! += p * score * score;
    });
  });
  const det = bread[0]! * bread[2]! - bread[1]! * bread[1]!;
  const [i01, i11] = [-bread[1]! / det, bread[0]! / det];
  const variance = i01 * i01 * meat[0]! + 2 * i01 * i11 * meat[1]! + i11 * i11 * meat[2]!;
  expect(sandwich(decay, { kind: "HC0" }).stderr.b).toBeCloseTo(Math.sqrt(variance), 8);
});

test("small things: R2 of distances, an infinite bound in JSON, sums of conditions, logarithms of negative numbers", () => {
  const x = count(12);
  const y = x.map((v) => 1 + 0.2 * v + Math.sin(9 * v));
  expect(curveFit({ model: "a+b*x", x, y, sigma: 1, sigmaX: 300 }).r2).toBeNaN();
  const open = curveFit({ model: "a+b*x", x, y, params: { a: { init: 1, min: -Infinity }, b: 0 } });
  expect(fromJSON(JSON.stringify(open)).values).toEqual(open.values);
  const step = { ...named.constant, text: "x > 5 ? a : b", params: [{ name: "a" }, { name: "b" }] };
  expect(sum(step as never, named.constant).text).toMatch(/^\(x > 5 \? a : b\) \+ /);
  expect(open.derive("log(-1 - b*b)")).toMatchObject({ stderr: null, ci: null });
  expect(
    codeOf(() =>
      curveFit({ model: "a*exp(b*x)", x, y: x.map((v) => v + 1), residuals: "log" }).band([1, 2], {
        kind: "prediction",
        sigma: [0.1],
      }),
    ),
  ).toBe("SHAPE");
});

test("R2 of several components and sets is about the mean of each", () => {
  const x = Array.from({ length: 8 }, (_, i) => i);
  const rows = curveFitVector({ model: ["a", "b"], x, y: x.map((v) => [1000 + v, -1000 - v]) });
  expect(rows.r2).toBeCloseTo(0, 10);
  const shift = [1000, -1000];
  const data = shift.map((s, k) => ({
    x,
    y: x.map((v) => s + (k ? -1 : 1) * v + 0.1 * (v % 3)),
    sigma: k + 1,
  }));
  const fit = curveFit({ data, model: "a+b*x", params: { a: {}, b: {} } });
  // By hand: 1 - rss over the weighted squares about each mean.
  let total = 0;
  for (const { y, sigma } of data) {
    const mean = y.reduce((a, b) => a + b) / y.length;
    for (const v of y) total += ((v - mean) / sigma) ** 2;
  }
  expect(fit.r2).toBeCloseTo(1 - fit.rss / total, 12);
  // A predictor that is called set makes no sets.
  const one = curveFit({ model: "a*set+b", x: { set: [0, 0, 1, 1] }, y: [1, 2, 3, 4] });
  expect(one.r2).toBeCloseTo(0.8, 12);
});

test("a bound that holds makes no outliers", () => {
  const x = Array.from({ length: 12 }, (_, i) => i);
  const y = x.map((t) => 3 * Math.exp(-0.4 * t) + 1);
  for (const max of [2, 2.5, 2.7]) {
    const fit = curveFit({ model: "a*exp(-b*x)+c", x, y, params: { a: { max }, b: {}, c: {} } });
    expect(fit.params.a.atBound).toBe(true);
    expect(fit.warnings.map(({ code }) => code)).not.toContain("W_OUTLIER");
  }
});
