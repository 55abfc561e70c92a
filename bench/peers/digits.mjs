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
  const { init, defaultDevice, jit, nn, numpy: np, valueAndGrad, tree } = await import("@jax-js/jax");
  const { adam, applyUpdates } = await import("@jax-js/optax");
  await init("wasm");
  defaultDevice("wasm");
  const normal = (rows, cols) =>
    np.array(
      Array.from({ length: rows }, () =>
        Array.from({ length: cols }, () => (Math.random() * 2 - 1) / Math.sqrt(rows)),
      ),
    );
  let params = {
    w1: normal(64, 128),
    g1: np.ones([128]),
    b1: np.zeros([128]),
    w2: normal(128, 64),
    g2: np.ones([64]),
    b2: np.zeros([64]),
    w3: normal(64, 10),
    b3: np.zeros([10]),
  };
  const norm = (h, g, b) => {
    const mean = np.mean(h.ref, 0);
    const centred = h.sub(mean);
    const variance = np.mean(np.square(centred.ref), 0);
    return centred
      .div(np.sqrt(variance.add(1e-5)))
      .mul(g)
      .add(b);
  };
  const loss = (p, input, onehot) => {
    const h1 = nn.relu(norm(np.matmul(input, p.w1), p.g1, p.b1));
    const h2 = nn.relu(norm(np.matmul(h1, p.w2), p.g2, p.b2));
    return np.mean(np.sum(nn.logSoftmax(np.matmul(h2, p.w3).add(p.b3)).mul(onehot), -1)).neg();
  };
  const step = jit(valueAndGrad(loss));
  const solver = adam(1e-3);
  let state = solver.init(tree.ref(params));
  return async () => {
    const start = performance.now();
    for (let at = 0; at + BATCH <= y.length; at += BATCH) {
      const input = np.array(x.slice(at * 64, (at + BATCH) * 64)).reshape([BATCH, 64]);
      const labels = nn.oneHot(np.array(y.slice(at, at + BATCH)), 10);
      const [value, gradient] = step(tree.ref(params), input, labels);
      let updates;
      [updates, state] = solver.update(gradient, state, tree.ref(params));
      params = applyUpdates(params, updates);
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
