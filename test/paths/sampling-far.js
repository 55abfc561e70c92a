// Chains that run away, tails, states, and metrics that are given.
import { short } from "./sampling-rare.js";
import { refusals, resumed, spoken, together } from "./several.js";

function* far(d) {
  yield [
    "tails",
    () =>
      together(
        ["-0.6*log(1 + x^2)", "-0.9*log(1 + x^2)", "-2*log(1 + x^2)", "0*x", "-log(1 + abs(x))"].map((text) =>
          d.sample(d.compileDensity(text, { params: ["x"] }), [0], {
            draws: 60,
            warmup: 60,
            chains: 3,
            seed: 2,
            method: d.nuts({ maxTreeDepth: 6 }),
          }),
        ),
      ),
  ];
  yield [
    "tails by walks",
    () =>
      together(
        ["-0.5*log(1 + x^2)", "x", "x + y - abs(x - y)"].map((text) =>
          d.sample(d.compileDensity(text, { params: text.includes("y") ? ["x", "y"] : ["x"] }), "random", {
            draws: 60,
            warmup: 60,
            chains: 3,
            seed: 2,
            method: "metropolis",
          }),
        ),
      ),
  ];
  const normal = d.compileDensity(
    "normal(a, 0, 1) + normal(b, a, 0.1) + normal(c, b, 3) + normal(e, c, 0.01)",
    { params: ["a", "b", "c", "e"] },
  );
  for (const metric of ["fisher", "diagonal", "dense", "lowRank"])
    yield [
      `resumed text ${metric}`,
      () =>
        resumed(
          (o) =>
            d.iterateSample(normal, "random", { draws: 20, warmup: 120, chains: 2, seed: 3, metric, ...o }),
          90,
        ),
    ];
  yield [
    "states of a path",
    () => {
      const r = d.pathfinder(normal, "random", { draws: 20, seed: 1 });
      return [r.starts(4), r.starts(1), ...refusals(() => r.starts(99))];
    },
  ];
  yield [
    "from the metric of a law",
    () => {
      const near = d.laplace(normal, [0, 0, 0, 0], { seed: 1, draws: 20 });
      return d.sample(normal, near.starts(3), { ...short, chains: 3, metric: near.metric });
    },
  ];
  yield [
    "ends of intervals",
    () => {
      const p = d.sample(normal, [0, 0, 0, 0], short);
      const q = p.parameter("b");
      return [
        p.hdi(),
        q.hdi(),
        ...refusals(
          () => q.mcseQuantile?.(1),
          () => q.mcseOfQuantile?.(0),
          () => d.essQuantile(q.chains ?? [q.draws], 1),
          () => d.essQuantile(q.chains ?? [q.draws], 0),
          () => d.mcseQuantile(q.chains ?? [q.draws], 1),
          () => d.rHat([]),
          () => d.essBulk([[]]),
          () => q.hdi(2),
          () => q.quantile(-1),
        ),
      ];
    },
  ];
  const steep = d.compileDensity("normal(a, 0, exp(3*b)) + normal(b, 0, 1)", { params: ["a", "b"] });
  yield [
    "steep by every method",
    () =>
      together(
        ["nuts", "hmc", "mala", "metropolis", "slice"].map((method) =>
          d.sample(steep, [0, 0], {
            draws: 80,
            warmup: 60,
            chains: 2,
            seed: 2,
            method: method === "nuts" ? d.nuts({ maxTreeDepth: 5 }) : method,
          }),
        ),
      ),
  ];
  yield [
    "steep, stretched",
    () =>
      [
        d.sample(steep, [0, 0], {
          draws: 40,
          warmup: 40,
          seed: 2,
          method: d.nuts({ stepSize: 3, maxTreeDepth: 4 }),
        }),
        d.sample(normal, [0, 0, 0, 0], {
          draws: 40,
          warmup: 0,
          seed: 2,
          method: d.nuts({ stepSize: 0.003, maxTreeDepth: 4 }),
        }),
      ].flatMap((p) => [p, spoken(p)]),
  ];
  yield [
    "a wrong gradient in many",
    () => {
      const n = 52;
      return d.sample(
        {
          names: Array.from({ length: n }, (_, j) => `w${j}`),
          logDensityGrad(x, g) {
            let v = 0;
            for (let j = 0; j < n; j++) {
              v -= (x[j] * x[j]) / 2;
              g[j] = j === 17 ? x[j] : -x[j];
            }
            return v;
          },
        },
        new Array(n).fill(0.5),
        { ...short, draws: 2, warmup: 2, method: "hmc" },
      );
    },
  ];
}

export function* cases(d) {
  yield* far(d);
}
