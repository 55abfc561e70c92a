// Whatever the numbers are, a picture is one well-formed image with finite coordinates: one point, constants, the ends of
// the range of doubles, NaN in courses, logarithmic axes, words with markup in them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { curveFit } from "../../src/index.js";
import { labels } from "../../src/plot/axis.js";
import { concise } from "../../src/plot/concise.js";
import { plot, plotLoss, plotRace, plotTrace } from "../../src/plot/index.js";
import { checkPicture } from "./svg.js";

const wild = fc.oneof(
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    -5e-324,
    1.7e308,
    -1.7e308,
    1e-300,
    1,
    1 + 2 ** -52,
  ),
  fc.double({ min: -10, max: 10, noNaN: true }),
);
const scale = fc.constantFrom("linear", "log", undefined);
const runs = { numRuns: 30 };

test("courses of any numbers", () => {
  const course = fc.array(wild, { maxLength: 30 });
  fc.assert(
    fc.property(course, course, scale, scale, (loss, valLoss, yScale, xScale) => {
      checkPicture(plotLoss({ loss, valLoss, accuracy: valLoss, bestEpoch: 2 }, { yScale, xScale }));
      plotLoss(loss, { terminal: true, yScale, width: 30, height: 8 });
    }),
    runs,
  );
});

test("traces and races of any numbers and names", () => {
  const iteration = fc.record({
    nit: fc.nat(100),
    nfev: wild,
    fun: wild,
    gradNorm: wild,
    stepNorm: wild,
    elapsedMs: wild,
    x: fc.constant(new Float64Array(1)),
  });
  const result = fc.record({
    status: fc.constant("stopped"),
    reason: fc.constant("maxTime"),
    method: fc.string({ unit: "binary" }),
    trace: fc.array(iteration, { maxLength: 12 }),
  });
  fc.assert(
    fc.property(
      fc.array(result, { maxLength: 4 }),
      scale,
      fc.option(wild, { nil: undefined }),
      (all, xScale, minimum) => {
        for (const one of all) checkPicture(plotTrace(one, { xScale }));
        if (minimum === undefined || Number.isFinite(minimum))
          checkPicture(plotRace(all, { xScale, minimum }));
      },
    ),
    runs,
  );
});

test("fits of any finite data, on any axes and of any size", () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }),
    fc.constantFrom(0, 1, 1e-200, 1e100, 1.7e9),
  );
  const point = fc.tuple(value, value);
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 2, maxLength: 12 }),
      scale,
      scale,
      fc.integer({ min: 120, max: 900 }),
      (points, xScale, yScale, width) => {
        const fit = curveFit({
          model: (_, { a }: { a: number }) => a,
          x: points.map(([v]) => v),
          y: points.map(([, v]) => v),
          params: { a: 1 },
          maxIterations: 5,
        });
        for (const kind of ["fit", "residuals", "quantiles"] as const)
          checkPicture(plot(fit, { kind, xScale, yScale, width, height: 100 + width / 3 }));
        plot(fit, { terminal: true, xScale, yScale });
      },
    ),
    runs,
  );
});

test("one point, and points that are all the same", () => {
  const one = curveFit({ model: "a + 0*x", x: [3], y: [2], params: { a: 1 } });
  checkPicture(plot(one));
  checkPicture(plot(one, { kind: "quantiles", xScale: "log" }));
  const same = curveFit({ model: "a + 0*x", x: [3, 3, 3], y: [2, 2, 2], params: { a: 1 } });
  checkPicture(plot(same, { xScale: "log", yScale: "log" }));
});

test("words cannot leave their places", () => {
  const fit = curveFit({ model: "a*x", x: [1, 2, 3], y: [1, 2, 4], params: { a: 1 } });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (title) => {
      checkPicture(
        plot(fit, {
          title: `</title><script>${title}`,
          xLabel: title,
          description: `${title} "quoted" & more`,
        }),
      );
    }),
    runs,
  );
});

test("a value with its error keeps the digits that the error supports", () => {
  expect(concise(9.93142, 0.0673)).toBe("9.931(67)");
  expect(concise(9.93142, 0.0996)).toBe("9.93(10)");
  expect(concise(238.94212917, 2.7070075)).toBe("238.9(27)");
  expect(concise(5.5015643181e-4, 7.2668688436e-6)).toBe("5.502(73)·10⁻⁴");
  expect(concise(-0.5, 0.25)).toBe("−0.50(25)");
  expect(concise(123456789, 4321)).toBe("1.234568(43)·10⁸");
  expect(concise(3, 40)).toBe("3(40)·10⁰".replace("·10⁰", ""));
  expect(concise(2, null)).toBe("2");
  expect(concise(2, 0)).toBe("2");
});

test.each([
  ["large", [1e305, 1e301, 1e303, 1e307]],
  ["tiny", [1e-310, 1e-302, 1e-306, 1e-314]],
  ["all over", [1e-320, 1e307, 1, 1e-300]],
])("%s numbers have places on a logarithmic axis, as far apart as their logarithms", (_, loss) => {
  const svg = plotLoss(loss, { yScale: "log" });
  const path = /class="line" d="M([^"]*)"/.exec(svg)?.[1] ?? "";
  const at = path.split("L").map((point) => Number(point.split(",")[1]));
  const powers = loss.map((v) => Math.log10(v));
  const [low, high] = [Math.min(...powers), Math.max(...powers)];
  // 308 and 40 are the pixels of the lowest and the highest.
  at.forEach((y, i) => {
    expect(y).toBeCloseTo(308 - (268 * (powers[i]! - low)) / (high - low), 1);
  });
});

test("labels of numbers at the bottom of the doubles, of which neighbours can be one", () => {
  for (const tiny of [
    [5e-324, 5e-324, 1e-323],
    [5e-324, 5e-324, 5e-324],
    [0, 0, 5e-324],
    [-5e-324, 0, 0, 5e-324],
  ])
    expect(labels(tiny).texts).toHaveLength(tiny.length);
});

test("a logarithmic axis between neighbours at either end of the range", () => {
  for (const loss of [
    [1.7e308, 1.79e308],
    [5e-324, 5e-324],
    [1e-310, 1.01e-310, 1.02e-310],
  ]) {
    checkPicture(plotLoss(loss, { yScale: "log" }));
    expect(plotLoss(loss, { yScale: "log", terminal: true })).toMatch(/10(⁻³²⁴|⁻³¹⁰|³⁰⁷)┤/);
  }
});

test("ticks beside an offset have no digits that are rounding alone", () => {
  for (const [offset, step] of [
    [10, 5e-10],
    [1e9, 0.25],
    [-273.15, 2e-11],
    [1, 2e-15],
  ] as const) {
    const { texts, left } = labels([0, 1, 2, 3, 4].map((k) => offset + k * step));
    expect(texts[0]).toMatch(/^0(\.0*)?$/);
    if (step > 1e-14) for (const text of texts) expect(text.length).toBeLessThan(6);
    expect(left).toContain(String(Math.abs(offset)));
  }
  expect(labels([])).toEqual({ texts: [], left: "" });
});
