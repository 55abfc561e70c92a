// Networks against plain JavaScript: batch normalisation, an epoch on the digits, activations.
import { readFileSync } from "node:fs";
import { SIGMOID, SOFTPLUS, TANH } from "../src/abi/nn.js";
import { batchNorm, dense, network, relu } from "../src/index.js";
import { kernelsOf } from "../src/nn/kernels.js";
import { defaultRuntime } from "../src/runtime/default.js";
import { bench } from "./harness.js";
import * as plain from "./plain/nn.js";

function noise(x: Float32Array): Float32Array {
  let state = 1;
  for (let i = 0; i < x.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    x[i] = state / 2 ** 31 - 1;
  }
  return x;
}

const runtime = defaultRuntime();
const kernels = kernelsOf(runtime, "f32");
const ROWS = 256;

/** Named vectors in WASM memory beside equal ones outside it. */
function vectors<N extends string>(lengths: Readonly<Record<N, number>>) {
  const workspace = runtime.takeWorkspace({ key: `bench.${JSON.stringify(lengths)}`, f32: lengths });
  if (!workspace) throw new Error("no memory");
  const js = {} as Record<N, Float32Array>;
  for (const name in lengths) {
    js[name] = noise(new Float32Array(lengths[name]));
    workspace.f32[name]?.set(js[name]);
  }
  return { at: workspace.at as Record<N, number>, js, dispose: () => workspace.release() };
}

bench("nn", {
  name: `batch-norm statistics f32, ${ROWS} rows`,
  sizes: [64, 512],
  goal: (n) => (n === 512 ? 5 : undefined),
  setup(n) {
    const { at, js, dispose } = vectors({ x: ROWS * n, mean: n, squares: n });
    return {
      ours: () => kernels.moments(ROWS, n, at.x, 0, at.mean, at.squares),
      peer: () => plain.statistics(ROWS, n, js.x, js.mean, js.squares),
      work: ROWS * n * 4,
      dispose,
    };
  },
});

bench("nn", {
  name: `batch-norm backward f32, ${ROWS} rows`,
  sizes: [64, 512],
  goal: (n) => (n === 512 ? 3 : undefined),
  setup(n) {
    const m = ROWS;
    const lengths = {
      x: m * n,
      gamma: n,
      dy: m * n,
      mean: n,
      inv: n,
      dgamma: n,
      dbeta: n,
      dx: m * n,
      work: 3 * n,
    };
    const { at, js, dispose } = vectors(lengths);
    const { x, gamma, dy, mean, inv, dgamma, dbeta, dx, work } = at;
    return {
      ours: () => kernels.batchNormBack(m, n, x, gamma, dy, mean, inv, dgamma, dbeta, dx, true, work),
      peer: () =>
        plain.batchNormBack(m, n, js.x, js.gamma, js.dy, js.mean, js.inv, js.dgamma, js.dbeta, js.dx),
      dispose,
    };
  },
});

bench("nn", {
  name: "epoch of the digits f32",
  sizes: [64],
  goal: 6,
  setup(batchSize) {
    const rows = readFileSync("data/digits.csv", "utf8").trim().split("\n").slice(1, 1438);
    const numbers = rows.map((row) => row.split(",").map(Number));
    const x = Float32Array.from(numbers.flatMap((row) => row.slice(1).map((v) => v / 16)));
    const y = Int32Array.from(numbers, (row) => row[0] as number);
    const hidden = (units: number) => [dense(units, { bias: false }), batchNorm(), relu()];
    const layers = [...hidden(128), ...hidden(64), dense(10)];
    const net = network({ inputs: 64, layers, loss: "softmaxCrossEntropy" });
    const twin = plain.plainDigits(x, y, batchSize);
    return {
      ours: () => net.fit(x, y, { epochs: 1, batchSize }),
      peer: () => twin.epoch(),
      dispose: () => net.dispose(),
    };
  },
});

const functions: Record<string, (x: number) => number> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
};
for (const [name, f] of Object.entries(functions)) {
  bench("nn", {
    name: `${name} f32`,
    sizes: [8192],
    setup(n) {
      const { at, js, dispose } = vectors({ x: n, y: n });
      const kind = { tanh: TANH, sigmoid: SIGMOID, softplus: SOFTPLUS }[name] as number;
      return {
        ours: () => kernels.activate(kind, n, at.x, at.y, 0),
        peer: () => {
          for (let i = 0; i < n; i++) js.y[i] = f(js.x[i] as number);
        },
        dispose,
      };
    },
  });
}
