// The low-rank metric on a normal law whose axes are turned: standard deviations from 1 to sqrt(condition), evenly spaced in their
// logarithm, along random directions. Bulk effective draws (of the worst coordinate) for each gradient, warm-up counted, against Stan's
// diagonal metric and its warm-up. Run: npx esbuild bench/ill-conditioned.check.ts --bundle --platform=node --format=esm
// --outfile=build/ill-conditioned.check.mjs && node build/ill-conditioned.check.mjs [dimensions] [condition] [seeds]
import { Random, sample } from "../src/index.js";

const d = Number(process.argv[2] ?? 100);
const condition = Number(process.argv[3] ?? 1e4);
const seeds = (process.argv[4] ?? "1,2,3").split(",").map(Number);

/** Columns of a random orthogonal matrix: normal vectors made orthogonal one after the other, twice. */
function directions(random: Random): Float64Array[] {
  const axes: Float64Array[] = [];
  while (axes.length < d) {
    const v = random.normals(new Float64Array(d));
    for (const a of [...axes, ...axes]) {
      let s = 0;
      for (let i = 0; i < d; i++) s += a[i]! * v[i]!;
      for (let i = 0; i < d; i++) v[i]! -= s * a[i]!;
    }
    const length = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
    axes.push(v.map((x) => x / length));
  }
  return axes;
}

/** The matrix of precision, row by row. */
const precision = new Float64Array(d * d);
directions(new Random(7)).forEach((axis, k) => {
  const weight = condition ** (-k / (d - 1));
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) precision[i * d + j]! += weight * axis[i]! * axis[j]!;
});
const density = {
  logDensityGrad(x: Float64Array, g: Float64Array): number {
    let value = 0;
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += precision[i * d + j]! * x[j]!;
      g[i] = -sum;
      value -= 0.5 * sum * x[i]!;
    }
    return value;
  },
};

const start = new Array<number>(d).fill(0.1);
const ratios: number[] = [];
for (const seed of seeds) {
  const per = (["diagonal", "lowRank"] as const).map((metric) => {
    const p = sample(density, start, { metric, seed, checkGradient: false });
    const ess = Math.min(...p.essBulk);
    console.log(
      `seed ${seed}, ${metric.padEnd(8)}: ESS ${ess.toFixed(0)}, gradients ${p.nfev}, R-hat up to ${Math.max(...p.rHat).toFixed(4)}`,
    );
    return ess / p.nfev;
  });
  ratios.push(per[1]! / per[0]!);
}
const middle = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
console.log(
  `low rank: ${middle.toFixed(2)} times the effective draws for each gradient, the median of ${ratios.length} runs`,
);
