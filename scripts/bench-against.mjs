// npm run bench -- --against=<checkout> [filters] [--file=<room>] [--rounds=..]: every comparison that this checkout and the
// other one have in common, ours against theirs, by bench/harness.ts in one process, so that what the machine does meanwhile hits
// both. Above 1: this one is faster. The other checkout needs its dependencies and one build (npm ci && npm run build).

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** What takes longer by more is printed. */
const SLOWER = 1 / 1.03;
/** What takes so many ns is measured in fewer rounds. */
const LONG_NS = 5e7;
const FEW_ROUNDS = 9;

/** Stands in for the harness: hands out what a file wants to compare, and measures nothing. */
const collector = {
  name: "collector",
  setup(plugin) {
    plugin.onLoad({ filter: /bench[\\/]harness\.ts$/ }, ({ path }) => {
      const names = [...readFileSync(path, "utf8").matchAll(/^export (?:const|function) (\w+)/gm)].map(
        ([, name]) => name,
      );
      const idle = names.map((name) =>
        name === "bench"
          ? "export const bench = (room, it) => (globalThis.comparisons.push({ room, ...it }), []);"
          : `export const ${name} = () => ${name === "wanted" ? "false" : "({})"};`,
      );
      return { contents: idle.join("\n"), loader: "js" };
    });
  },
};

async function load(root, path, outfile, plugins = []) {
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, path)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "es2022",
    logLevel: "error",
    plugins,
  });
  return import(pathToFileURL(outfile).href);
}

/** The comparisons of a checkout. */
async function comparisonsOf(root, tag, file) {
  globalThis.comparisons = [];
  for (const name of readdirSync(join(root, "bench")))
    if (name.endsWith(".bench.ts") && (!file || name === `${file}.bench.ts`))
      await load(root, `bench/${name}`, resolve(`build/bench-against/${tag}/${name}.mjs`), [collector]);
  return globalThis.comparisons;
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))];
}

/** False where no comparison matches. */
export async function benchAgainst(other, file) {
  const theirs = await comparisonsOf(resolve(other), "there", file);
  const ours = await comparisonsOf(resolve("."), "here", file);
  const harness = await load(resolve("."), "bench/harness.ts", resolve("build/bench-against/harness.mjs"));
  const filtered = process.argv.slice(2).some((arg) => !arg.startsWith("--"));
  const digits = (ratio) => ratio.toFixed(3);
  const ratios = [];
  for (const mine of ours) {
    const { room, name } = mine;
    const label = `${room} ${name}`;
    const one = theirs.find((it) => it.room === room && it.name === name);
    if (!one || !harness.wanted(label)) continue;
    for (const size of mine.sizes.filter((size) => one.sizes.includes(size))) {
      const [now, before] = [mine.setup(size), one.setup(size)];
      const began = performance.now();
      now.ours();
      const rounds = 1e6 * (performance.now() - began) > LONG_NS ? FEW_ROUNDS : undefined;
      const contest = { ours: now.ours, peer: before.ours };
      const { ratio, quartiles, oursNs } = harness.compare(contest, rounds, mine.warmMs);
      now.dispose?.();
      before.dispose?.();
      ratios.push(ratio);
      if (ratio < SLOWER || filtered)
        console.log(
          `${digits(ratio)} [${quartiles.map(digits).join(", ")}]: ${label} ${size}, ${(oursNs / 1e3).toPrecision(3)} us`,
        );
    }
  }
  if (ratios.length === 0) return false;
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => digits(quantile(ratios, q)));
  const slower = ratios.filter((ratio) => ratio < SLOWER).length;
  const faster = ratios.filter((ratio) => ratio > 1 / SLOWER).length;
  console.log(
    `${ratios.length} comparisons: median ${median} [${low}, ${high}]; ${slower} slower by more than 3 %, ${faster} faster`,
  );
  return true;
}
