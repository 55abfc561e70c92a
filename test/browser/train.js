// One training run with everything that draws or rounds: initial weights, order, dropout, elementary functions, a schedule,
// clipping and an average. The default variant gives the same weights on every engine: equal to the last bit.

const CLASSES = 3;
const ROWS = 240;

/** Points of a linear congruential generator (Numerical Recipes' constants), labelled by their nearest corner. */
function samples() {
  const x = new Float32Array(2 * ROWS);
  let state = 7;
  for (let i = 0; i < x.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    x[i] = state / 2 ** 31 - 1;
  }
  const y = Int32Array.from({ length: ROWS }, (_, i) => (x[2 * i] > 0.2 ? 0 : x[2 * i + 1] > 0 ? 1 : 2));
  return { x, y };
}

/** FNV-1a (Fowler, Noll & Vo 1991), 32 bits. */
function hashOf(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** The hashes of the weights that `trainOnce` ends with, as Node 20 made them. */
export const hashes = { f32: "b3b091d6", f64: "ab3ab528" };

export function trainOnce(downhill, dtype) {
  const { adamw, batchNorm, dense, dropout, gelu, loadSync, network, relu, schedules, softplus, tanh } =
    downhill;
  const runtime = loadSync({ variant: "simd", memoryBytes: 1 << 20 });
  const layers = [
    ...[dense(16, { init: "he", bias: false }), batchNorm(), relu(), dropout(0.1)],
    ...[dense(12, { init: "xavier" }), gelu(), dense(8), tanh(), dense(8), softplus(), dense(CLASSES)],
  ];
  const net = network({ inputs: 2, layers, loss: "softmaxCrossEntropy", dtype, seed: 11, runtime });
  const { x, y } = samples();
  const history = net.fit(x, y, {
    epochs: 12,
    batchSize: 25,
    optimizer: adamw({ lr: schedules.cosine({ lr: 0.02, steps: 120 }) }),
    clipNorm: 1,
    average: { kind: "ema", decay: 0.9 },
    validation: 0.2,
  });
  const { accuracy } = net.evaluate(x, y);
  const hash = hashOf(new Uint8Array(Float64Array.from(net.params).buffer));
  net.dispose();
  const left = runtime.memory.used;
  runtime.dispose();
  return { hash, accuracy, loss: history.loss, valLoss: history.valLoss, left };
}
