// npm run pictures: writes the pictures of README and docs/plots.md, in light and dark, by the built library itself.
import { readFileSync, writeFileSync } from "node:fs";
import { adam, curveFit, minimize, posterior, sample } from "../dist/index.js";
import { plot, plotRace } from "../dist/plot.js";
import { rosenbrock } from "../dist/testfunctions.js";

// Puromycin: reaction rate against substrate, Treloar (1974), treated cells; as R's data set of that name.
const x = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const y = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
const fit = curveFit({ model: "V*x/(K + x)", x, y });
const { fun, grad, x0 } = rosenbrock();
const run = (method, maxEvaluations = 3000) =>
  minimize({ fun, grad }, x0, { method, trace: true, maxEvaluations });
const runs = {
  "trust region": run("trustRegion"),
  BFGS: run("bfgs"),
  "L-BFGS": run("lbfgs"),
  "conjugate gradients": run("nonlinearCG"),
  "Nelder-Mead": run("nelderMead"),
  Adam: run(adam({ lr: 0.05 })),
  "steepest descent": run("gradientDescent"),
};
const draws = sample(posterior(fit), undefined, { seed: 1, warmup: 500, draws: 500 });
const labels = {
  xLabel: "substrate / ppm",
  yLabel: "rate / (counts/min²)",
  points: 80,
  width: 560,
  height: 380,
};

// What a generation of cmaes costs, from the table in docs/global.md: a line in logarithms, whose slope is the exponent.
const costs = [
  ...readFileSync("docs/global.md", "utf8").matchAll(/^\| ([\d,]+) \| \d+ \| ([\d.]*) \| ([\d.]*) \|$/gm),
].map(([, n, full, limited]) => ({
  n: Number(n.replace(",", "")),
  full: Number(full),
  limited: Number(limited),
}));
const costOf = (form, from, to) => {
  const rows = costs.filter((row) => row[form] > 0 && row.n >= from && row.n <= to);
  const line = curveFit({
    model: "first + p*x",
    params: { first: 1, p: 1 },
    x: rows.map(({ n }) => Math.log10(n)),
    y: rows.map((row) => Math.log10(row[form])),
  });
  console.log(`${form}: n^${line.params.p.value.toFixed(2)}`);
  return line;
};
const costLines = { full: costOf("full", 2, 100), limited: costOf("limited", 100, 1e4) };
const costLabels = {
  xLabel: "log₁₀ of the variables",
  yLabel: "log₁₀ of the time / µs",
  points: 12,
  width: 420,
  height: 300,
};

for (const theme of ["light", "dark"]) {
  const pictures = {
    fit: plot(fit, { ...labels, theme }),
    race: plotRace(runs, { minimum: 0, theme, width: 640, height: 380 }),
    profile: plot(fit, { kind: "profile", theme, width: 560 }),
    "cost-full": plot(costLines.full, { ...costLabels, theme }),
    "cost-limited": plot(costLines.limited, { ...costLabels, theme }),
    density: plot(draws, { kind: "density", theme, width: 560, height: 260 }),
  };
  for (const [name, svg] of Object.entries(pictures)) {
    writeFileSync(`docs/${name}-${theme}.svg`, svg);
    console.log(`docs/${name}-${theme}.svg`, svg.length);
  }
}
