// The first thing that `npm start` shows: one certified fit, from the module that needs the fewest kernels.
import { curveFit } from "../src/least-squares/curve-fit.js";

// NIST StRD Misra1a (1978), its first starting point; certified b1 = 238.94212918, b2 = 5.5015643181e-4.
const fit = curveFit({
  model: (x, { b1, b2 }) => b1 * (1 - Math.exp(-b2 * x)),
  x: [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760],
  y: [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78],
  params: { b1: 500, b2: 0.0001 },
});
console.log(fit.report());
console.log("\ncertified: b1 = 238.94212918, b2 = 0.00055015643181\n");
