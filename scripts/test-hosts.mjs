// The built package in Bun and Deno (`npm run engines` installs them): fits, training, samplers and a pool, with the bits of Node.
import assert from "node:assert/strict";
import * as downhill from "../dist/index.js";
import { chainHashes } from "../test/browser/chains.js";
import { digits, fitOnce, fitText } from "../test/browser/fit.js";
import { trainOnce } from "../test/browser/train.js";
import { checkPaths } from "./check-paths.mjs";
import { findEngines } from "./engines.mjs";
import { Checks, run } from "./run.mjs";

/** How each is told to run a file. */
const commands = { Bun: ["run"], Deno: ["run", "--allow-all"] };

async function main() {
  const checks = new Checks();
  for (const { name, path } of findEngines()) {
    if (!commands[name] || !path) continue;
    const { code, output } = await run(path, [...commands[name], "test/browser/host.js"]);
    const line = /^RESULT (.*)$/m.exec(output)?.[1];
    const there = line ? JSON.parse(line) : {};
    await checks.check(`${name}: a fit and trained networks with the bits of Node`, () => {
      assert.equal(code, 0, output);
      assert.deepEqual(there.simd, fitOnce(downhill, "simd"));
      assert.deepEqual(there.nets, { f32: trainOnce(downhill, "f32"), f64: trainOnce(downhill, "f64") });
      assert.ok(digits(there.auto) >= 6);
      return `${digits(there.simd).toFixed(1)} digits, variant "auto" is ${there.auto.variant}`;
    });
    await checks.check(`${name}: models as text, alone and in two threads, with the same bits`, () => {
      assert.deepEqual(there.text, fitText(downhill));
      assert.deepEqual(there.pool, fitText(downhill).answer.many);
    });
    await checks.check(`${name}: every sampler draws the same bits`, () => {
      assert.deepEqual(there.chains, chainHashes);
      return `${Object.keys(chainHashes).length} hashes`;
    });
    await checks.check(`${name}: every method of every room takes the path of Node`, () =>
      checkPaths(there.paths),
    );
  }
  checks.close();
}

await main();
