// A training step makes no objects: what it allocates is no larger than the box of one number, which engines need where
// they have not optimised yet, or never do. Every allocation is sampled, so this holds for any tier of any engine.

import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import {
  batchNorm,
  dense,
  dropout,
  type FitOptions,
  gelu,
  network,
  relu,
  schedules,
  sgd,
} from "../../src/index.js";
import { Trainer } from "../../src/nn/trainer.js";

const STEPS = 300;
/** Map and value of a boxed double. */
const BOX = 16;

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children: readonly Node[];
}
interface Profile {
  readonly head: Node;
  readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

/**
 * By node, the library's own functions and the built-in ones that they call. Not counted is what the engine makes for itself:
 * the frames of calls into WebAssembly, and the box of the clock.
 */
function functionsOf(node: Node, inside = false, found = new Map<number, string>()): Map<number, string> {
  const { functionName, url } = node.callFrame;
  const own = /[\\/]src[\\/]/.test(url) || (inside && url === "" && !functionName.includes("wasm"));
  if (own) found.set(node.id, `${functionName} ${url.split("/").at(-1)}`);
  for (const child of node.children) functionsOf(child, own, found);
  return found;
}

/** What is allocated in half of the steps or more, with its bytes: feedback and code come once. */
async function garbage(run: () => void): Promise<string[]> {
  const session = new Session();
  session.connect();
  const settings = {
    samplingInterval: 1,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  await session.post("HeapProfiler.startSampling", settings);
  for (let i = 0; i < STEPS; i++) run();
  const { profile } = (await session.post("HeapProfiler.stopSampling")) as unknown as { profile: Profile };
  session.disconnect();
  const functions = functionsOf(profile.head);
  const counts = new Map<string, number>();
  for (const { nodeId, size } of profile.samples) {
    const name = functions.get(nodeId);
    if (name === undefined || size <= BOX) continue;
    const site = `${name}: ${size} bytes`;
    counts.set(site, (counts.get(site) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= STEPS / 2).map(([site]) => site);
}

const rows = 64 * 1000;
const x = Float32Array.from({ length: 16 * rows }, (_, i) => Math.fround(Math.sin(i)));
const y = Int32Array.from({ length: rows }, (_, i) => i % 4);
const layers = [dense(12), batchNorm(), relu(), dropout(0.1), dense(6), batchNorm(), gelu(), dense(4)];

const before = { seed: 0, rule: null, training: null };

const kinds: Record<string, FitOptions> = {
  "adam with clipping": { clipNorm: 1 },
  "an average of the weights": { average: { kind: "ema", decay: 0.99 }, clipValue: 1 },
  "momentum and a schedule": {
    optimizer: sgd({ lr: schedules.cosine({ lr: 0.01, steps: 500 }), momentum: 0.9 }),
  },
};

for (const [name, options] of Object.entries(kinds)) {
  test(`a step of training with ${name} makes no objects`, async () => {
    const net = network({ inputs: 16, layers, loss: "softmaxCrossEntropy" });
    net.freeze("dense2");
    const trainer = new Trainer("test", net.body, x, y, { batchSize: 64, epochs: 2, ...options }, before);
    for (let i = 0; i < 200; i++) trainer.step();
    const found = await garbage(() => trainer.step());
    trainer.release();
    net.dispose();
    expect(found).toEqual([]);
  });
}

test("an object a step is found", async () => {
  const net = network({ inputs: 16, layers, loss: "softmaxCrossEntropy" });
  const kept: unknown[] = [null];
  const onBatch = () => {
    kept[0] = net.names;
  };
  const trainer = new Trainer("test", net.body, x, y, { batchSize: 64, onBatch }, before);
  const found = await garbage(() => trainer.step());
  trainer.release();
  net.dispose();
  expect(found.length).toBeGreaterThan(0);
});
