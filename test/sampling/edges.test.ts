// Where a density is 0: laws of parameters give them their bounds, and trajectories that run into an edge say so.
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileDensity, curveFit, laplace, posterior, sample } from "../../src/index.js";

// Law without its first argument; its domain; mean and standard deviation by their closed forms.
const GAMMA_3_2 = Math.sqrt(Math.PI) / 2; // gamma(3/2)
test.each<[string, number, number, number, number]>([
  ["halfNormal(2)", 0, Infinity, 2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(1 - 2 / Math.PI)],
  ["lognormal(1, 0.5)", 0, Infinity, Math.exp(1.125), Math.exp(1.125) * Math.sqrt(Math.exp(0.25) - 1)],
  ["exponential(3)", 0, Infinity, 1 / 3, 1 / 3],
  ["gamma(2.5, 4)", 0, Infinity, 0.625, Math.sqrt(2.5) / 4],
  ["inverseGamma(6, 3)", 0, Infinity, 0.6, 0.3],
  ["weibull(2, 3)", 0, Infinity, 3 * GAMMA_3_2, 3 * Math.sqrt(1 - GAMMA_3_2 ** 2)],
  ["beta(2, 5)", 0, 1, 2 / 7, Math.sqrt(10 / 49 / 8)],
  ["beta(0.5, 0.5)", 0, 1, 0.5, Math.sqrt(0.125)],
  ["uniform(-2, 7)", -2, 7, 2.5, 9 / Math.sqrt(12)],
])("%s bounds the parameter whose prior it is", (law, low, high, mean, sd) => {
  const name = law.slice(0, law.indexOf("("));
  const whole = `${name}(v, ${law.slice(name.length + 1)}`;
  const densities = [
    compileDensity("0", { params: { v: { prior: law } } }),
    compileDensity("0", { params: ["v"], priors: [whole] }),
    compileDensity(`0 + ${whole}`, { params: ["v"] }),
  ];
  for (const density of densities) {
    expect(density.constraints[0]).toMatchObject({ lower: low, upper: high });
    const draws = sample(density, "random", { seed: 4, draws: 2000 });
    // On the logarithm a tail of squares ends steeply: a few of 8,000 (without bounds 4,000 or more).
    expect(draws.divergences).toBeLessThan(12);
    expect(draws.warnings.filter(({ code }) => code !== "W_DIVERGENCES")).toEqual([]);
    expect(Math.abs(draws.mean[0]! - mean)).toBeLessThan(5 * draws.mcse[0]!);
    expect(Math.abs(draws.sd[0]! / sd - 1)).toBeLessThan(0.1);
    expect(density.logDensity([low - 1])).toBe(-Infinity);
  }
});

test("scales, rates and probabilities that are parameters are bounded by their laws", () => {
  const data = { y: [4.1, 5.3, 2.2, 3.9, 6.1, 4.4] };
  const normal = compileDensity("normal(y, m, s)", { params: ["m", "s"], data });
  expect(normal.constraints).toMatchObject([{ kind: "real" }, { kind: "lower", lower: 0, upper: Infinity }]);
  // Under a flat prior of m and s: m is the mean of the data.
  const draws = sample(normal, "random", { seed: 1, draws: 2000 });
  expect(draws.divergences).toBe(0);
  expect(Math.abs(draws.mean[0]! - 26 / 6)).toBeLessThan(5 * draws.mcse[0]!);
  const counts = { k: [3, 5, 2], n: [10, 10, 10] };
  expect(compileDensity("poisson(k, r)", { params: ["r"], data: counts }).constraints[0]).toMatchObject({
    lower: 0,
    upper: Infinity,
  });
  // Under a flat prior the posterior is Beta(11, 21).
  const hits = sample(compileDensity("binomial(k, n, p)", { params: ["p"], data: counts }), "random", {
    seed: 2,
  });
  expect(Math.abs(hits.mean[0]! - 11 / 32)).toBeLessThan(5 * hits.mcse[0]!);
  expect(hits.warnings).toEqual([]);
});

