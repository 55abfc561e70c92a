// Every rule through the public optimizer.step() against its fused loop in plain JavaScript, both precisions.
// passes: f64 f32
import * as downhill from "../src/index.js";
import { optimizer, type Rule } from "../src/index.js";
import { bench } from "./harness.js";
import { plain } from "./plain/first-order.js";

const rules = { ...downhill } as unknown as Record<string, (options: object) => Rule>;
const sizes = [64, 1000, 50_000, 1_000_000, 10_000_000];
const lr = 1e-6;

const goals: Record<string, Record<number, number>> = {
  "adam f64": { 1000: 1.6, 50000: 2 },
  "adam f32": { 1000: 6, 50000: 6 },
  "sgd momentum f64": { 1000: 2.5, 50000: 2.5 },
  "sgd momentum f32": { 1000: 6, 50000: 6 },
};

/** Gradients of mixed signs, sizes and order, as training has them. */
function gradient(g: Float64Array | Float32Array): void {
  let state = 1;
  for (let i = 0; i < g.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    g[i] = state / 2 ** 31 - 1;
  }
}

for (const [name, make] of Object.entries(plain)) {
  const [rule, momentum] = name.split(" ") as [string, string | undefined];
  for (const dtype of ["f64", "f32"] as const) {
    bench("first-order", {
      name: `${name} ${dtype}`,
      sizes,
      goal: (n) => goals[`${name} ${dtype}`]?.[n] ?? 1,
      setup(n) {
        const Type = dtype === "f64" ? Float64Array : Float32Array;
        const opt = optimizer(
          n,
          (rules[rule] as (o: object) => Rule)({ lr, ...(momentum ? { momentum: 0.9 } : {}) }),
          {
            dtype,
          },
        );
        gradient(opt.grads);
        const x = new Type(n);
        const g = new Type(n);
        gradient(g);
        const step = make(n, Type, lr);
        return { ours: () => opt.step(), peer: () => step(x, g), dispose: () => opt.dispose() };
      },
    });
  }
}

for (const clip of [{ clipNorm: 1 }, { clipValue: 0.5 }, { skipNonFinite: true }]) {
  const [name] = Object.keys(clip) as [string];
  bench("first-order", {
    name: `adam f32 with ${name} vs without`,
    sizes: [1000, 50_000, 1_000_000],
    setup(n) {
      const a = optimizer(n, downhill.adam({ lr }), { dtype: "f32", ...clip });
      const b = optimizer(n, downhill.adam({ lr }), { dtype: "f32" });
      gradient(a.grads);
      gradient(b.grads);
      const dispose = () => {
        a.dispose();
        b.dispose();
      };
      return { ours: () => a.step(), peer: () => b.step(), dispose };
    },
  });
}
