// One epoch of 64-128-BN-relu-64-BN-relu-10 on the digits, Adam, batch 64, float32: ours (dist/) against @tensorflow/tfjs
// with its WASM backend, @jax-js/jax (Node 22 and later) and PyTorch on one thread where python3-torch is installed, in
// rounds that alternate. After `npm run build`, in this folder: npm ci && node digits.mjs [rounds] [names, for example torch]
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { batchNorm, dense, loadSync, network, relu } from "../../dist/index.js";

const rounds = Number(process.argv[2] ?? 11);
const wanted = process.argv.slice(3);
const file = new URL("../../data/digits.csv", import.meta.url).pathname;
const rows = readFileSync(file, "utf8").trim().split("\n").slice(1, 1438);
const numbers = rows.map((row) => row.split(",").map(Number));
const x = Float32Array.from(numbers.flatMap((row) => row.slice(1).map((v) => v / 16)));
const y = Int32Array.from(numbers, (row) => row[0]);
const BATCH = 64;

function ours(variant) {
  const hidden = (units) => [dense(units, { bias: false }), batchNorm(), relu()];
  const layers = [...hidden(128), ...hidden(64), dense(10)];
  const runtime = loadSync({ variant });
  const net = network({ inputs: 64, layers, loss: "softmaxCrossEntropy", runtime });
  return async () => net.fit(x, y, { epochs: 1, batchSize: BATCH }).elapsedMs;
}

const script = `
import sys, time, torch
torch.set_num_threads(1)
rows = [list(map(int, l.split(","))) for l in open(${JSON.stringify(file)}).read().strip().split("\\n")[1:1438]]
x = torch.tensor([r[1:] for r in rows], dtype=torch.float32) / 16
y = torch.tensor([r[0] for r in rows])
nn = torch.nn
net = nn.Sequential(nn.Linear(64, 128, bias=False), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 64, bias=False),
    nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss = nn.CrossEntropyLoss()
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    for part in torch.randperm(len(y)).split(${BATCH}):
        opt.zero_grad()
        loss(net(x[part]), y[part]).backward()
        opt.step()
    print(1e3 * (time.perf_counter() - start), flush=True)
`;

async function torch() {
  const python = spawn(process.env.PYTHON ?? "/usr/bin/python3", ["-c", script], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== "ready") return null;
  const epoch = async () => {
    python.stdin.write("go\n");
    return Number((await lines.next()).value);
  };
  return { epoch, close: () => python.stdin.end() };
}

async function tfjs() {
  const tf = await import("@tensorflow/tfjs-core");
  const layers = await import("@tensorflow/tfjs-layers");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  const dist = new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).pathname;
  setWasmPaths(dist);
  await tf.setBackend("wasm");
  const { dense, batchNormalization, activation } = layers.layers;
  const hidden = (units, first = {}) => [
    dense({ units, useBias: false, ...first }),
    batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    activation({ activation: "relu" }),
  ];
  const model = layers.sequential({
    layers: [
      ...hidden(128, { inputShape: [64] }),
      ...hidden(64),
      dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
  const features = tf.tensor2d(x, [y.length, 64]);
  const labels = tf.tensor1d(Float32Array.from(y));
  return async () => {
    const start = performance.now();
    await model.fit(features, labels, {
      epochs: 1,
      batchSize: BATCH,
      shuffle: true,
      verbose: 0,
      yieldEvery: "never",
    });
    return performance.now() - start;
  };
}

async function jax() {
  if (typeof navigator === "undefined" || typeof Float16Array === "undefined") return null;
  const { init, defaultDevice, jit, nn, numpy: np, valueAndGrad } = await import("@jax-js/jax");
  await init("wasm");
  defaultDevice("wasm");
  const uniform = (inputs, outputs) => {
    const values = Float32Array.from(
      { length: inputs * outputs },
      () => (2 * Math.random() - 1) / Math.sqrt(inputs),
    );
    return np.array(values).reshape([inputs, outputs]);
  };
  const vectors = (n) => [np.ones([n]), np.zeros([n])];
  let params = [
    uniform(64, 128),
    ...vectors(128),
    uniform(128, 64),
    ...vectors(64),
    uniform(64, 10),
    np.zeros([10]),
  ];
  const zeros = () => params.map(({ shape }) => np.zeros(shape));
  let [first, second] = [zeros(), zeros()];
  const norm = (h, gamma, beta) => {
    const centred = h.ref.sub(np.mean(h, 0));
    const variance = np.mean(np.square(centred.ref), 0);
    return nn.relu(
      centred
        .div(np.sqrt(variance.add(1e-5)))
        .mul(gamma)
        .add(beta),
    );
  };
  const loss = ([w1, g1, b1, w2, g2, b2, w3, b3], input, labels) => {
    const h1 = norm(np.matmul(input, w1), g1, b1);
    const h2 = norm(np.matmul(h1, w2), g2, b2);
    const z = np.matmul(h2, w3).add(b3);
    return np.mean(np.sum(nn.logSoftmax(z).mul(nn.oneHot(labels, 10)), -1)).neg();
  };
  const gradient = jit(valueAndGrad(loss));
  // One rule for all parameters; scale and root are arrays, so that a new step needs no new compilation.
  const adam = jit((p, m, v, g, scale, root) => {
    const m1 = m.mul(0.9).add(g.ref.mul(0.1));
    const v1 = v.mul(0.999).add(np.square(g).mul(0.001));
    const step = m1.ref.mul(scale).div(np.sqrt(v1.ref).mul(root).add(1e-8));
    return [p.sub(step), m1, v1];
  });
  let [power1, power2] = [1, 1];
  return async () => {
    const start = performance.now();
    for (let at = 0; at + BATCH <= y.length; at += BATCH) {
      const input = np.array(x.slice(at * 64, (at + BATCH) * 64)).reshape([BATCH, 64]);
      const labels = np.array(y.slice(at, at + BATCH));
      const copies = params.map((p) => p.ref);
      const [value, grads] = gradient(copies, input, labels);
      power1 *= 0.9;
      power2 *= 0.999;
      const [scale, root] = [1e-3 / (1 - power1), 1 / Math.sqrt(1 - power2)];
      const next = params.map((p, i) =>
        adam(p, first[i], second[i], grads[i], np.array(scale), np.array(root)),
      );
      params = next.map(([p]) => p);
      first = next.map(([, m]) => m);
      second = next.map(([, , v]) => v);
      await value.data();
    }
    return performance.now() - start;
  };
}

const contestants = { ours: ours("simd") };
let torchProcess = null;
const use = (name) => wanted.length === 0 || wanted.includes(name);
if (use("torch")) {
  torchProcess = await torch();
  if (torchProcess) contestants["PyTorch, one thread"] = torchProcess.epoch;
}
for (const [name, make] of Object.entries({ tfjs, jax })) {
  if (!use(name)) continue;
  try {
    const epoch = await make();
    if (epoch) contestants[name] = epoch;
    else console.log(`${name}: this Node is too old for it`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}

const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (let round = -2; round < rounds; round++) {
  for (const [name, epoch] of Object.entries(contestants)) {
    const ms = await epoch();
    if (round >= 0) times[name].push(ms);
  }
}
torchProcess?.close();
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
for (const [name, list] of Object.entries(times)) {
  const ratio = median(list.map((ms, i) => ms / times.ours[i]));
  console.log(
    `${name.padEnd(20)} ${median(list).toFixed(1).padStart(7)} ms an epoch, least ${Math.min(...list).toFixed(1)}  ${ratio.toFixed(2)} times ours`,
  );
}
