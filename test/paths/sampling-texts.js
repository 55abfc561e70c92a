// Densities as text, with every law and every constraint; posteriors of fits, their predictions and criteria.
import { refusals, together } from "./several.js";

export const short = { draws: 16, warmup: 40, chains: 2, seed: 4 };
const y = [2.1, 0.4, 1.7, 3.2, 0.9, 2.6, 1.1, 0.2];
const counts = [2, 0, 1, 4, 3, 1, 0, 5];
const hits = [0, 1, 1, 0, 1, 0, 1, 1];

function* densities(d) {
  const laws = {
    "normal(y, a, b)": {},
    "halfNormal(y, b)": {},
    "lognormal(y, a, b)": {},
    "studentT(y, b + 1, a, b)": {},
    "cauchy(y, a, b)": {},
    "halfCauchy(y, b)": {},
    "laplace(y, a, b)": {},
    "exponential(y, b)": {},
    "gamma(y, b, 2)": {},
    "inverseGamma(y, 2, b)": {},
    "beta(y/4, b, 2)": {},
    "weibull(y, 1.5, b)": {},
    "uniform(y, -1, 4 + b)": {},
    "poisson(n, b)": {},
    "poissonLog(n, a)": {},
    "bernoulli(h, b/(1 + b))": {},
    "bernoulliLogit(h, a)": {},
    "binomial(n, 6, b/(1 + b))": {},
    "binomialLogit(n, 6, a)": {},
    "log(0.3*exp(normal(y, a, 1)) + 0.7*exp(cauchy(y, 0, b)))": {},
    "normal(y, a, b)*(h + 1) - a^2": {},
    "normal(y, a*n + h, b)": {},
  };
  for (const text of Object.keys(laws))
    yield [
      text,
      () => {
        const density = d.compileDensity(text, {
          params: { a: { prior: "normal(0, 3)" }, b: { kind: "positive", prior: "exponential(1)" } },
          data: { y, n: counts, h: hits },
        });
        const p = d.sample(density, "random", short);
        return {
          ...together([p]),
          more: refusals(
            () => p.loo(),
            () => p.waic(),
            () => p.predict([1]),
            () => density.toJSON?.(),
          ),
        };
      },
    ];
  const kinds = {
    positive: "positive",
    negative: "negative",
    real: "real",
    lower: { lower: 2 },
    upper: { upper: -1 },
    interval: { lower: -1, upper: 2 },
    "far interval": { lower: 1e6, upper: 1e6 + 1 },
    simplex: { kind: "simplex", size: 3 },
    ordered: { kind: "ordered", size: 3 },
    positiveOrdered: { kind: "positiveOrdered", size: 3 },
    unitVector: { kind: "unitVector", size: 3 },
    correlation: { kind: "correlation", size: 4 },
    "correlation of three": { kind: "correlation", size: 9 },
    vector: { size: 3, lower: 0 },
  };
  for (const [name, param] of Object.entries(kinds))
    yield [
      `param ${name}`,
      () => {
        const size = param.size ?? 1;
        const names = size === 1 ? ["p"] : Array.from({ length: size }, (_, k) => `p${k + 1}`);
        const density = d.compileDensity(`-(${names.map((v, k) => `(${v} - ${k})^2`).join(" + ")})/2`, {
          params: { p: param },
        });
        return together([
          d.sample(density, "random", short),
          d.sample(density, "random", { ...short, method: "metropolis" }),
          d.sample(density, "pathfinder", { ...short, metric: "dense" }),
        ]);
      },
    ];
  for (const kind of ["simplex", "ordered", "positiveOrdered", "unitVector", "correlation", "positive"]) {
    const size = kind === "positive" ? 1 : 4;
    yield [
      `constraint ${kind} of a function`,
      () =>
        refusals(() =>
          d.sample(
            {
              logDensity: (x) => -x[0] * x[0],
              names: Array.from({ length: size }, (_, k) => `q${k}`),
              constraints: [{ name: "q", kind, size }],
            },
            "random",
            short,
          ),
        ),
    ];
  }
  yield [
    "bounds of a function",
    () =>
      together(
        [{ lower: [0, -1], upper: [Infinity, 1] }, { lower: [-Infinity, 2] }, { upper: [1, 1] }].map((b) =>
          d.sample(
            { names: ["a", "b"], logDensity: (x) => -x[0] * x[0] - x[1] * x[1], ...b },
            "random",
            short,
          ),
        ),
      ),
  ];
  yield [
    "priors apart",
    () =>
      d.sample(
        d.compileDensity("normal(y, a, s)", {
          params: ["a", "s"],
          data: { y },
          priors: ["normal(a, 0, 1)", "normal(log(s), 0, 1) - log(s)"],
          start: { a: 1, s: 1 },
        }),
        undefined,
        short,
      ),
  ];
  for (const n of [63, 64, 65, 300]) {
    const t = Array.from({ length: n }, (_, i) => ((i * 37) % 101) / 50 - 1);
    const density = () =>
      d.compileDensity("normal(t, a, b)", { params: { a: {}, b: "positive" }, data: { t } });
    yield [
      `${n} data`,
      () => {
        const p = d.sample(density(), [0, 1], { ...short, draws: 30 });
        return [p, p.loo(), p.waic(), d.laplace(density(), [0, 1], { seed: 1, draws: 20 })];
      },
    ];
  }
  for (const count of [3, 4, 5])
    yield [
      `${count} chains together`,
      () =>
        d.sample(
          d.compileDensity("normal(y, a, b)", { params: { a: {}, b: "positive" }, data: { y } }),
          [0, 1],
          { ...short, chains: count, metric: count === 4 ? "dense" : "fisher" },
        ),
    ];
  yield [
    "tempering of text",
    () =>
      d.sample(
        d.compileDensity("log(exp(normal(x, -5, 1)) + exp(normal(x, 5, 1)))", { params: ["x"] }),
        [5],
        { ...short, draws: 8, warmup: 20, method: d.tempering({ temperatures: 3 }) },
      ),
  ];
  const compile = (text, o) => () => d.compileDensity(text, o);
  yield ["a law misspelt", compile("nomal(a, 0, 1)", { params: ["a"] })];
  yield ["a law of too few", compile("normal(a, 0)", { params: ["a"] })];
  yield ["data of unequal lengths", compile("normal(y, a, t)", { params: ["a"], data: { y, t: [1] } })];
  yield ["counts that are none", compile("poisson(y, a)", { params: { a: "positive" }, data: { y } })];
  yield [
    "densities refused",
    () =>
      refusals(
        compile("", { params: ["a"] }),
        compile("normal(a, 0, 1", { params: ["a"] }),
        compile("normal(b, 0, 1)", { params: ["a"] }),
        compile("3", {}),
        compile("a", { params: [] }),
        compile("a", { params: { a: "upwards" } }),
        compile("a", { params: { a: { lower: 2, upper: 1 } } }),
        compile("a", { params: { a: { kind: "simplex" } } }),
        compile("a", { params: { a: { kind: "correlation", size: 3 } } }),
        compile("a", { params: { a: { prior: "normal(0)" } } }),
        compile("a", { params: { a: { prior: "gauss(0, 1)" } } }),
        compile("a", { params: ["a"], start: { b: 1 } }),
        compile("a", { params: ["a"], start: {} }),
        compile("a*y", { params: ["a"], data: { y: [] } }),
        compile("a*y", { params: ["a"], data: { y: [NaN] } }),
        compile("a", { params: ["a"], reduce: "mean" }),
        compile("bernoulli(y, a)", { params: ["a"], data: { y } }),
        compile("a*a", { params: ["a", "a"] }),
        compile("normal(0, 1)", { params: ["a"], prior: "x" }),
      ),
  ];
}

export function* cases(d) {
  yield* densities(d);
}
