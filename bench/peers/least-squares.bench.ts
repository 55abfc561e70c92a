// curveFit against ml-levenberg-marquardt 5 at its best settings (analytic Jacobian, damping 1e3, up 2, down 3,
// 1000 iterations) on the NIST runs that it solves to at least 4 digits. One round times every fit of both.

import { levenbergMarquardt } from "ml-levenberg-marquardt";
import { digits, readNist } from "../../demo/nist-data.js";
import { blockModel } from "../../demo/nist-models.js";
import { curveFit } from "../../src/index.js";
import { bench } from "../harness.js";

const runs = readNist("data/nist")
  .filter(({ kind }) => kind === "nonlinear")
  .flatMap((problem) => {
    const { name, n, x, y, certified, start1, start2 } = problem;
    const model = blockModel(name, n);
    const at = new Float64Array(1);
    const value = new Float64Array(1);
    const slopes = new Float64Array(n);
    const point = (p: number[]) => {
      const b = Float64Array.from(p);
      return (xi: number) => {
        at[0] = xi;
        model.evaluate(at, b, value);
        return value[0] as number;
      };
    };
    const gradient = (p: number[]) => {
      const b = Float64Array.from(p);
      return (xi: number) => {
        at[0] = xi;
        model.jacobian(at, b, slopes);
        return Array.from(slopes);
      };
    };
    return [start1, start2].map((start) => {
      const begin = start as number[];
      const params = Object.fromEntries(begin.map((value, j) => [`b${j + 1}`, value]));
      return {
        name,
        certified,
        ours: () => Object.values(curveFit({ model, x: x as number[], y, params }).values),
        peer: () =>
          levenbergMarquardt({ x: x as number[], y }, point, {
            initialValues: begin,
            jacobianFunction: gradient,
            damping: 1e3,
            dampingStepUp: 2,
            dampingStepDown: 3,
            maxIterations: 1000,
            errorTolerance: 1e-300,
            improvementThreshold: 1e-12,
          }).parameterValues,
      };
    });
  });

const solved = (fit: () => number[], certified: number[]): boolean => {
  try {
    return digits(fit(), certified) >= 4;
  } catch {
    return false;
  }
};

const peerSolves = runs.filter(({ peer, certified }) => solved(peer, certified));
const oursToo = peerSolves.filter(({ ours, certified }) => solved(ours, certified));
console.log(
  `ml-levenberg-marquardt solves ${peerSolves.length} of ${runs.length}; downhill ${oursToo.length} of those`,
);

bench("least-squares", {
  name: "NIST fits vs ml-levenberg-marquardt",
  sizes: [peerSolves.length],
  goal: 100,
  setup: () => ({
    ours: () => peerSolves.map(({ ours }) => ours()),
    peer: () => peerSolves.map(({ peer }) => peer()),
  }),
});
