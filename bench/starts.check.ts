// Random starts: the share of 200 that reach the best minimum, model by model, beside what MINPACK (lmder by SciPy, exact
// Jacobians, ftol = xtol = 1e-12, 1000 evaluations) reached from the same starts. bench/peers/starts.py makes the file, an array
// of { id, model, vars, names, x, y, sigma, best, starts, minpack }. Run: npx esbuild bench/starts.check.ts --bundle
// --platform=node --format=esm --outfile=build/starts.check.mjs && node build/starts.check.mjs file.json [method]
import { readFileSync } from "node:fs";
import { curveFit, type LeastSquaresMethodName } from "../src/index.js";

interface Case {
  readonly id: string;
  readonly model: string;
  readonly vars: readonly string[];
  readonly names: readonly string[];
  readonly x: Readonly<Record<string, number[]>>;
  readonly y: number[];
  readonly sigma: number[] | null;
  /** Least sum of squares known, and how many starts MINPACK brought there. */
  readonly best: number;
  readonly starts: readonly number[][];
  readonly minpack: number;
}

const cases: Case[] = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const method = (process.argv[3] ?? "levenbergMarquardt") as LeastSquaresMethodName;
let [ours, theirs] = [0, 0];
const behind: string[] = [];
let total = 0;
for (const { id, model, vars, names, x, y, sigma, best, starts, minpack } of cases) {
  let [good, wrong] = [0, 0];
  const counts: number[] = [];
  for (const start of starts) {
    const params = Object.fromEntries(names.map((name, j) => [name, start[j]!]));
    const data = { model, x: vars.join() === "x" ? x.x! : x, y, params, method };
    const fit = curveFit(sigma ? { ...data, sigma } : data);
    if (fit.rss <= best * (1 + 1e-4)) good++;
    else if (fit.success) wrong++;
    counts.push(fit.nfev);
    total += fit.nfev;
  }
  counts.sort((a, b) => a - b);
  const share = (count: number) => ((100 * count) / starts.length).toFixed(1).padStart(5);
  console.log(
    `${id.padEnd(20)} ours ${share(good)} %, MINPACK ${share(minpack)} %, other minima ${share(wrong)} %, evaluations ${counts[counts.length >> 1]}`,
  );
  ours += good / starts.length;
  theirs += minpack / starts.length;
  if (good < minpack) behind.push(id);
}
const mean = (sum: number) => ((100 * sum) / cases.length).toFixed(2);
console.log(
  `mean: ours ${mean(ours)} %, MINPACK ${mean(theirs)} %; behind on ${behind.length}: ${behind.join(", ")}; ${total} evaluations`,
);
process.exit(behind.length > 0 ? 1 : 0);
