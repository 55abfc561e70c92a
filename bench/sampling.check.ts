// The long protocol for the samplers, on densities with known moments (test/sampling/targets.ts): four chains of 100,000 draws,
// z of means and second moments, R-hat, effective draws. Run: npx esbuild bench/sampling.check.ts --bundle --platform=node
// --format=esm --outfile=build/sampling.check.mjs && node build/sampling.check.mjs [methods] [draws] [seed] [seeds]. The z of one run hang
// together (means of correlated coordinates, second moments), so the share of |z| < 1 of one seed scatters by some 8 %: with several seeds,
// which follow each other from the first, it is told over all of them, and over all methods in the end.
import { essMean, hmc, nuts, type Posterior, sample } from "../src/index.js";
import { chainOf } from "../src/sampling/chains.js";
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
    const chains = Array.from({ length: p.chains }, (_, c) =>
      chainOf(p.draws, c, p.count, p.names.length, j),
    );
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
const first = Number(process.argv[4] ?? 17);
const seeds = Number(process.argv[5] ?? 1);
const configured = { nuts: nuts(), hmc: hmc() } as Record<string, ReturnType<typeof nuts>>;
/** Ten steps at an acceptance of 0.8 diverge in the banana's tails some hundred times, as the warning says, and are biased there. */
const careful = hmc({ targetAcceptance: 0.98, steps: 50 });
const below = (z: readonly number[]): string =>
  `${((100 * z.filter((v) => Math.abs(v) < 1).length) / z.length).toFixed(0)} % below 1`;
const whole: number[] = [];
for (const method of methods) {
  const all: number[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    const own: number[] = [];
    for (const k of known) {
      const began = performance.now();
      const p = sample(k.density, k.start, {
        method:
          method === "hmc" && k.id.startsWith("banana")
            ? careful
            : (configured[method] ?? (method as "slice")),
        draws,
        warmup: 2000,
        seed,
        checkGradient: false,
      });
      const z = scores(p, k);
      own.push(...z);
      const worst = Math.max(...z.map(Math.abs));
      console.log(
        `${method} ${k.id.padEnd(18)} worst |z| ${worst.toFixed(2)}, R-hat ${Math.max(...p.rHat).toFixed(4)}, ` +
          `ESS ${Math.round(Math.min(...p.essBulk))}, divergences ${p.divergences}, ${Math.round(performance.now() - began)} ms`,
      );
    }
    console.log(
      `${method}, seed ${seed}: ${own.length} z, ${own.filter((v) => Math.abs(v) >= 4).length} beyond 4, ${below(own)}`,
    );
    all.push(...own);
  }
  const square = all.reduce((sum, v) => sum + v * v, 0) / all.length;
  console.log(
    `${method}, ${seeds} seeds: ${below(all)}, root mean square of z ${Math.sqrt(square).toFixed(2)}`,
  );
  whole.push(...all);
}
console.log(`all methods: ${whole.length} z, ${below(whole)}`);
