// npm test: the build and every check of it. Needs only Node; the browser and the engines are used where they
// are found (`npm run engines`, Debian's chromium), and with CI=true one that is missing is a failure.
//   npm test -- types unit     runs the steps named
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { findChromium, findEngines } from "./engines.mjs";
import { node } from "./run.mjs";

const CI = Boolean(process.env.CI) && process.env.CI !== "false";
const OWN = Number(process.versions.node.split(".")[0]);
const REPORTS = "build/test";

/** A step that is one check: it passes or it fails. */
const single = async (args) => {
  const { code, output } = await node(args);
  return { passed: Number(code === 0), failed: Number(code !== 0), output };
};

/** A step that ends with the line `N passed, N failed`. */
const counting = async (args) => {
  const { code, output } = await node(args);
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const passed = Number(last?.[1] ?? 0);
  const failed = Number(last?.[2] ?? 0);
  return { passed, failed: code !== 0 ? Math.max(failed, 1) : failed, output };
};

async function kernels() {
  const { code, output } = await node(["node_modules/@as-pect/cli/lib/test.js", "--summary"]);
  const summary = output.match(/\[Tests\]: (\d+) \/ (\d+)/);
  const passed = Number(summary?.[1] ?? 0);
  const failed = Number(summary?.[2] ?? 0) - passed;
  return { passed, failed: code !== 0 || passed === 0 ? Math.max(failed, 1) : failed, output };
}

/** The vitest tests in one Node. From Node 22 on none may be skipped: what Node 20 lacks is there. */
async function unit(major, binary) {
  const report = `${REPORTS}/node-${major}.json`;
  const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--reporter=json"];
  rmSync(report, { force: true });
  const { code, output } = await node([...args, `--outputFile.json=${report}`], {}, binary);
  let counts;
  try {
    counts = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passed: 0, failed: 1, output };
  }
  const skipped = counts.numPendingTests + counts.numTodoTests;
  const passed = counts.numPassedTests;
  const forbidden = major >= 22 ? skipped : 0;
  const broken = code !== 0 || passed === 0 ? 1 : 0;
  const failed = Math.max(counts.numFailedTests, broken) + forbidden;
  const note = forbidden ? `\n${skipped} tests were skipped, which is allowed only before Node 22\n` : "";
  return { passed, failed, skipped, output: output + note };
}

/** The names of the failed tests: another engine seldom adds to what this Node has already told. */
const failures = (output) => [...new Set(output.match(/^ ?FAIL .*$/gm) ?? [])].join("\n");

/** The steps whose engine is here, and the names of the engines that are not. */
function plan() {
  const steps = [
    ["build", () => single(["scripts/build.mjs", "--quiet"])],
    ["types", () => single(["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"])],
    ["lint", () => single(["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."])],
    ["kernels", kernels],
    ["unit", () => unit(OWN, process.execPath), `Node ${OWN}`],
    ["package", () => counting(["scripts/check-package.mjs"])],
    ["docs", () => single(["node_modules/typedoc/bin/typedoc", "--emit", "none"])],
  ];
  const missing = [];
  const others = [];
  for (const { name, path } of findEngines()) {
    const major = Number(name.split(" ")[1]);
    if (major === OWN) continue;
    if (!path) missing.push(name);
    else if (name === "workerd") steps.push(["workerd", () => counting(["scripts/test-workerd.mjs"])]);
    else if (Number.isNaN(major)) others.push(name);
    else steps.push([`unit-${major}`, () => unit(major, path), name]);
  }
  if (others.length > 0) steps.push(["hosts", () => counting(["scripts/test-hosts.mjs"])]);
  if (findChromium()) {
    steps.push(["browser", () => counting(["scripts/test-browser.mjs"]), "Chromium"]);
    steps.push(["site", () => counting(["scripts/test-site.mjs"]), "Chromium"]);
    steps.push(["bundlers", () => counting(["scripts/test-bundlers.mjs"]), "Chromium"]);
  } else missing.push("Chromium");
  return { steps, missing };
}

async function main() {
  const wanted = process.argv.slice(2);
  const { steps, missing } = plan();
  const chosen = steps.filter(([name]) => wanted.length === 0 || wanted.includes(name));
  const unknown = wanted.filter((name) => !steps.some(([step]) => step === name));
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(", ")}; there are ${steps.map(([name]) => name).join(", ")}`);
    process.exit(2);
  }
  mkdirSync(REPORTS, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  const started = performance.now();
  let ownFailed = false;
  for (const [name, step, where] of chosen) {
    process.stdout.write(`${name.padEnd(8)} ${(where ?? "").padEnd(8)} `);
    const begun = performance.now();
    const { passed, failed, skipped = 0, output } = await step();
    const seconds = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    const counts = `${passed} passed${failed ? `, ${failed} FAILED` : ""}${skipped ? `, ${skipped} skipped` : ""}`;
    console.log(`${failed ? "FAIL" : "ok"}  ${seconds.padStart(7)}  ${counts}`);
    if (failed) console.log(name.startsWith("unit-") && ownFailed ? failures(output) : output.trimEnd());
    if (name === "unit") ownFailed = failed > 0;
    else for (const line of output.matchAll(/^ok {4}(size of .*)$/gm)) console.log(`  ${line[1]}`);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    if (name === "build" && failed) break;
  }
  if (missing.length > 0 && wanted.length === 0) {
    const how = CI ? "CI must run them" : "npm run engines, apt-get install chromium";
    console.log(`not found, so not run: ${missing.join(", ")} (${how})`);
    if (CI) total.failed += missing.length;
  }
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s in all`);
  const skips = total.skipped ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skips}`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main();
