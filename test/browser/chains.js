// One run of every sampler, on densities with data, constraints and several modes, and what is made of the draws: the default variant
// gives the same numbers on every engine, equal to the last bit, in one thread or on those of a pool.

/** FNV-1a (Fowler, Noll & Vo 1991), 32 bits. */
function hashOf(numbers) {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(numbers.buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The hashes of `chainsOnce`, as Node 20 made them. */
export const chainHashes = {
  "logit nuts": "b8974296",
  "logit hmc": "0024d209",
  "logit mala": "17a070a4",
  "logit metropolis": "4732cf59",
  "logit slice": "cfab67f2",
  "logit ensemble": "cc209fd5",
  "logit tempering": "3eed2cab",
  "logit diagonal": "2cc4f289",
  "logit dense": "1671e5a7",
  "logit lowRank": "93cf9231",
  "schools nuts": "e3c05f95",
  "schools hmc": "a1c519ce",
  "schools mala": "89b8becf",
  "schools metropolis": "cfa9d78b",
  "schools slice": "a95e1d62",
  "schools ensemble": "c633cc65",
  "schools tempering": "194d92c0",
  "schools diagonal": "b9d8a6d3",
  "schools dense": "ff9eef0f",
  "schools lowRank": "bdf39117",
  "constrained nuts": "844b10c3",
  "constrained hmc": "4002f25a",
  "constrained mala": "9fea51c2",
  "constrained metropolis": "cfdd4529",
  "constrained slice": "d49de1c3",
  "constrained ensemble": "84a94a33",
  "constrained tempering": "051ef93c",
  "constrained diagonal": "ce395a7f",
  "constrained dense": "4f88b01a",
  "constrained lowRank": "f7ae9ab3",
  "by hand": "caba8131",
  "from a path": "0e47d20b",
  pathfinder: "b4d51732",
  laplace: "06fddbb9",
  "any states": "3e02c868",
};

const METHODS = ["nuts", "hmc", "mala", "metropolis", "slice", "ensemble", "tempering"];
const METRICS = ["diagonal", "dense", "lowRank"];

function densities({ compileDensity }) {
  const t = Array.from({ length: 70 }, (_, i) => i / 10 - 3.5);
  const prior = { prior: "normal(0, 2)" };
  return {
    logit: compileDensity("bernoulliLogit(hit, a + b*t)", {
      params: { a: prior, b: prior },
      data: { t, hit: t.map((v, i) => (v + ((i * 7) % 5) - 2 > 0 ? 1 : 0)) },
    }),
    schools: compileDensity("normal(y, mu, sqrt(sigma^2 + tau^2))", {
      params: { mu: { prior: "normal(0, 5)" }, tau: { kind: "positive", prior: "halfCauchy(5)" } },
      data: { y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] },
    }),
    constrained: compileDensity(
      "gamma(a, 3, 2) + 2*log(s1) + log(s2) + normal(o2 - o1, 1, 0.5) + normal(o1, 0, 1) + normal(i, 0, 1)",
      {
        params: {
          a: "positive",
          s: { kind: "simplex", size: 3 },
          o: { kind: "ordered", size: 2 },
          i: { lower: -1, upper: 2 },
        },
      },
    ),
  };
}

/** Everything that is said of a run. */
const all = (p) =>
  hashOf(
    Float64Array.from([
      ...p.draws,
      ...Object.values(p.stats).flatMap((values) => [...values]),
      ...[p.mean, p.sd, p.rHat, p.essBulk, p.essTail, p.mcse, p.ebfmi].flatMap((values) => [...values]),
      p.nfev,
    ]).map((v) => (Number.isNaN(v) ? -1 : v)),
  );

function programs(downhill) {
  const list = [];
  const made = densities(downhill);
  for (const [name, density] of Object.entries(made)) {
    for (const method of METHODS) list.push([`${name} ${method}`, density, { method }]);
    for (const metric of METRICS) list.push([`${name} ${metric}`, density, { metric }]);
  }
  return list.map(([name, density, own]) => [name, density, { draws: 60, warmup: 80, seed: 12, ...own }]);
}

/** A hash for each program, one for what has no chains, and one of all. */
export function chainsOnce(downhill) {
  const found = {};
  for (const [name, density, options] of programs(downhill))
    found[name] = all(downhill.sample(density, undefined, options));
  const { logit, schools } = densities(downhill);
  const js = {
    names: ["x", "y"],
    logDensityGrad(x, g) {
      g[0] = -x[0] + x[1] / 2;
      g[1] = x[0] / 2 - x[1];
      return -(x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 2;
    },
  };
  found["by hand"] = all(downhill.sample(js, "random", { draws: 60, warmup: 80, seed: 3 }));
  found["from a path"] = all(downhill.sample(schools, "pathfinder", { draws: 40, warmup: 40, seed: 3 }));
  found.pathfinder = hashOf(downhill.pathfinder(logit, "random", { draws: 50, seed: 4 }).draws);
  const near = downhill.laplace(logit, [0, 0], { draws: 50, seed: 4 });
  found.laplace = hashOf(Float64Array.from([...near.draws, ...near.logWeights, near.paretoK]));
  const walk = {
    start: 0,
    propose: (i, random) => (i + (random.below(2) ? 1 : 4)) % 5,
    logDensity: (i) => -i / 4,
  };
  const counts = downhill.metropolisHastings(walk, { draws: 200, seed: 1 });
  found["any states"] = hashOf(counts.derive((i) => i).chains[0]);
  return found;
}

/** The programs that a pool can run, on its threads: the hashes of one. */
export async function chainsInPool(downhill, pool) {
  const found = {};
  for (const [name, density, options] of programs(downhill))
    found[name] = all(await downhill.sampleAsync(density, undefined, { ...options, pool }));
  return found;
}
