// npm run pictures: writes the pictures of README and docs/plots.md, in light and dark, by the built library itself.
import { writeFileSync } from "node:fs";
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

for (const theme of ["light", "dark"]) {
  const pictures = {
    fit: plot(fit, { ...labels, theme }),
    race: plotRace(runs, { minimum: 0, theme, width: 640, height: 380 }),
    profile: plot(fit, { kind: "profile", theme, width: 560 }),
    density: plot(draws, { kind: "density", theme, width: 560, height: 260 }),
  };
  for (const [name, svg] of Object.entries(pictures)) {
    writeFileSync(`docs/${name}-${theme}.svg`, svg);
    console.log(`docs/${name}-${theme}.svg`, svg.length);
  }
}