test("a law bounds where it is a term of the sum, and within what was said", () => {
  const bounds = (text: string, param: object = {}) => {
    const { lower, upper } = compileDensity(text, { params: { v: param, w: {} } }).constraints[0]!;
    return [lower, upper];
  };
  expect(bounds("normal(w, 0, 1) + gamma(v, 2, 1)")).toEqual([0, Infinity]);
  expect(bounds("normal(w, v, 1) + 2*gamma(v, 2, 1)")).toEqual([-Infinity, Infinity]);
  expect(bounds("log(0.5*exp(gamma(v, 2, 1)) + 0.5*exp(normal(v, 0, 1)))")).toEqual([-Infinity, Infinity]);
  expect(bounds("w > 0 ? gamma(v, 2, 1) : normal(v, 0, 1)")).toEqual([-Infinity, Infinity]);
  expect(bounds("-gamma(v, 2, 1)")).toEqual([-Infinity, Infinity]);
  expect(bounds("gamma(v - 1, 2, 1)")).toEqual([-Infinity, Infinity]);
  expect(bounds("uniform(v, w, 3)")).toEqual([-Infinity, 3]);
  expect(bounds("0", { prior: "uniform(-2, 7)", lower: 0 })).toEqual([0, 7]);
  expect(bounds("0", { prior: "exponential(1)", upper: 5 })).toEqual([0, 5]);
  expect(bounds("0", { prior: "beta(2, 2)", kind: "positive" })).toEqual([0, 1]);
  expect(bounds("gamma(v, 2, 1) + uniform(v, -1, 3)")).toEqual([0, 3]);
  expect(bounds("w + halfNormal(v, 1) + log(w)")).toEqual([0, Infinity]);
  for (const text of [
    "halfNormal(v, 1) + 0 < 1",
    "1 > w + beta(v, 2, 2)",
    "w and 0 + laplace(1, w, v)",
    "not gamma(v, 2, 1)",
    "-w^2 - 0.5^+halfNormal(v, 1)",
    "w*+halfNormal(v, 1)",
    "w - +halfNormal(v, 1)",
  ])
    expect([text, ...bounds(text)]).toEqual([text, -Infinity, Infinity]);
  // Wide ones about 0, where chains begin, bound nothing in practice, and free coordinates have no digits there.
  expect(bounds("0", { prior: "uniform(-1e6, 1e6)" })).toEqual([-Infinity, Infinity]);
  expect(bounds("0", { prior: "uniform(0, 1e18)" })).toEqual([0, Infinity]);
  expect(bounds("0", { prior: "uniform(1e6, 2e6)" })).toEqual([1e6, 2e6]);
  // In whatever order priors speak of other parameters.
  for (const params of [
    { s: {}, a: { prior: "normal(0, s) + gamma(s, 2, 2)" } },
    { a: { prior: "normal(0, s) + gamma(s, 2, 2)" }, s: {} },
  ])
    expect(compileDensity("0", { params }).constraints.find(({ name }) => name === "s")).toMatchObject({
      lower: 0,
    });
  expect(
    compileDensity("0", { params: { v: { kind: "positive", prior: "gamma(2, 1)" } } }).constraints,
  ).toEqual([{ name: "v", kind: "positive", size: 1, lower: -Infinity, upper: Infinity }]);
  const three = compileDensity("0", { params: { v: { size: 3, prior: "exponential(1)" } } });
  expect(three.constraints).toMatchObject([{ size: 3, lower: 0 }]);
  const one = compileDensity("exponential(v2, 1)", { params: { v: { size: 3 } } });
  expect(one.constraints).toMatchObject([{ size: 3, lower: -Infinity }]);
  expect(() => bounds("0", { prior: "uniform(-2, 7)", lower: 8 })).toThrow(
    /params\.v: its laws have no density between 8 and Infinity, only from -2 to 7/,
  );
});

test.each([1, 4, 6, 9])(
  "a uniform prior of 1e%d about 0 leaves the mean of a normal law to the data",
  (power) => {
    const density = compileDensity("normal(y, a, 1)", {
      params: { a: { prior: `uniform(-1e${power}, 1e${power})` } },
      data: { y: [1, 2, 3] },
    });
    for (const seed of [1, 2, 3]) {
      const draws = sample(density, "random", { seed });
      expect(Math.abs(draws.mean[0]! - 2)).toBeLessThan(5 * draws.mcse[0]!);
      expect(draws.warnings).toEqual([]);
    }
  },
);

test("bounds by laws leave the density as it is", () => {
  const v = fc.double({ min: -3, max: 8, noNaN: true });
  const laws = ["uniform(-2, 7)", "gamma(2, 1)", "beta(2, 3)", "halfCauchy(1)"];
  fc.assert(
    fc.property(v, fc.constantFrom(...laws), (x, prior) => {
      const free = compileDensity("normal(v, 1, 2)", { params: { v: { prior } } });
      const said = compileDensity("normal(v, 1, 2)", { params: { v: { prior, lower: -3, upper: 9 } } });
      expect(free.logDensity([x])).toBe(said.logDensity([x]));
    }),
    { numRuns: 60 },
  );
});

