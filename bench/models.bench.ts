// Values and Jacobian of b1*(1 - exp(-b2*x)) at m points: the emitted module against the best fused JS loop and against
// per-point callbacks. Interleaved rounds; medians, and medians of ratios.

import { ELEMENTARY_BYTES, fillElementary } from "../src/models/constants.js";
import { emitModel } from "../src/models/emit.js";
import { parse } from "../src/models/parse.js";
import { program } from "../src/models/program.js";

const memory = new WebAssembly.Memory({ initial: 8 });
const emitted = emitModel(program(parse("b1*(1-exp(-b2*x))", { variables: ["x"], params: ["b1", "b2"] }), 1));
const module = new WebAssembly.Module(emitted.bytes);
const { exports } = new WebAssembly.Instance(module, { env: { memory }, math: { exp: () => {} } });
const jacobian = exports.jacobian as (...args: number[]) => void;
const WORK = 1024;
const TABLE = 400_000;
fillElementary(new Float64Array(memory.buffer, TABLE, ELEMENTARY_BYTES / 8));
new Int32Array(memory.buffer)[WORK / 4] = TABLE;
new Float64Array(memory.buffer, WORK + emitted.work.constantsAt).set(emitted.work.constants);
const P = 8192;
const X = 16384;
const p = new Float64Array(memory.buffer, P, 2);
p.set([238.9, 0.55]);

function fused(m: number, x: Float64Array, p: Float64Array, out: Float64Array, jac: Float64Array): void {
  const b1 = p[0]!;
  const b2 = p[1]!;
  for (let i = 0, j = 0; i < m; i++, j += 2) {
    const t = x[i]!;
    const E = Math.exp(-b2 * t);
    out[i] = b1 * (1 - E);
    jac[j] = 1 - E;
    jac[j + 1] = b1 * t * E;
  }
}
const f = (x: number, p: Float64Array): number => p[0]! * (1 - Math.exp(-p[1]! * x));
const g = (x: number, p: Float64Array, out: Float64Array, at: number): void => {
  const E = Math.exp(-p[1]! * x);
  out[at] = 1 - E;
  out[at + 1] = p[0]! * x * E;
};
function callbacks(
  m: number,
  x: Float64Array,
  p: Float64Array,
  out: Float64Array,
  jac: Float64Array,
  value: typeof f,
  gradient: typeof g,
): void {
  for (let i = 0; i < m; i++) {
    out[i] = value(x[i]!, p);
    gradient(x[i]!, p, jac, 2 * i);
  }
}

function time(run: () => void, repeat: number): number {
  const start = performance.now();
  for (let i = 0; i < repeat; i++) run();
  return ((performance.now() - start) * 1e6) / repeat;
}
const median = (a: number[]): number => a.sort((x, y) => x - y)[a.length >> 1]!;

for (const m of [14, 100, 1000, 10000]) {
  const O = X + 8 * m;
  const J = O + 8 * m;
  const x = new Float64Array(memory.buffer, X, m).map((_, i) => (8 * i) / m);
  new Float64Array(memory.buffer, X, m).set(x);
  const out = new Float64Array(m);
  const jac = new Float64Array(2 * m);
  const runs = {
    wasm: () => jacobian(m, X, 0, P, O, J, 2, WORK),
    fused: () => fused(m, x, p, out, jac),
    callbacks: () => callbacks(m, x, p, out, jac, f, g),
  };
  const repeat = Math.ceil(20_000 / m);
  const samples: Record<string, number[]> = { wasm: [], fused: [], callbacks: [] };
  for (let round = 0; round < 301; round++) {
    for (const name of ["wasm", "fused", "callbacks"] as const)
      samples[name]!.push(time(runs[name], repeat) / m);
  }
  const ratio = (name: string): string =>
    median(samples[name]!.map((t, i) => t / samples.wasm![i]!)).toFixed(2);
  const ratios = [ratio("fused"), ratio("callbacks")];
  const ns = Object.entries(samples).map(([name, t]) => `${name} ${median(t.slice()).toFixed(2)}`);
  console.log(`m=${m}: ns per point ${ns.join(", ")}; fused/wasm ${ratios[0]}, callbacks/wasm ${ratios[1]}`);
}
