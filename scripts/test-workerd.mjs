// Runs the workerd entry of the built package in workerd itself (`npm run engines` installs it).
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import * as downhill from "../dist/index.js";
import { digits, fitOnce, fitText } from "../test/browser/fit.js";
import { trainOnce } from "../test/browser/train.js";
import { findEngines } from "./engines.mjs";
import { Checks, run } from "./run.mjs";

/** Every module by its path in the project, so that relative imports resolve as on disk. */
function config() {
  const built = (folder, ending) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(ending))
          .map((name) => `${folder}/${name}`)
      : [];
  const scripts = ["dist", "dist/chunks", "dist/workerd"].flatMap((folder) => built(folder, ".js"));
  const files = ["test/workerd/worker.js", "test/browser/fit.js", "test/browser/train.js", ...scripts];
  const modules = [
    ...files.map((path) => `(name = "${path}", esModule = embed "../../${path}")`),
    ...built("dist/wasm", ".wasm").map((path) => `(name = "${path}", wasm = embed "../../${path}")`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (compatibilityDate = "2026-01-01", modules = [
  ${modules.join(",\n  ")}
]);
`;
}

async function main() {
  const checks = new Checks();
  const workerd = findEngines().find(({ name }) => name === "workerd")?.path;
  if (!workerd) throw new Error("workerd is not installed: npm run engines");
  mkdirSync("build/test", { recursive: true });
  writeFileSync("build/test/workerd.capnp", config());
  await checks.check(
    "the workerd entry fits and trains in workerd with the same bits as here, the default entry says what to do",
    async () => {
      const { code, output } = await run(workerd, ["test", "build/test/workerd.capnp"]);
      assert.equal(code, 0, output);
      const line = output.split("RESULT ")[1]?.split("\n")[0];
      const { edge, plain } = JSON.parse(line ?? "{}");
      const { text, ...rest } = edge;
      const nets = { f32: trainOnce(downhill, "f32"), f64: trainOnce(downhill, "f64") };
      assert.deepEqual(rest, { simd: fitOnce(downhill, "simd"), auto: edge.auto, nets });
      // Nothing compiles at run time there: a model given as text is evaluated, and says so.
      const { answer } = fitText(downhill);
      assert.deepEqual(text, { answer, warnings: ["W_NOT_COMPILED"] });
      assert.equal(edge.auto.variant, "relaxed");
      assert.ok(digits(edge.auto) >= 6);
      assert.equal(plain.error?.code, "WASM_BLOCKED");
      assert.match(plain.error.message, /condition workerd/);
    },
  );
  checks.close();
}

await main();
