// Basis pursuit: a signal with few non-zeros from far fewer measurements than its length, by chambollePock; and the noisy
// case by the lasso. Run: npm run example basis-pursuit
import { chambollePock, lasso, project, prox } from "../src/index.js";

let state = 7;
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2147483648 - 1;
};
const [m, n] = [40, 120];
const A = Array.from({ length: m }, () => Array.from({ length: n }, random));
const signal = new Float64Array(n);
for (const [j, v] of [
  [5, 2],
  [31, -1.5],
  [77, 1],
  [102, -3],
] as const)
  signal[j] = v;
const y = A.map((row) => row.reduce((s, a, j) => s + a * signal[j]!, 0));

const found = chambollePock({ K: A, proxF: project.box(y, y), proxG: prox.l1(1) });
const error = found.x.reduce((e, v, j) => Math.max(e, Math.abs(v - signal[j]!)), 0);
console.log(`${m} exact measurements of ${n} numbers: ${found}`);
console.log(`largest error ${error.toExponential(1)}`);

const noisy = y.map((v) => v + 0.05 * random());
const fit = lasso(A, noisy, 0.5);
console.log(`with noise: ${fit}`);
console.log(`support ${fit.support.join(", ")} (true: 5, 31, 77, 102), gap ${fit.gap.toExponential(1)}`);
