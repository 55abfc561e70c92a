// A small regression net on measured data (NIST Chwirut2), trained on the full batch by L-BFGS and by Adam with ten times
// the evaluations. Run: npm run example second-order

import { readFileSync } from "node:fs";
import { adam, dense, lbfgs, minimize, network, standardise, tanh } from "../src/index.js";

const nist = JSON.parse(readFileSync("data/nist/Chwirut2.json", "utf8")) as { x: number[]; y: number[] };
const x = standardise(nist.x, 1).data;
const y = standardise(nist.y, 1).data;
const make = () =>
  network({
    inputs: 1,
    layers: [dense(6, { init: "xavier" }), tanh(), dense(1)],
    loss: "mse",
    dtype: "f64",
    seed: 3,
  });

const net = make();
const settings = { maxIterations: 300, gradTol: 1e-9, funTol: 0, stepTol: 0 };
const result = minimize(net.objective(x, y), net.params, { method: lbfgs({ memory: 20 }), ...settings });
net.params.set(result.x);
console.log(
  `L-BFGS        ${String(result.nfev).padStart(5)} evaluations  loss ${result.fun.toExponential(3)}`,
);
for (const lr of [1e-3, 3e-3, 1e-2, 3e-2]) {
  const other = make();
  const epochs = 10 * result.nfev;
  other.fit(x, y, { epochs, batchSize: y.length, optimizer: adam({ lr }) });
  const { loss } = other.evaluate(x, y);
  console.log(
    `Adam lr ${String(lr).padEnd(5)} ${String(epochs).padStart(5)} evaluations  loss ${loss.toExponential(3)}`,
  );
  other.dispose();
}
net.dispose();
