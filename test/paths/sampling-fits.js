// Posteriors of fits, their predictions and criteria.
import { short } from "./sampling-texts.js";
import { refusals, spoken, together } from "./several.js";

function* posteriors(d) {
  const x = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const decay = [5.1, 3.9, 3.2, 2.4, 2, 1.7, 1.2, 1.1, 0.8, 0.7];
  const sigma = [0.1, 0.1, 0.2, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1];
  const model = "a*exp(-k*x)";
  const params = { a: 5, k: 0.2 };
  const fits = {
    plain: [{}, {}],
    "with a prior": [{}, { prior: { k: "lognormal(-1.5, 1)" } }],
    "with a law for sigma": [{}, { prior: { sigma: "halfNormal(1)" } }],
    marginalised: [{}, { sigma: "marginalised" }],
    "of Student": [{}, { likelihood: "student" }],
    "of Student, 7": [{}, { likelihood: "student", dof: 7 }],
    "absolute sigma": [{ sigma, absoluteSigma: true }, {}],
    "relative sigma": [{ sigma }, {}],
    "of logarithms": [{ residuals: "log" }, {}],
    "of counts": [{ y: [5, 4, 3, 2, 2, 2, 1, 1, 1, 0] }, { likelihood: "poisson" }],
    bounded: [{ params: { a: { init: 5, lower: 4, upper: 6 }, k: { init: 0.2, lower: 0 } } }, {}],
    fixed: [{ params: { a: { init: 5, fixed: true }, k: 0.2 } }, {}],
    tied: [{ model: "a*exp(-k*x) + c", params: { a: 5, k: 0.2, c: { expr: "a/50" } } }, {}],
    "prior alone": [
      {},
      { prior: { a: "normal(5, 1)", k: "lognormal(-1.5, 0.3)", sigma: "halfNormal(1)" }, observed: false },
    ],
    "a straight line": [{ model: "a + b*x", params: { a: 1, b: 1 } }, {}],
    robust: [{ loss: "huber" }, { likelihood: "student" }],
    "a matrix sigma": [
      {
        sigma: x.map((_, i) => x.map((__, j) => (i === j ? 0.02 : Math.abs(i - j) === 1 ? 0.005 : 0))),
        absoluteSigma: true,
      },
      {},
    ],
    "errors in x": [{ sigmaX: 0.1 }, {}],
    "robust alone": [{ loss: "huber" }, {}],
    "of a function": [{ model: (v, p) => p.a / (1 + p.k * v) }, {}],
  };
  for (const [name, [more, o]] of Object.entries(fits))
    yield [
      `posterior ${name}`,
      () => {
        const fit = d.curveFit({ model, x, y: decay, params, ...more });
        const p = d.sample(d.posterior(fit, o), undefined, { ...short, draws: 20 });
        return {
          ...together([p]),
          more: refusals(
            () => p.predict([0, 2.5, 20]),
            () => p.predict([1], { level: 0.5, kind: "prediction" }),
            () => p.predictive([1, 2]),
            () => p.predictive([1], { kind: "mean" }),
            () => p.loo(),
            () => p.waic(),
            () => spoken(p),
            () => d.laplace(d.posterior(fit, o), undefined, { seed: 1, draws: 30 }),
            () => d.pathfinder(d.posterior(fit, o), undefined, { seed: 1, draws: 10, paths: 2 }),
          ),
        };
      },
    ];
  yield [
    "a posterior by every method",
    () =>
      together(
        ["hmc", "mala", "metropolis", "slice", d.tempering({ temperatures: 2 })].map((method) =>
          d.sample(d.posterior(d.curveFit({ model, x, y: decay, params })), undefined, { ...short, method }),
        ),
      ),
  ];
  yield [
    "a posterior that correlates",
    () =>
      d.sample(
        d.posterior(d.curveFit({ model: "a + b*(x + 50)", x, y: decay, params: { a: 1, b: 1 } })),
        undefined,
        short,
      ),
  ];
  yield [
    "more draws than are predicted",
    () => {
      const p = d.sample(
        d.posterior(d.curveFit({ model: "a + b*x", x, y: decay, params: { a: 1, b: 1 } })),
        undefined,
        { draws: 260, warmup: 60, seed: 1 },
      );
      return [
        p.predict([1, 2]),
        p.predict([1, 2], { kind: "prediction" }),
        p.predictive([3]),
        p.loo(),
        p.waic(),
      ];
    },
  ];
  yield [
    "posteriors refused",
    () => {
      const fit = d.curveFit({ model, x, y: decay, params });
      const p = d.sample(d.posterior(fit), undefined, short);
      return refusals(
        () => d.posterior({}),
        () => d.posterior(fit, { prior: { q: "normal(0, 1)" } }),
        () => d.posterior(fit, { likelihood: "cauchy" }),
        () => d.posterior(fit, { dof: 3 }),
        () => d.posterior(fit, { sigma: "known" }),
        () => d.posterior(fit, { likelihood: "poisson" }),
        () => d.posterior(fit, { prior: { a: "normal(" } }),
        () => d.posterior(fit, { observed: false }),
        () => p.predict([1], { level: 1 }),
        () => p.predict([NaN]),
        () => p.predict([1], { kind: "both" }),
        () => p.predict([]),
      );
    },
  ];
}

export function* cases(d) {
  yield* posteriors(d);
}
