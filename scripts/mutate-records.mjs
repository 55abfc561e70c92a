// The records of paths (test/paths) as one program over the sources of a copy of the project: for scripts/mutate.mjs, which asks
// them before any test. A line that is no longer in its record tells a change within seconds.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { node } from "./run.mjs";

const PROGRAM = "build/records.mjs";

/** What the cases are handed: the package, pictures, and draws that only the sources show (test/<room>/paths.test.ts). */
const SHOWN = ["src/index", "src/plot/index", "src/random/block", "src/random/laws", "src/random/sobol"];

const recordsOf = (copy) =>
  readdirSync(join(copy, "test/paths"))
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -4));

/** Says which records differ with the change MUTANT alive, those of FIRST first and none but those of ONLY; without, which changes each reaches. */
const source = (names) => `
import { readFileSync } from "node:fs";
const alive = Number(process.env.MUTANT ?? -1);
const seen = new Set();
globalThis.mutant = alive >= 0 ? (id) => id === alive : (id) => (seen.add(id), false);
const shown = [${SHOWN.map((path) => `await import("../${path}.js")`).join(", ")}];
const all = Object.assign({}, ...shown);
const functions = await import("../src/testfunctions/index.js");
const { linesOf } = await import("../test/paths/line.js");
const loading = [...seen];
const cases = { ${names.map((name) => `${JSON.stringify(name)}: () => import("../test/paths/${name}.js")`).join(", ")} };
const only = process.env.ONLY?.split(",") ?? Object.keys(cases);
const rank = (name) => (name.startsWith(process.env.FIRST ?? "-") ? 0 : 1);
const found = [];
for (const name of only.sort((a, b) => rank(a) - rank(b))) {
  seen.clear();
  const began = performance.now();
  const there = "\\n" + readFileSync("test/paths/" + name + ".txt", "utf8");
  let off = "";
  try {
    const room = await cases[name]();
    off = linesOf(room.cases(all, functions)).find((line) => !there.includes("\\n" + line)) ?? "";
  } catch (error) {
    off = String(error);
  }
  found.push({ name, off, seconds: (performance.now() - began) / 1000, ids: [...loading, ...seen] });
  if (off && process.env.ASK) break;
}
console.log("\\nRECORDS " + JSON.stringify(found));
// Threads that a case has started have no say.
process.exit(0);
`;

export class Records {
  #copy;
  #names;
  /** What each record reaches, and in how many seconds; those that differ without a change are left out. */
  known = [];

  constructor(copy) {
    this.#copy = copy;
    this.#names = recordsOf(copy);
  }

  /** Bundles the sources as they are now; false where that fails. */
  async bundle() {
    const entry = join(this.#copy, "build/records.ts");
    writeFileSync(entry, source(this.#names));
    try {
      await build({
        absWorkingDir: this.#copy,
        entryPoints: [entry],
        outfile: join(this.#copy, PROGRAM),
        bundle: true,
        platform: "node",
        format: "esm",
        target: "es2022",
        logLevel: "silent",
      });
      return true;
    } catch {
      return false;
    }
  }

  async #run(env, timeout) {
    const { stdout, output } = await node([PROGRAM], { cwd: this.#copy, timeout, env });
    const line = stdout.split("\n").findLast((text) => text.startsWith("RECORDS "));
    return line ? JSON.parse(line.slice(8)) : { output };
  }

  /** Runs them unchanged. */
  async record() {
    const found = await this.#run({}, 3_600_000);
    if (!Array.isArray(found)) throw new Error(`the records do not run:\n${found.output.slice(-3000)}`);
    const off = found.filter((it) => it.off);
    if (off.length > 0)
      console.log(`left out, they differ unchanged: ${off.map((it) => it.name).join(", ")}`);
    this.known = found.filter((it) => !it.off);
    return this.known.reduce((sum, it) => sum + it.seconds, 0);
  }

  /** "record", "no end", or "" where no line changes. `id`: of a planted change; undefined for one that is compiled in. */
  async ask(id, room, still) {
    const reached = this.known.filter(({ ids }) => id === undefined || still || ids.includes(id));
    if (reached.length === 0) return "";
    const env = { ASK: "1", FIRST: room, ONLY: reached.map(({ name }) => name).join() };
    if (id !== undefined) env.MUTANT = String(id);
    const wanted = reached.reduce((sum, it) => sum + it.seconds, 0);
    const began = performance.now();
    const timeout = 60_000 + 6000 * wanted;
    const found = await this.#run(env, timeout);
    if (performance.now() - began >= timeout) return "no end";
    // What ends the process is noticed as well.
    return Array.isArray(found) && found.every((it) => !it.off) ? "" : "record";
  }
}
