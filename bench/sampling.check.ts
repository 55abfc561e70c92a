// The long protocol for the samplers, on densities with known moments (test/sampling/targets.ts): four chains of 100,000 draws,
// z of means and second moments, R-hat, effective draws. Run: npx esbuild bench/sampling.check.ts --bundle --platform=node
// --format=esm --outfile=build/sampling.check.mjs && node build/sampling.check.mjs [methods] [draws] [seed]
import { essMean, hmc, nuts, type Posterior, sample } from "../src/index.js";
import { chainsOf } from "../src/sampling/posterior.js";
import { type Known, known } from "../test/sampling/targets.js";

function zOf(chains: readonly Float64Array[], want: number): number {
  let sum = 0;
  let count = 0;
  for (const c of chains) {
    for (const v of c) sum += v;
    count += c.length;
  }
  const mean = sum / count;
  let squares = 0;
  for (const c of chains) for (const v of c) squares += (v - mean) ** 2;
  return (mean - want) / Math.sqrt(squares / (count - 1) / essMean(chains));
}

function scores(p: Posterior, k: Known): number[] {
  return k.mean.flatMap((m, j) => {
    if (Number.isNaN(m)) return [];
    const chains = chainsOf(p.draws, p.chains, p.count, p.names.length, j);
    return [
      zOf(chains, m),
      zOf(
        chains.map((c) => c.map((v) => (v - m) ** 2)),
        k.sd[j]! ** 2,
      ),
    ];
  });
}

const methods = (process.argv[2] ?? "nuts,hmc,mala,metropolis,slice,ensemble").split(",");
const draws = Number(process.argv[3] ?? 100_000);
const seed = Number(process.argv[4] ?? 17);
const configured = { nuts: nuts(), hmc: hmc() } as Record<string, ReturnType<typeof nuts>>;
/** Ten steps at an acceptance of 0.8 diverge in the banana's tails some hundred times, as the warning says, and are biased there. */
const careful = hmc({ targetAcceptance: 0.98, steps: 50 });
for (const method of methods) {
  const all: number[] = [];
  for (const k of known) {
    const began = performance.now();
    const p = sample(k.density, k.start, {
      method:
        method === "hmc" && k.id.startsWith("banana") ? careful : (configured[method] ?? (method as "slice")),
      draws,
      warmup: 2000,
      seed,
      checkGradient: false,
    });
    const z = scores(p, k);
    all.push(...z);
    const worst = Math.max(...z.map(Math.abs));
    const rHat = Math.max(...p.rHat);
    const ess = Math.min(...p.essBulk);
    console.log(
      `${method} ${k.id.padEnd(18)} worst |z| ${worst.toFixed(2)}, R-hat ${rHat.toFixed(4)}, ESS ${Math.round(ess)}, ` +
        `divergences ${p.divergences}, ${Math.round(performance.now() - began)} ms`,
    );
  }
  const inside = all.filter((v) => Math.abs(v) < 1).length / all.length;
  console.log(
    `${method}: ${all.length} z, ${all.filter((v) => Math.abs(v) >= 4).length} beyond 4, ${(100 * inside).toFixed(0)} % below 1`,
  );
}
