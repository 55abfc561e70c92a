// Adam on n parameters in float32: ours (dist/) against @tensorflow/tfjs with its WASM backend in the same process, and
// PyTorch on one thread where python3-torch is installed, in rounds that alternate. After `npm run build`, in this folder:
// npm ci && node adam.mjs [n] [rounds]
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { adam, optimizer } from "../../dist/index.js";

const n = Number(process.argv[2] ?? 1e6);
const rounds = Number(process.argv[3] ?? 31);
const gradient = Float32Array.from({ length: n }, (_, i) => Math.sin(i) + 0.1);

setWasmPaths(new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url).pathname);
await tf.setBackend("wasm");
// Registered by its name, under which the optimizer finds it.
tf.variable(tf.zeros([n]), true, "x");
const g = tf.tensor1d(gradient);
const theirs = new tf.AdamOptimizer(1e-6, 0.9, 0.999, 1e-8);
const tfjs = () => tf.tidy(() => theirs.applyGradients({ x: g }));

const opt = optimizer(n, adam({ lr: 1e-6 }), { dtype: "f32" });
opt.grads.set(gradient);
const ours = () => opt.step();

const script = `
import sys, time
import torch
torch.set_num_threads(1)
x = torch.zeros(${n}, requires_grad=True)
x.grad = torch.sin(torch.arange(${n}, dtype=torch.float32)) + 0.1
o = torch.optim.Adam([x], lr=1e-6)
for _ in range(5): o.step()
print(torch.__version__, flush=True)
for line in sys.stdin:
    k = int(line)
    s = time.perf_counter()
    for _ in range(k): o.step()
    print((time.perf_counter() - s) / k * 1e3, flush=True)
`;

/** Asks the Python process for the milliseconds of a step; null where it cannot run. */
async function startTorch() {
  const child = spawn("python3", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] });
  child.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return null;
  const time = async (steps) => {
    child.stdin.write(`${steps}\n`);
    return Number((await lines.next()).value);
  };
  return { version: first.value, time, end: () => child.stdin.end() };
}

const steps = Math.max(1, Math.round(2e7 / n));
function time(step) {
  const start = performance.now();
  for (let i = 0; i < steps; i++) step();
  return (performance.now() - start) / steps;
}
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(q * (list.length - 1))];

for (let i = 0; i < 20; i++) {
  ours();
  tfjs();
}
const torch = await startTorch();
const times = { ours: [], tfjs: [], torch: [] };
for (let round = 0; round < rounds; round++) {
  times.ours.push(time(ours));
  times.tfjs.push(time(tfjs));
  if (torch) times.torch.push(await torch.time(steps));
}
torch?.end();

console.log(`Adam, float32, n = ${n}, Node ${process.version}, ${rounds} rounds of ${steps} steps`);
console.log(`ours                  ${quantile(times.ours, 0.5).toFixed(3)} ms`);
const names = { tfjs: `tfjs-wasm ${tf.version_core}`, torch: `PyTorch ${torch?.version ?? ""} (1 thread)` };
for (const peer of ["tfjs", "torch"]) {
  if (times[peer].length === 0) {
    console.log(`${peer} is not installed here`);
    continue;
  }
  const ratios = times[peer].map((t, i) => t / times.ours[i]);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q).toFixed(2));
  const ms = quantile(times[peer], 0.5).toFixed(3);
  console.log(`${names[peer].padEnd(21)} ${ms} ms, ratio ${middle} [${low}, ${high}]`);
}
opt.dispose();