test("priors bound the parameters of a fit, whose chains begin inside", () => {
  const x = [0, 1, 2, 3, 4, 5, 6, 7];
  const y = [0.3, -0.2, 0.1, 0.4, -0.3, 0.2, -0.1, -0.4]; // slope below 0
  for (const model of ["a + b*x", (t: number, { a, b }: { a: number; b: number }) => a + b * t] as const) {
    const fit = curveFit({ model: model as "a + b*x", x, y, params: { a: 0, b: 0 } });
    expect(fit.values.b).toBeLessThan(0);
    for (const prior of [{ b: "halfNormal(1)" }, ["halfNormal(b, 1)"]]) {
      const draws = sample(posterior(fit, { prior }), undefined, { seed: 1 });
      expect(draws.divergences).toBeLessThan(12);
      const { length } = draws.names;
      expect(draws.draws.filter((_, i) => i % length === 1).every((b) => b > 0)).toBe(true);
    }
    expect(() => posterior(fit, { prior: ["uniform(b, 1, 2)", "exponential(-b, 1)"] })).not.toThrow();
  }
  const bounded = curveFit({ model: "a + b*x", x, y, params: { a: 0, b: { init: -1, max: -0.5 } } });
  expect(() => posterior(bounded, { prior: { b: "gamma(2, 1)" } })).toThrow(
    /posterior: b: its laws have no density/,
  );
});

test("laplace and sample of a density of one's own: an edge is told, with the way out", () => {
  const half = {
    names: ["v"],
    logDensityGrad: ([v]: ArrayLike<number> & Iterable<number>, g: Float64Array) => {
      g[0] = -1;
      return v! < 0 ? -Infinity : -v!;
    },
  };
  const draws = sample(half, [1], { seed: 1 });
  const { message } = draws.warnings.find(({ code }) => code === "W_DIVERGENCES")!;
  expect(message).toContain("where the density is 0");
  expect(message).toContain("give the parameters their bounds");
  const inside = sample({ ...half, lower: [0] }, [1], { seed: 1 });
  expect(inside.warnings).toEqual([]);
  expect(Math.abs(inside.mean[0]! - 1)).toBeLessThan(5 * inside.mcse[0]!);
  // A mode at the edge has no normal law about it; on the free scale there is one.
  expect(
    laplace(compileDensity("0", { params: { v: { prior: "gamma(3, 2)" } } }), [1], { seed: 1 }).success,
  ).toBe(true);
});

test.each<[string, object, RegExp]>([
  ["y ~ normal(m, s)", {}, /write normal\(y, m, s\)/],
  ["normal(y | m, s)", {}, /write normal\(y, m, s\)/],
  [
    "normal(y, m, s)",
    { m: "normal(0, 1)" },
    /params\.m must be a constraint, or \{ prior: "normal\(0, 1\)" \}/,
  ],
  [
    "normal(y, m, s)",
    { m: { prior: { normal: [0, 1] } } },
    /the prior of m must be text.*such as "normal\(0, 5\)"/,
  ],
])("as other languages write it: %s %j", (text, params, message) => {
  const options = { params: { m: {}, s: {}, ...params }, data: { y: [1, 2] } };
  expect(() => compileDensity(text, options)).toThrow(message);
});

