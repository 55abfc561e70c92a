// A training step allocates nothing but the few numbers that the engine boxes.

import { Session } from "node:inspector/promises";
import { expect, test } from "vitest";
import { batchNorm, dense, dropout, network, relu } from "../../src/index.js";
import { Trainer } from "../../src/nn/fit.js";

interface Node {
  readonly callFrame: { readonly url: string };
  readonly selfSize: number;
  readonly children: readonly Node[];
}

/** Bytes allocated by the library's own functions. */
const ownBytes = (node: Node): number =>
  (/[\\/]src[\\/]/.test(node.callFrame.url) ? node.selfSize : 0) +
  node.children.reduce((sum, child) => sum + ownBytes(child), 0);

test("a step of training makes no garbage", async () => {
  const count = 64 * 2000;
  const x = Float32Array.from({ length: 16 * count }, (_, i) => Math.fround(Math.sin(i)));
  const y = Int32Array.from({ length: count }, (_, i) => i % 4);
  const layers = [dense(12), batchNorm(), relu(), dropout(0.1), dense(4)];
  const net = network({ inputs: 16, layers, loss: "softmaxCrossEntropy" });
  const trainer = new Trainer("test", net.body, x, y, { epochs: 10, batchSize: 64, clipNorm: 1 }, 0);
  for (let i = 0; i < 800; i++) trainer.step();
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.enable");
  const settings = {
    samplingInterval: 32,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  await session.post("HeapProfiler.startSampling", settings);
  for (let i = 0; i < 1000; i++) trainer.step();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  trainer.release();
  net.dispose();
  // An array or an object for each of two dozen calls would be several kilobytes.
  expect(ownBytes(profile.head as unknown as Node) / 1000).toBeLessThan(2000);
});
