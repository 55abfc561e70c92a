// NUTS on posteriors with precise moments and Stan's figures, given by two files: their data (a JSON of records with data, precise
// moments and Stan's effective draws) and a module of their densities. Four chains of 2000 draws after 1000 of warm-up.
// Run: npx esbuild bench/posteriors.check.ts --bundle --platform=node --format=esm --outfile=build/posteriors.check.mjs, then
// node build/posteriors.check.mjs <records.json> <densities.mjs> [metric] [ids, or ""] [kept.jsonl]. With a file of kept lines a check
// that broke off goes on where it was: each posterior is one line there, and one that has its line is not drawn again.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Chains, type Constraint, essBulk, mcseMean, mcseSd, rHat, sample } from "../src/index.js";
import type { MetricKind } from "../src/sampling/methods.js";

interface Block {
  readonly name: string;
  readonly size: number;
  readonly kind: string;
  readonly lower?: number;
  readonly upper?: number;
}
interface Density {
  readonly d: number;
  readonly blocks: readonly Block[];
  readonly reported: readonly string[];
  gradient(x: Float64Array, g: Float64Array): number;
  report(x: Float64Array, out: Float64Array): Float64Array;
}
interface Precise {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  readonly se_mean?: readonly number[];
  readonly se_sd?: readonly number[];
}

interface Line {
  readonly id: string;
  readonly metric: string;
  readonly ratio: number;
  readonly text: string;
}

const [file, module, metric = "fisher", ids = "", keptIn = ""] = process.argv.slice(2) as [
  string,
  string,
  MetricKind,
  string,
  string,
];
const kept: Line[] =
  keptIn && existsSync(keptIn)
    ? readFileSync(keptIn, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((text) => JSON.parse(text))
    : [];
const { posteriors: records } = JSON.parse(readFileSync(file, "utf8"));
const { posteriors } = await import(pathToFileURL(module).href);
const logs: number[] = [];
for (const record of records) {
  if (ids && !ids.split(",").includes(record.id)) continue;
  const done = kept.find((line) => line.id === record.id && line.metric === metric);
  if (done) {
    logs.push(Math.log(done.ratio));
    console.log(done.text);
    continue;
  }
  const began = process.cpuUsage();
  const target: Density = posteriors[record.id](record.data);
  const constraints = target.blocks.map(({ name, size, kind, lower, upper }): Constraint => {
    const own = kind === "positive_ordered" ? "positiveOrdered" : kind;
    const bounds = kind === "interval" ? { lower, upper } : {};
    return { name, size, kind: own as "real", ...bounds };
  });
  const density = {
    logDensityGrad: (x: Float64Array, g: Float64Array) => target.gradient(x, g),
    constraints,
  };
  const p = sample(density, "random", { metric, draws: 2000, warmup: 1000, seed: 1, checkGradient: false });
  const out = new Float64Array(target.reported.length);
  const quantities: Chains[] = target.reported.map((_, k) =>
    Array.from({ length: 4 }, (_, c) =>
      Float64Array.from({ length: p.count }, (_, i) => {
        const at = (c * p.count + i) * target.d;
        return target.report(p.draws.subarray(at, at + target.d), out)[k]!;
      }),
    ),
  );
  const precise: Precise = record.precise;
  let worst = 0;
  quantities.forEach((chains, k) => {
    const all = chains.flatMap((c) => [...c]);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const sd = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / (all.length - 1));
    const zMean = (mean - precise.mean[k]!) / Math.hypot(mcseMean(chains), precise.se_mean?.[k] ?? 0);
    const zSd = (sd - precise.sd[k]!) / Math.hypot(mcseSd(chains), precise.se_sd?.[k] ?? 0);
    worst = Math.max(worst, Math.abs(zMean), Math.abs(zSd));
  });
  const ess = Math.min(...quantities.map(essBulk));
  const ratio = ess / p.nfev / record.stan.essPerGradientWithWarmup;
  logs.push(Math.log(ratio));
  const { user } = process.cpuUsage(began);
  const text =
    `${record.id.padEnd(28)} ${ratio.toFixed(2)} of Stan's, ESS ${ess.toFixed(0)}, gradients ${p.nfev}, R-hat ` +
    `${Math.max(...quantities.map(rHat)).toFixed(4)}, worst |z| ${worst.toFixed(2)}, divergences ${p.divergences}, ${(user / 1e6).toFixed(0)} s of processor time`;
  console.log(text);
  if (keptIn) appendFileSync(keptIn, `${JSON.stringify({ id: record.id, metric, ratio, text })}\n`);
}
console.log(
  `geometric mean ${Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length).toFixed(3)} of ${logs.length}`,
);
