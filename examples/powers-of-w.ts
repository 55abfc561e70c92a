// Why deep networks explode or vanish: N layers with the same weights W multiply a signal, and a gradient on its way back, by
// W^N. Its part along an eigenvector with eigenvalue l grows or shrinks as l^N. Run: npm run example powers-of-w

import { dense, network } from "../src/index.js";

const SIZE = 4;

/** V diag(eigenvalues) V' with the orthogonal V of a Householder reflection. */
function withEigenvalues(eigenvalues: readonly number[]): number[] {
  const u = [1, 2, 3, 4];
  const squares = u.reduce((sum, v) => sum + v * v, 0);
  const v = (i: number, j: number) => (i === j ? 1 : 0) - (2 * (u[i] as number) * (u[j] as number)) / squares;
  return Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [i, j] = [Math.floor(at / SIZE), at % SIZE];
    return eigenvalues.reduce((sum, l, k) => sum + v(i, k) * l * v(j, k), 0);
  });
}

const norm = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));

function measure(depth: number, largest: number) {
  const layers = Array.from({ length: depth }, () => dense(SIZE, { bias: false }));
  const net = network({ inputs: SIZE, layers, loss: "mse", dtype: "f64" });
  const w = withEigenvalues([largest, 0.9 * largest, 0.8 * largest, 0.7 * largest]);
  for (const name of net.names) (net.layer(name).weight as Float64Array).set(w);
  const x = [1, 1, 1, 1];
  const signal = norm(net.forward(x)) / norm(x);
  const back = new Float64Array(SIZE);
  net.backward([1, 1, 1, 1], back);
  const { verdict } = net.diagnose(x, [9, 9, 9, 9]);
  net.dispose();
  return { signal, gradient: norm(back) / 2, verdict };
}

console.log("largest eigenvalue  layers  |W^N x| / |x|  gradient back  l^N        net.diagnose()");
for (const largest of [0.7, 0.95, 1, 1.05, 1.5]) {
  for (const depth of [2, 10, 30]) {
    const { signal, gradient, verdict } = measure(depth, largest);
    let power = 1;
    for (let i = 0; i < depth; i++) power *= largest;
    const cells = [signal, gradient, power].map((v) => v.toExponential(2));
    console.log(
      `${String(largest).padStart(18)}  ${String(depth).padStart(6)}  ${cells[0]?.padStart(13)}  ${cells[1]?.padStart(13)}  ${cells[2]?.padEnd(9)}  ${verdict}`,
    );
  }
}
console.log(
  "\nA sixth of x lies along the first eigenvector, so that after many layers both ratios are l^N / 6: below 1 they vanish, above 1 they explode.",
);
