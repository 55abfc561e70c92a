// The bits of every sampler, method, metric and kind of density: as Node 20 made them, in one thread and on the threads of a pool. These
// tests run on every engine, and test:browser runs the same program in Chromium.
import { afterAll, expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import type { Pool } from "../../src/workers/index.js";

const built = new URL("../../dist/workers.js", import.meta.url).href;
const { pool } = (await import(built)) as typeof import("../../src/workers/index.js");
const threads: Pool = pool({ size: 4 });
afterAll(() => threads.dispose());

const program = new URL("../browser/chains.js", import.meta.url).href;
const { chainHashes, chainsInPool, chainsOnce } = (await import(program)) as {
  chainHashes: Record<string, string>;
  chainsOnce(d: typeof downhill): Record<string, string>;
  chainsInPool(d: typeof downhill, pool: Pool): Promise<Record<string, string>>;
};

test("one thread", () => {
  expect(chainsOnce(downhill)).toEqual(chainHashes);
});

test("four threads", async () => {
  const shared = await chainsInPool(downhill, threads);
  expect(Object.keys(shared).length).toBe(30);
  expect(chainHashes).toMatchObject(shared);
});
