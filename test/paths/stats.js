// The laws behind results: quantiles and tails as fits, comparisons, tests and bootstraps tell them.
import { grid, noise } from "./fit-data.js";
import { attempt } from "./several.js";

const line = (d, m, o = {}) => {
  const x = grid(m, 0, 1);
  const e = noise(m, m);
  return d.curveFit({ model: "a + b*x", x, y: x.map((v, i) => v + e[i]), params: { a: 0, b: 0 }, ...o });
};

export function* cases(d) {
  // Student's quantile, and the normal one.
  const levels = [1e-9, 1e-3, 0.1, 0.5, 0.8, 0.95, 0.99, 0.9999, 1 - 1e-9];
  for (const m of [2, 3, 4, 5, 6, 7, 12, 32, 33, 102, 1002, 20002])
    yield [`t of ${m - 2}`, () => levels.map((level) => line(d, m, { level }).params.b.ci)];
  yield [
    "normal quantiles",
    () => levels.map((level) => line(d, 5, { level, sigma: 1, absoluteSigma: true }).params.b.ci),
  ];
  yield [
    "t again and again",
    () => Array.from({ length: 120 }, (_, k) => line(d, 9, { level: (k + 1) / 130 }).params.a.ci),
  ];
  // F's upper tail.
  for (const m of [5, 6, 8, 20, 300])
    for (const [small, large] of [
      ["a", "a + b*x"],
      ["a", "a + b*x + c*x^2"],
      ["a + b*x", "a + b*x + c*x^2"],
    ])
      for (const slope of [0, 1, 30, 1e5]) {
        const x = grid(m, 0, 1);
        const y = noise(m, 3).map((e, i) => e + slope * x[i] * x[i]);
        yield [
          `F of ${m}, ${small} in ${large}, ${slope}`,
          () =>
            attempt(
              () =>
                d.compareFits(d.curveFit({ model: small, x, y }), d.curveFit({ model: large, x, y })).tests,
            ),
        ];
      }
  for (const k of [2, 3, 40]) {
    const x = noise(4 * k, 5).map((_, i) => i % (2 * k));
    const y = noise(4 * k, 6).map((e, i) => x[i] + e);
    yield [`lack of fit of ${2 * k} x`, () => d.lackOfFit(d.curveFit({ model: "a + b*x", x, y }))];
  }
  // Normal tails and quantiles of BCa intervals; of the regions, closed.
  for (const draws of [2, 3, 20, 99])
    yield [
      `BCa of ${draws}`,
      () => {
        const drawn = d.bootstrap(line(d, 9), { draws, seed: 5 });
        return [drawn, levels.map((level) => drawn.interval("b", { level }))];
      },
    ];
  for (const level of [1e-3, 0.5, 0.999])
    for (const o of [{}, { sigma: 1, absoluteSigma: true }])
      yield [`region ${level} ${Object.keys(o)}`, () => line(d, 5, o).region("a", "b", { level })];
  // Runs, Durbin and Watson, Anderson and Darling: normal, wide, two-sided, one far off.
  const shapes = {
    even: (e) => e,
    near: (e) => e * e * e,
    apart: (e) => (e > 0 ? 1 : -1) + e / 99,
    far: (e, i) => (i === 3 ? 50 : e),
    alternating: (e, i) => (i % 2 ? 1 : -1) * (1 + e / 9),
    falling: (e, i) => (i < 9 ? 1 : -1) * (2 + e),
    middle: (_, i) => [0, 0, 0, 0, 0, 0, 1, -1, 0, 0][i % 10],
  };
  for (const m of [8, 20, 60])
    for (const [name, shape] of Object.entries(shapes))
      yield [
        `tests ${name} of ${m}`,
        () =>
          d.curveFit({ model: "a", x: grid(m, 0, 1), y: noise(m, 11).map(shape), params: { a: 0 } }).tests,
      ];
}
