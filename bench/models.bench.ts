// Compiled models: values and Jacobian against the best fused JavaScript loop and against per-point callbacks; text to
// first evaluation.

import { compileModel } from "../src/index.js";
import { prepareWork } from "../src/models/cache.js";
import { compiled } from "../src/models/compiled.js";
import { defaultRuntime } from "../src/runtime/default.js";
import { bench } from "./harness.js";

const source = "b1*(1-exp(-b2*x))";
const names = { variables: ["x"], params: ["b1", "b2"] };
const sizes = [14, 100, 1000, 10_000];

/** The module over arrays that lie in its memory, as fits call it. */
function inMemory(m: number) {
  const runtime = defaultRuntime();
  const model = compiled(source, names);
  const instance = model.instance(runtime);
  if (!instance) throw new Error("this host compiles nothing");
  const handle = runtime.f64(m * 4 + 2 + instance.work.bytes / 8);
  const data = handle.data as Float64Array;
  const at = data.byteOffset;
  for (let i = 0; i < m; i++) data[i] = (8 * i) / m;
  data.set([238.9, 0.55], m);
  const [p, out, jac, work] = [at + 8 * m, at + 8 * (m + 2), at + 8 * (2 * m + 2), at + 8 * (4 * m + 2)];
  prepareWork(instance, runtime, work);
  const kernel = instance.exports.jacobian as (...args: number[]) => void;
  return { run: () => kernel(m, at, m, p, out, jac, 2, work), dispose: () => handle.dispose() };
}

function arrays(m: number) {
  const x = Float64Array.from({ length: m }, (_, i) => (8 * i) / m);
  return { x, p: Float64Array.of(238.9, 0.55), out: new Float64Array(m), jac: new Float64Array(2 * m) };
}

bench("models", {
  name: "values and Jacobian vs fused JS",
  sizes,
  goal: (m) => (m === 1000 ? 1.8 : undefined),
  setup: (m) => {
    const { run, dispose } = inMemory(m);
    const { x, p, out, jac } = arrays(m);
    const fused = () => {
      const b1 = p[0] as number;
      const b2 = p[1] as number;
      for (let i = 0, j = 0; i < m; i++, j += 2) {
        const t = x[i] as number;
        const E = Math.exp(-b2 * t);
        out[i] = b1 * (1 - E);
        jac[j] = 1 - E;
        jac[j + 1] = b1 * t * E;
      }
    };
    return { ours: run, peer: fused, dispose };
  },
});

bench("models", {
  name: "values and Jacobian vs callbacks",
  sizes,
  goal: (m) => (m === 1000 ? 3 : undefined),
  setup: (m) => {
    const { run, dispose } = inMemory(m);
    const { x, p, out, jac } = arrays(m);
    const f = (t: number, b: Float64Array) => (b[0] as number) * (1 - Math.exp(-(b[1] as number) * t));
    const g = (t: number, b: Float64Array, to: Float64Array, at: number) => {
      const E = Math.exp(-(b[1] as number) * t);
      to[at] = 1 - E;
      to[at + 1] = (b[0] as number) * t * E;
    };
    const each = () => {
      for (let i = 0; i < m; i++) {
        out[i] = f(x[i] as number, p);
        g(x[i] as number, p, jac, 2 * i);
      }
    };
    return { ours: run, peer: each, dispose };
  },
});

bench("models", {
  name: "text to first values vs 2 ms",
  sizes: [1],
  goal: 1,
  setup: () => {
    let count = 0;
    const out = new Float64Array(3);
    return {
      ours: () => compileModel(`${source}+0*${count++}`, names).evaluate([0, 1, 2], [1, 1], out),
      peer: () => {
        const end = performance.now() + 2;
        while (performance.now() < end);
      },
    };
  },
});
