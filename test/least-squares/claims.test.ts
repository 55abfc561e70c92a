// What a fit claims of exact, nearly exact and flat data; which errors it states; what its report says of them.
import { describe, expect, test } from "vitest";
import { curveFit, curveFitMany } from "../../src/index.js";

const decay = "a*exp(-b*x)+c";

describe("data that the model meets to rounding", () => {
  const x = Array.from({ length: 17 }, (_, i) => 800 - 50 * i);
  const exact = x.map((t) => 953.169 * Math.exp(-0.013 * t));
  test.each([9, 10, 11, 12, 14, 15, 17])("%i digits: converged, and right", (digits) => {
    const y = exact.map((v) => Number(v.toPrecision(digits)));
    for (const params of [
      { a: 1, b: 0, c: 0 },
      { a: 500, b: 0.01, c: 0 },
    ]) {
      const fit = curveFit({ model: decay, x, y, params });
      expect(fit.status).toBe("converged");
      expect(fit.nit).toBeLessThan(200);
      expect(Math.abs(fit.values.b / 0.013 - 1)).toBeLessThan(1e-7);
    }
  });

  test("a flat curve does not determine a rate: converged, without errors and with a warning, as one of many too", () => {
    for (const level of [7.3, 0.1, 1e-3, 21.5]) {
      const data = { model: decay, x: [0, 1, 2, 3, 4, 5, 6, 7], params: { a: 1, b: 0.5, c: 0 } };
      const y = data.x.map(() => level);
      const fit = curveFit({ ...data, y });
      expect(fit.status).toBe("converged");
      expect(fit.params.b.stderr).toBeNull();
      expect(fit.warnings.map(({ code }) => code)).toContain("W_COVARIANCE_SINGULAR");
      expect(Math.abs(fit.values.c / level - 1)).toBeLessThan(1e-9);
      const many = curveFitMany({ ...data, y: [y] });
      expect(many.statusNames[many.status[0]!]).toBe("converged");
      expect([...many.stderr].every(Number.isNaN)).toBe(true);
    }
  });
});

describe("known sigma", () => {
  const x = Array.from({ length: 25 }, (_, i) => i / 4);
  const y = x.map((t, i) => 2.5 * Math.exp(-0.8 * t) + 0.3 + 0.05 * Math.sin(97 * i));
  const options = { model: decay, x, y, params: { a: 2, b: 1, c: 0.2 } };
  const half = (fit: ReturnType<typeof curveFit>, sigma?: number) => {
    const band = fit.band([1.3], { kind: "prediction", sigma });
    return (band.upper[0]! - band.lower[0]!) / 2;
  };

  test("the prediction band does not depend on the unit of sigma, and takes the sigma of the new point", () => {
    const plain = half(curveFit(options));
    for (const sigma of [0.05, 3]) {
      const fit = curveFit({ ...options, sigma });
      expect(half(fit) / plain).toBeCloseTo(1, 9);
      expect(half(fit, 2 * sigma)).toBeGreaterThan(1.5 * plain);
    }
    expect(() => half(curveFit(options), -1)).toThrowError(expect.objectContaining({ code: "OPTION" }));
  });

  test("absoluteSigma: the interval of a straight line is its profile; without sigma it is refused", () => {
    const line = x.slice(0, 4);
    const data = {
      model: "a+b*x",
      x: line,
      y: line.map((t, i) => 1 + 2 * t + 0.2 * Math.sin(7 * i)),
      params: { a: 0, b: 1 },
    };
    const fit = curveFit({ ...data, sigma: 0.2, absoluteSigma: true });
    const [low, high] = fit.params.b.ci!;
    const [from, to] = fit.profile("b");
    expect((high - low) / (to - from)).toBeCloseTo(1, 6);
    expect(() => curveFit({ ...data, absoluteSigma: true })).toThrowError(
      expect.objectContaining({ code: "OPTION" }),
    );
    expect(() => curveFitMany({ ...data, absoluteSigma: true })).toThrowError(
      expect.objectContaining({ code: "OPTION" }),
    );
  });
});

test("the report gives a value to a hundredth of its error, and says why a fit failed", () => {
  const x = Array.from({ length: 101 }, (_, i) => 2454194.2 + (i - 50) / 8.3);
  const y = x.map((t, i) => 12 + 3 * Math.exp(-((t - 2454194.2) ** 2) / 2) + 0.05 * Math.sin(97 * i));
  const fit = curveFit({
    model: "b+a*exp(-(x-t0)^2/(2*w^2))",
    x,
    y,
    params: { b: 10, a: 1, t0: 2454194.5, w: 1.3 },
  });
  const { value, stderr } = fit.params.t0;
  const brief = Number(/t0 = ([-\d.e+]+)/.exec(fit.report({ style: "brief" }))![1]);
  expect(Math.abs(brief - value)).toBeLessThan(0.02 * stderr!);
  const [, low, high] = /t0: .*\[([^,]+), ([^\]]+)\]/.exec(fit.report())!;
  expect(Number(low)).toBeLessThan(value);
  expect(Number(high)).toBeGreaterThan(value);
  const bad = curveFit({
    model: decay,
    x: [0, 1, 2, 3],
    y: [NaN, 1, 2, 3].map((v) => v || 1e200),
    params: { a: 1e200, b: -1e3, c: 0 },
  });
  expect(bad.status).toBe("failed");
  expect(bad.report()).toContain(bad.message);
});

test("robust standard errors: intervals cover their level on normal data (Huber 1981, eq. 7.6.10)", () => {
  let seed = 11;
  const u = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (((seed ^ (seed >>> 13)) >>> 0) + 0.5) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());
  const x = Array.from({ length: 40 }, (_, i) => i / 8);
  const ys = Array.from({ length: 400 }, () => x.map((t) => 1 + 2 * t + 0.1 * normal()));
  const tuning = { softL1: 1.345, huber: 1.345, cauchy: 2.3849, arctan: 2.5, tukey: 4.6851 } as const;
  for (const [loss, C] of Object.entries(tuning)) {
    const many = curveFitMany({
      model: "a+b*x",
      x,
      y: ys,
      params: { a: 0, b: 1 },
      loss: loss as "huber",
      lossScale: 0.1 * C,
    });
    let hits = 0;
    for (let k = 0; k < ys.length; k++)
      [1, 2].forEach((truth, j) => {
        if (Math.abs(many.values[2 * k + j]! - truth) <= 2.0244 * many.stderr[2 * k + j]!) hits++;
      });
    // 800 intervals, of which pairs go together: two standard errors of the share are about 2 %.
    expect(hits / 800, loss).toBeGreaterThan(0.92);
    expect(hits / 800, loss).toBeLessThan(0.98);
  }
});
