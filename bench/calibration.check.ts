// Simulation-based calibration (Talts et al. 2018): parameters from the prior, data from them, draws from the posterior; the rank
// of the truth among 19 draws far apart is uniform if the sampler is right. Chi-square over 20 bins, for two compiled models and
// each method. Run: npx esbuild bench/calibration.check.ts --bundle --platform=node --format=esm
// --outfile=build/calibration.check.mjs && node build/calibration.check.mjs [replications] [methods]
import { compileDensity, Random, sample } from "../src/index.js";
import { chiSquareUpper } from "../src/stats/distributions.js";

const replications = Number(process.argv[2] ?? 1000);
const methods = (process.argv[3] ?? "nuts,hmc,mala,slice").split(",") as ("nuts" | "slice")[];
/** Draws between those that are ranked: far enough apart to be independent. */
const THIN: Readonly<Record<string, number>> = { nuts: 10, hmc: 10, mala: 40, metropolis: 60, slice: 20 };

const models = {
  "normal mean and sd": (random: Random) => {
    const truth = [random.normal(), 0.5 * random.normal()];
    const sd = Math.exp(truth[1]!);
    const y = Array.from({ length: 8 }, () => truth[0]! + sd * random.normal());
    const density = compileDensity("normal(y, mu, exp(s))", {
      params: { mu: { prior: "normal(0, 1)" }, s: { prior: "normal(0, 0.5)" } },
      data: { y },
    });
    return { truth, density };
  },
  "logistic regression": (random: Random) => {
    const truth = [random.normal(), random.normal()];
    const t = [-2, -1, -0.5, 0, 0.5, 1, 2];
    const hit = t.map((v) => (random.uniform() < 1 / (1 + Math.exp(-truth[0]! - truth[1]! * v)) ? 1 : 0));
    const density = compileDensity("bernoulliLogit(hit, a + b*t)", {
      params: { a: { prior: "normal(0, 1)" }, b: { prior: "normal(0, 1)" } },
      data: { t, hit },
    });
    return { truth, density };
  },
};

for (const method of methods) {
  for (const [name, make] of Object.entries(models)) {
    const bins = [new Float64Array(20), new Float64Array(20)];
    for (let r = 0; r < replications; r++) {
      const { truth, density } = make(new Random(r, 7));
      const thin = THIN[method]!;
      const options = { method, chains: 1, warmup: 300, draws: 19 * thin, seed: r, checkGradient: false };
      const { draws } = sample(density, "random", options);
      bins.forEach((own, j) => {
        let rank = 0;
        for (let k = 0; k < 19; k++) if (draws[2 * (k * thin + thin - 1) + j]! < truth[j]!) rank++;
        own[rank]!++;
      });
    }
    const expected = replications / 20;
    const p = bins.map((own) =>
      chiSquareUpper(
        own.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0),
        19,
      ),
    );
    console.log(
      `${method} ${name}: ${replications} replications, chi-square p ${p.map((v) => v.toPrecision(3)).join(" and ")}`,
    );
  }
}