test("no text has a density beyond the bounds that its laws give", () => {
  const atom = fc.constantFrom(
    ..."a|b|0.5|-1|halfNormal(a,1)|beta(b,2,2)|gamma(a,b,1)|poisson(a,b)|normal(1,a,b)|uniform(b,-1,2)|exponential(a,b)".split(
      "|",
    ),
  );
  const { text } = fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      atom,
      fc
        .tuple(tie("text"), fc.constantFrom(..."+|+|+|-|*|/|^|<|>|==| and | or ".split("|")), tie("text"))
        .map((parts) => parts.join("")),
      fc.tuple(fc.constantFrom("+", "-", "not ", "exp"), tie("text")).map(([sign, of]) => `${sign}(${of})`),
      fc.tuple(fc.constantFrom("0+", "2*+", "2-+", "1>+"), tie("text")).map((parts) => parts.join("")),
      fc.tuple(tie("text"), tie("text"), tie("text")).map(([c, x, y]) => `if(${c}, ${x}, ${y})`),
      fc.tuple(tie("text"), tie("text"), tie("text")).map(([c, x, y]) => `(${c}) ? ${x} : ${y}`),
    ),
  }));
  const values = [-2, -0.5, 0.3, 1.5, 3];
  let bounded = 0;
  fc.assert(
    fc.property(text, (source) => {
      let density: ReturnType<typeof compileDensity>;
      try {
        density = compileDensity(source, { params: ["a", "b"] });
      } catch {
        return; // no text of the language
      }
      const within = (j: number, v: number): boolean => {
        const { lower, upper } = density.constraints[j]!;
        return v > lower! && v < upper!;
      };
      if (!values.every((v) => within(0, v) && within(1, v))) bounded++;
      for (const a of values)
        for (const b of values)
          if (!(within(0, a) && within(1, b)))
            expect([source, a, b, density.logDensity([a, b]) > -Infinity]).toEqual([source, a, b, false]);
    }),
    { numRuns: 1000 },
  );
  expect(bounded).toBeGreaterThan(50);
});

test("a start at an edge is moved inside, beyond it is refused with what to do", () => {
  const of = (prior: string) => compileDensity("0", { params: { v: { prior } } });
  const own = {
    logDensityGrad(x: Float64Array, g: Float64Array): number {
      g[0] = -1;
      return -x[0]!;
    },
  };
  const held = (at: number) =>
    compileDensity("normal(v, 0, 1)", { params: { v: { lower: -3, upper: 5 } }, start: { v: at } });
  const options = { seed: 2, draws: 200, warmup: 200 };
  // Density, start, and whether it is at an edge.
  const cases = [
    [of("halfNormal(1)"), [0], 1],
    [of("uniform(0, 1)"), [1], 0],
    [of("uniform(0, 1)"), { v: 0 }, -1],
    [of("gamma(2, 1)"), [[0], [1], [0], [2]], 0],
    [{ ...own, lower: [1e6] }, [1e6], 1],
    [{ ...own, lower: [0], upper: [1e-8] }, [1e-8], 1],
    [held(-3), undefined, 0],
    [held(5), undefined, 0],
  ] as const;
  for (const [density, start] of cases) {
    const given = structuredClone(start);
    const draws = sample(density, start as [number], options);
    expect(draws.status).toBe("completed");
    // What was given stays as it was.
    expect(start).toEqual(given);
    expect(Math.max(...draws.rHat)).toBeLessThan(1.1);
  }
  const inside = /start lies outside.*start inside them, or at "random"/;
  expect(() => sample(of("halfNormal(1)"), [-1e-9])).toThrow(inside);
  expect(() => sample(of("uniform(0, 1)"), { v: 1.0000001 })).toThrow(inside);
  expect(() => sample(compileDensity("0", { params: { w: { kind: "simplex", size: 2 } } }), [1, 0])).toThrow(
    inside,
  );
  const two = compileDensity("normal(a, 0, 1) + normal(b, 0, 1)", { params: ["a", "b"] });
  expect(() => sample(two, { a: 1 })).toThrow("sample: start.b must be a number, got undefined");
});

test.each([
  ["draws", ["iter", "n_samples", "num_samples", "iter_sampling", "nsteps", "draws_per_chain"]],
  ["warmup", ["tune", "burn_in", "num_warmup", "iter_warmup", "discard", "nburn"]],
  ["chains", ["n_walkers", "nwalkers", "num_chains"]],
  ["seed", ["random_seed", "rng_key", "random_state"]],
  ["pool: pool()", ["cores", "n_jobs", "threads", "parallel_chains", "chain_method"]],
  [
    "nuts({ targetAcceptance })",
    ["target_accept", "adapt_delta", "target_accept_prob", "control", "targetAcceptance"],
  ],
  ["nuts({ maxTreeDepth })", ["max_treedepth", "max_tree_depth", "maxTreeDepth"]],
  ["second argument", ["init", "inits", "initvals", "initial_values", "p0", "start"]],
  ["compileDensity(text, { params, data, priors })", ["priors", "data", "params"]],
])("other libraries' names of options are told ours: %s", (meant, names) => {
  const density = compileDensity("normal(v, 0, 1)", { params: ["v"] });
  for (const name of names) expect(() => sample(density, [0], { [name]: 1 }), name).toThrow(meant);
});
