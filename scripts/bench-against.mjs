// npm run bench -- --against=<checkout> [filters] [--file=<room>] [--rounds=41]: every comparison that this checkout and the
// other one have in common, ours against theirs, alternating in one process, so that what the machine does meanwhile hits both.
// Above 1: this one takes longer. The other checkout needs its dependencies and one build (npm ci && npm run build).

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** Slower by more is printed. */
const WORTH_SAYING = 1.03;
const SAMPLE_NS = 2e6;
const WARM_MS = 60;
/** What takes longer than this is measured in fewer rounds. */
const LONG_NS = 5e7;
const FEW_ROUNDS = 9;

/** Stands in for bench/harness.ts: hands out what a file wants to compare, and measures nothing. */
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

/** The comparisons of a checkout. */
async function comparisonsOf(root, tag, file) {
  const files = readdirSync(join(root, "bench")).filter(
    (name) => name.endsWith(".bench.ts") && (!file || name === `${file}.bench.ts`),
  );
  globalThis.comparisons = [];
  for (const name of files) {
    const outfile = resolve(`build/bench-against/${tag}/${name}.mjs`);
    await build({
      absWorkingDir: root,
      entryPoints: [join(root, "bench", name)],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "es2022",
      logLevel: "error",
      plugins: [collector],
    });
    await import(pathToFileURL(outfile).href);
  }
  return globalThis.comparisons;
}

const clock = () => Number(process.hrtime.bigint());

function time(run, calls) {
  const start = clock();
  for (let i = 0; i < calls; i++) run();
  return (clock() - start) / calls;
}

/** Runs for so long and returns the calls that fill a sample. */
function warm(run, ms) {
  const end = clock() + 1e6 * ms;
  let fastest = Infinity;
  let calls = 1;
  do {
    fastest = Math.min(fastest, time(run, calls));
    calls = Math.max(1, Math.min(1e6, Math.round(SAMPLE_NS / 4 / fastest)));
  } while (clock() < end);
  return Math.max(1, Math.round(SAMPLE_NS / fastest));
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

/** Median ratio with its quartiles, and that of the least times. */
function measure(now, before, warmMs, rounds) {
  const calls = Math.max(warm(before, warmMs), warm(now, warmMs));
  const count = time(now, 1) > LONG_NS ? Math.min(rounds, FEW_ROUNDS) : rounds;
  const [ours, theirs] = [[], []];
  for (let round = 0; round < count; round++) {
    const first = round % 2 === 0;
    if (first) ours.push(time(now, calls));
    theirs.push(time(before, calls));
    if (!first) ours.push(time(now, calls));
  }
  const ratios = ours.map((ns, i) => ns / theirs[i]);
  return {
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    least: Math.min(...ours) / Math.min(...theirs),
    ns: quantile(ours, 0.5),
  };
}

export async function benchAgainst(other, { filters, file, rounds = 41 }) {
  const theirs = await comparisonsOf(resolve(other), "there", file);
  const ours = await comparisonsOf(resolve("."), "here", file);
  const ratios = [];
  const digits = (ratio) => ratio.toFixed(3);
  for (const mine of ours) {
    const { room, name } = mine;
    const label = `${room} ${name}`;
    const one = theirs.find((it) => it.room === room && it.name === name);
    if (!one || !filters.every((filter) => label.toLowerCase().includes(filter.toLowerCase()))) continue;
    for (const size of mine.sizes.filter((size) => one.sizes.includes(size))) {
      const [now, before] = [mine.setup(size), one.setup(size)];
      const { ratio, quartiles, least, ns } = measure(now.ours, before.ours, mine.warmMs ?? WARM_MS, rounds);
      now.dispose?.();
      before.dispose?.();
      ratios.push(ratio);
      if (ratio > WORTH_SAYING || filters.length > 0)
        console.log(
          `${digits(ratio)} [${quartiles.map(digits).join(", ")}], of the least times ${digits(least)}: ${label} ${size}, ${(ns / 1e3).toPrecision(3)} us`,
        );
    }
  }
  if (ratios.length === 0) return false;
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => digits(quantile(ratios, q)));
  const slower = ratios.filter((ratio) => ratio > WORTH_SAYING).length;
  const faster = ratios.filter((ratio) => ratio < 1 / WORTH_SAYING).length;
  console.log(
    `${ratios.length} comparisons: median ${median} [${low}, ${high}]; ${slower} above ${WORTH_SAYING}, ${faster} below ${digits(1 / WORTH_SAYING)}`,
  );
  return true;
}
