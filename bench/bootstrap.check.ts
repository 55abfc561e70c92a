// Coverage of bootstrap intervals: 95 % intervals of the rate of a decay (40 points, 10 % noise) over 2,000 replications of
// simulated data, 1,000 draws each. Run: npx esbuild bench/bootstrap.check.ts --bundle --platform=node --format=esm
// --outfile=build/bootstrap.check.mjs && node build/bootstrap.check.mjs [replications] [draws]
import { bootstrap, curveFit } from "../src/index.js";

const [replications = 2000, draws = 1000] = process.argv.slice(2).map(Number);
const RATE = 0.5;
const x = Array.from({ length: 40 }, (_, i) => i / 8);

/** Normal errors of a linear congruence and Box-Muller: not the stream that draws the bootstrap. */
function errors(k: number): () => number {
  let state = (2654435761 * (k + 1)) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

for (const kind of ["residual", "case", "parametric"] as const) {
  const started = performance.now();
  const covered = { percentile: 0, bca: 0, wald: 0 };
  for (let k = 0; k < replications; k++) {
    const normal = errors(k);
    const y = x.map((t) => 2 * Math.exp(-RATE * t) + 0.1 * normal());
    const fit = curveFit({ model: "a*exp(-b*x)", x, y, params: { a: 2, b: RATE } });
    const { percentile, bca } = bootstrap(fit, { draws, kind, seed: k }).params.b!;
    const inside = ([lower, upper]: readonly [number, number]) => Number(lower <= RATE && RATE <= upper);
    covered.percentile += inside(percentile);
    covered.bca += inside(bca);
    covered.wald += inside(fit.params.b!.ci!);
  }
  const share = (n: number) => `${((100 * n) / replications).toFixed(1)} %`;
  console.log(
    `${kind}: percentile ${share(covered.percentile)}, BCa ${share(covered.bca)}, t interval of the fit ${share(covered.wald)}; ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
}
