// Turns of the samplers that are seldom taken: starts under constraints, many data, counts, functions as models, chains that run away.
import { refusals, together } from "./several.js";

export const short = { draws: 12, warmup: 30, chains: 2, seed: 6 };

function* starts(d) {
  const blocks = {
    simplex: [
      [0.2, 0.3, 0.5],
      [1 / 3, 1 / 3, 1 / 3],
      [0.2, 0.3, 0.6],
      [0, 0.5, 0.5],
      [0.2, 0.3, 0.5 + 1e-9],
    ],
    ordered: [
      [-1, 0, 2],
      [1, 1, 2],
      [3, 2, 1],
    ],
    positiveOrdered: [
      [0.1, 0.5, 2],
      [0, 1, 2],
      [2, 1, 3],
    ],
    unitVector: [
      [0.6, 0.8, 0],
      [1, 0, 0],
      [1, 1, 1],
      [0, 0, 0],
    ],
    correlation: [
      [1, 0.3, 0.1, 0.3, 1, -0.4, 0.1, -0.4, 1],
      [1, 0, 0, 0, 1, 0, 0, 0, 1],
      [1, 2, 0, 2, 1, 0, 0, 0, 1],
      [1, 0.1, 0, 0.2, 1, 0, 0, 0, 1],
      [2, 0, 0, 0, 1, 0, 0, 0, 1],
    ],
    positive: [
      [1, 2, 3],
      [1, 0, 3],
    ],
  };
  for (const [kind, points] of Object.entries(blocks))
    yield [
      `started ${kind}`,
      () => {
        const size = points[0].length;
        const logDensity = (x) => -x.reduce((s, v, k) => s + (v - k / 3) * (v - k / 3), 0);
        return refusals(
          ...points.map(
            (x) => () =>
              d.sample({ logDensity, constraints: [{ name: "q", kind, size }] }, x, {
                ...short,
                method: "slice",
              }),
          ),
          () =>
            d.sample({ logDensity, constraints: [{ name: "q", kind, size }] }, points[0], {
              ...short,
              method: "nuts",
              gradient: "differences",
            }),
        );
      },
    ];
  yield [
    "started between bounds",
    () =>
      refusals(
        ...[
          [1, 0.5],
          [0.001, 0.999],
          [1e6, 0.5],
          [0, 0.5],
          [1, 1],
        ].map(
          (x) => () =>
            d.sample({ logDensity: (v) => -v[0] - v[1], lower: [0, 0], upper: [Infinity, 1] }, x, {
              ...short,
              method: "metropolis",
            }),
        ),
      ),
  ];
}

function* data(d) {
  for (const n of [66, 131]) {
    const t = Array.from({ length: n }, (_, i) => ((i * 37) % 101) / 25 - 2);
    const all = {
      t,
      p: t.map((v) => v + 2.1),
      h: t.map((v, i) => (v > (i % 3) - 1 ? 1 : 0)),
      c: t.map((_, i) => i % 7),
    };
    for (const text of [
      "laplace(t, a, b)",
      "bernoulliLogit(h, a + b*t)",
      "studentT(t, 4, a, b)",
      "cauchy(t, a, b)",
      "poissonLog(c, a - b*t)",
      "lognormal(p, a, b)",
      "gamma(p, 2, b)",
      "binomialLogit(c, 9, a*t)",
      "log(1 + exp(a - t)) - log(1 + exp(b*t - 4))",
      "-log(1 + exp(-abs(t - a))) - t^2*b",
      "log(exp(normal(t, a, b)) + exp(normal(t, -a, 1)))",
    ])
      yield [
        `${n} of ${text}`,
        () => {
          const make = () =>
            d.compileDensity(text, {
              params: { a: { prior: "normal(0, 1)" }, b: { kind: "positive", prior: "normal(1, 1)" } },
              data: all,
            });
          const p = d.sample(make(), [0.1, 1], short);
          return {
            ...together([p]),
            more: refusals(
              () => p.loo(),
              () => p.waic(),
              () => d.laplace(make(), [0.1, 1], { seed: 1, draws: 10 }),
            ),
          };
        },
      ];
  }
}

function* fits(d) {
  const x = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const few = [5, 4, 3, 2, 2, 2, 1, 1, 1, 0];
  const many = [900, 710, 540, 450, 350, 260, 220, 160, 130, 100];
  const text = "a*exp(-k*x)";
  const own = (v, p) => p.a / (1 + p.k * v);
  const kinds = [
    ["counts", text, few, { likelihood: "poisson" }],
    ["many counts", text, many, { likelihood: "poisson" }],
    ["a function", own, few, {}],
    ["a function, student", own, few, { likelihood: "student", dof: 3 }],
    ["a function, poisson", own, few, { likelihood: "poisson" }],
    ["a function, marginalised", own, few, { sigma: "marginalised" }],
    ["a function, prior", own, few, { prior: { a: "normal(5, 1)", k: "exponential(1)" } }],
    ["priors as texts", text, few, { prior: ["-a^2/20", "-k^2"] }],
  ];
  for (const [name, model, y, o] of kinds)
    yield [
      `fit of ${name}`,
      () =>
        refusals(() => {
          const p = d.sample(
            d.posterior(d.curveFit({ model, x, y, params: { a: y[0], k: 0.2 } }), o),
            undefined,
            { ...short, gradient: typeof model === "string" ? "exact" : "differences" },
          );
          return [
            p,
            ...refusals(
              () => p.predict([0, 3]),
              () => p.predict([2], { kind: "prediction" }),
              () => p.predictive([0, 5]),
              () => p.loo(),
              () => p.waic(),
            ),
          ];
        }),
    ];
  for (const more of [
    { params: { a: { init: 4, lower: 4, upper: 6 }, k: { init: 0.2, lower: 0, upper: 0.2 } } },
    { residuals: "relative" },
    { y: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5], model: "a + 0*k*x" },
  ])
    yield [
      `fit with ${Object.keys(more)}`,
      () =>
        refusals(() => {
          const p = d.sample(
            d.posterior(
              d.curveFit({
                model: text,
                x,
                y: [5.1, 3.9, 3.2, 2.4, 2, 1.7, 1.2, 1.1, 0.8, 0.7],
                params: { a: 5, k: 0.2 },
                ...more,
              }),
            ),
            undefined,
            short,
          );
          return [p, p.predict([1], { kind: "prediction" }), p.loo()];
        }),
    ];
}

export function* cases(d) {
  yield* starts(d);
  yield* data(d);
  yield* fits(d);
}
