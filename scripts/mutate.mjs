// npm run mutate -- [room ...] [--count=40] [--seed=1] [--lanes=2] [--most=0.5] [--fresh]
// Changes constants, signs, comparisons and guards of src/ and assembly/, one at a time, in a copy of the project, and runs the
// tests that can notice it. A change that no test notices is printed with its place: either it changes nothing that matters,
// or a test is missing. Changes of src/ are planted all at once (mutants.mjs) and one run of all tests records which file of
// tests reaches which of them; they are then tried in as many lanes as are asked for. A change of assembly/ is compiled, each in the
// copy of its lane, and the tests of its room are run. Before any test the records of paths are asked (mutate-records.mjs).
// What was noticed is remembered for the same text of its file unless --fresh.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { changesOf, plant } from "./mutants.mjs";
import { Records } from "./mutate-records.mjs";
import { rooms as modules } from "./rooms.mjs";
import { node } from "./run.mjs";

/** A copy of the project for each lane; the changes of src/ are planted in the first one. */
const copyOf = (lane) => resolve(`build/mutate/${lane}`);
const COPY = copyOf(0);
/** Changes that were noticed, by the text of their file. */
const KNOWN = resolve("build/mutate.json");
/** Beyond this a mutant that runs for ever counts as noticed. */
const TIMEOUT_MS = 180_000;
/** Tests that read the sources instead of running them, or what is built from them. */
const BLIND = ["structure", "size", "cli", "site"];
/** Of the time of all tests as recorded, on a machine as busy as it was: the share that is run first for a change; --most is the share run at most. */
const FIRST = 0.02;

/** Where the tests of a folder are, where it is not the folder of the same name. */
const testsOf = {
  "assembly/blas": ["test/kernels", "test/linalg"],
  "assembly/dense": ["test/kernels", "test/linalg"],
  "assembly/smooth": ["test/minimize"],
  "assembly/curves": ["test/expressions"],
  "assembly/models": ["test/models", "test/kernels"],
  "assembly/ode": ["test/fits"],
  "src/driver": ["test/driver", "test/least-squares", "test/minimize"],
  "src/wasm": [],
  "src/testfunctions": ["test/minimize"],
  "assembly/sparse": ["test/linalg", "test/constrained"],
  "assembly/memory": ["test/linalg", "test/least-squares"],
  "assembly/registers": ["test/first-order"],
  "src/abi/smooth": ["test/minimize"],
  "src/abi/ldl": ["test/linalg"],
  "src/abi/sparse-lu": ["test/linalg"],
  "src/abi/convex": ["test/constrained"],
};

const files = (folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name).replaceAll("\\", "/"));

/** "src/minimize", "assembly/blas"; a file that lies beside the rooms belongs to the room of its name. */
function roomOf(path) {
  const [top, room, file] = path.split("/");
  return room === "abi" ? `src/abi/${basename(file, ".ts")}` : `${top}/${basename(room, ".ts")}`;
}

function testFolders(path) {
  const room = roomOf(path);
  const named = testsOf[room] ?? [`test/${room.split("/").at(-1)}`];
  return named.filter((folder) => readdirSync("test").includes(folder.split("/")[1]));
}

const isSeeing = (folder) => !BLIND.includes(folder.split("/")[1]);

/** Philox would be too much: a multiplicative generator serves to draw places. */
function generator(seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A copy whose sources may be broken, with what was built here. */
function prepare(copy) {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const path of execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n")) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    cpSync(path, join(copy, path));
  }
  for (const folder of ["src/wasm", "dist", "build/wasm", "build/rooms"]) {
    try {
      cpSync(folder, join(copy, folder), { recursive: true });
    } catch {
      // Not built yet: it is made there.
    }
  }
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, "build"), { recursive: true });
  // Half of what would be compiled anew is a variant that the tests do not run.
  const list = join(copy, "scripts/rooms.mjs");
  writeFileSync(list, readFileSync(list, "utf8").replaceAll("relaxed: true", "relaxed: false"));
}

/** `late`: it ran beyond the time. */
async function inCopy(args, timeout, env, cwd = COPY) {
  const began = performance.now();
  const { code, output } = await node(args, { cwd, timeout, env });
  const ms = performance.now() - began;
  return { code, output, seconds: ms / 1000, late: ms >= timeout };
}

const tests = (places, ...options) => [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=dot",
  // A busy machine is no reason to call a change noticed.
  "--testTimeout=600000",
  ...options,
  ...places,
];

/** What test/setup.ts does besides in the copy: lets one change live, or records which of them a file of tests reaches. */
const SETUP = `
import { writeFileSync as writeSeen } from "node:fs";
{
  const alive = Number(process.env.MUTANT ?? -1);
  const seen = new Set<number>();
  const began = performance.now();
  (globalThis as { mutant?: (id: number) => boolean }).mutant =
    alive >= 0 ? (id) => id === alive : (id) => (seen.add(id), false);
  afterAll(() => {
    if (alive >= 0) return;
    const file = String(expect.getState().testPath).replaceAll("\\\\", "/").replace(/^.*?\\/(?=test\\/)/, "");
    const record = { file, seconds: (performance.now() - began) / 1000, ids: [...seen] };
    writeSeen(\`build/seen/\${file.replaceAll("/", "_")}.json\`, JSON.stringify(record));
  });
}
`;

/** Plants the changes of src/ and runs the tests of these folders once: [{ file, seconds, ids }]. */
async function record(changes, folders, options) {
  for (const path of new Set(changes.map((change) => change.path)))
    writeFileSync(
      join(COPY, path),
      plant(
        path,
        changes.filter((change) => change.path === path),
      ),
    );
  const setup = join(COPY, "test/setup.ts");
  writeFileSync(setup, readFileSync(setup, "utf8") + SETUP);
  const seen = join(COPY, "build/seen");
  mkdirSync(seen, { recursive: true });
  const { output } = await inCopy(
    tests(
      folders.map((folder) => `${folder}/`),
      ...options,
    ),
    3_600_000,
  );
  const records = readdirSync(seen).map((name) => JSON.parse(readFileSync(join(seen, name), "utf8")));
  if (records.length === 0) throw new Error(`no test ran:\n${output.slice(-3000)}`);
  // What fails without a change can notice none.
  const failed = new Set([...output.matchAll(/FAIL .*?(test\/\S+\.test\.ts)/g)].map((found) => found[1]));
  if (failed.size > 0) console.log(`left out, they fail unchanged: ${[...failed].join(", ")}`);
  return records.filter(({ file }) => !failed.has(file));
}

/** The files of tests to run for a change, those that may notice it soonest first. */
function candidates(change, records) {
  const folders = testFolders(change.path).map((folder) => `${folder}/`);
  const own = ({ file }) => folders.some((folder) => file.startsWith(folder));
  // What acts at loading is reached by whoever loads it first, and what is compiled by nobody who could say so.
  const reached =
    change.id === undefined || change.still ? [] : records.filter(({ ids }) => ids.includes(change.id));
  const files = reached.length > 0 ? reached : records.filter(own);
  const name = basename(change.path, ".ts");
  const rank = (it) => (basename(it.file).startsWith(name) ? 0 : own(it) ? 1 : 2);
  return files.toSorted((a, b) => rank(a) - rank(b) || a.seconds - b.seconds);
}

/** Runs the tests in two parts, the quick ones first: "test", "no end", or "" where none notices. */
async function judge(files, budget, env, options, copy) {
  const parts = [[], []];
  let seconds = 0;
  for (const it of files) {
    seconds += it.seconds;
    if (seconds > budget.most && parts[0].length > 0) break;
    parts[seconds <= budget.first || parts[0].length === 0 ? 0 : 1].push(it);
  }
  for (const part of parts) {
    if (part.length === 0) continue;
    const wanted = part.reduce((sum, it) => sum + it.seconds, 0);
    const { code, late } = await inCopy(
      tests(
        part.map((it) => it.file),
        "--bail=1",
        ...options,
      ),
      TIMEOUT_MS + Math.ceil(4000 * wanted),
      env,
      copy,
    );
    if (late) return "no end";
    if (code !== 0) return "test";
  }
  return "";
}

/** How the change was noticed: by the compiler, by a record, by a test, by a run that does not end; or "" where nothing notices it. */
async function noticed(change, records, budget, options, place) {
  const { copy, paths } = change.id === undefined ? place : place.planted;
  const files = candidates(change, records);
  const room = roomOf(change.path).split("/").at(-1);
  if (change.id !== undefined)
    return (
      (await paths.ask(change.id, room, change.still)) ||
      judge(files, budget, { MUTANT: String(change.id) }, options, copy)
    );
  const broken = join(copy, change.path);
  const source = readFileSync(change.path, "utf8");
  writeFileSync(broken, source.slice(0, change.from) + change.text + source.slice(change.to));
  try {
    const { code } = await inCopy(["scripts/build-wasm.mjs"], 3_600_000, {}, copy);
    if (code !== 0 || !(await paths.bundle())) return "compiler";
    return (await paths.ask(undefined, room)) || (await judge(files, budget, {}, options, copy));
  } finally {
    writeFileSync(broken, source);
  }
}

function readKnown() {
  try {
    return JSON.parse(readFileSync(KNOWN, "utf8"));
  } catch {
    return {};
  }
}

/** Kernels and what both sides compile cannot ask at run time which change is alive. */
const isCompiled = (path) => path.startsWith("assembly/") || path.startsWith("src/abi/");

async function main() {
  const options = process.argv.slice(2);
  const value = (name, fallback) =>
    Number(options.find((o) => o.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
  const wanted = options.filter((o) => !o.startsWith("--"));
  const all = [...files("src"), ...files("assembly")].filter(
    (path) => !path.startsWith("src/wasm/") && path !== "src/index.ts" && testFolders(path).some(isSeeing),
  );
  const rooms = [...new Set(all.map((path) => roomOf(path).split("/").at(-1)))].sort();
  const unknown = wanted.filter((room) => !rooms.includes(room));
  if (unknown.length > 0) {
    console.error(`no room ${unknown.join(", ")}; there are ${rooms.join(", ")}`);
    process.exit(2);
  }
  const chosen = all.filter((path) => wanted.length === 0 || wanted.includes(roomOf(path).split("/").at(-1)));
  const changes = chosen.flatMap(changesOf);
  const draw = generator(value("seed", 1));
  const count = Math.min(value("count", 40), changes.length);
  console.log(
    `${changes.length} changes in ${chosen.length} files, ${Object.keys(modules).length} modules; ${count} of them are tried`,
  );
  const drawn = Array.from({ length: count }, () => changes.splice(draw(changes.length), 1)[0]);
  for (const [id, change] of drawn.entries()) if (!isCompiled(change.path)) change.id = id;
  const lanes = value("lanes", 2);
  const copies = Array.from({ length: lanes }, (_, lane) => copyOf(lane));
  copies.forEach(prepare);
  const folders =
    wanted.length > 0
      ? [...new Set(drawn.flatMap(({ path }) => testFolders(path)))]
      : readdirSync("test")
          .filter((name) => !BLIND.includes(name) && !name.includes("."))
          .map((name) => `test/${name}`);
  const planted = drawn.filter((change) => change.id !== undefined);
  const records = await record(planted, folders, [`--maxWorkers=${lanes}`]);
  const total = records.reduce((sum, it) => sum + it.seconds, 0);
  const budget = { first: FIRST * total, most: value("most", 0.5) * total };
  console.log(`${records.length} files of tests, ${total.toFixed(0)} s`);
  const places = copies.map((copy) => ({ copy, paths: new Records(copy) }));
  // What is planted is planted in the first copy.
  for (const place of places) place.planted = places[0];
  for (const { copy, paths } of places) {
    await inCopy(["scripts/build-wasm.mjs"], 3_600_000, {}, copy);
    if (!(await paths.bundle())) throw new Error("the records cannot be bundled");
  }
  console.log(`records of paths, ${(await places[0].paths.record()).toFixed(0)} s`);
  for (const { paths } of places) paths.known = places[0].paths.known;
  const known = options.includes("--fresh") ? {} : readKnown();
  const survivors = [];
  let done = 0;
  const tryOne = async (change, lane) => {
    const source = readFileSync(change.path, "utf8");
    const line = source.slice(0, change.from).split("\n").length;
    const place = `${change.path}:${line}`;
    const key = createHash("sha256").update(`${source}\0${change.from}\0${change.what}`).digest("hex");
    const how = known[key] ?? (await noticed(change, records, budget, ["--maxWorkers=1"], places[lane]));
    if (how) {
      known[key] = how;
      writeFileSync(KNOWN, JSON.stringify(known));
    } else survivors.push({ place, ...change, line: source.split("\n")[line - 1].trim() });
    const result = how ? `noticed (${how})` : "SURVIVES";
    console.log(`${String(++done).padStart(4)} ${result.padEnd(18)} ${place}  ${change.what}`);
  };
  // One after the other: a change that is compiled takes the first copy, too.
  for (const queue of [planted, drawn.filter((change) => change.id === undefined)]) {
    const left = [...queue];
    await Promise.all(
      copies.map(async (_, lane) => {
        for (let change = left.shift(); change; change = left.shift()) await tryOne(change, lane);
      }),
    );
  }
  console.log(
    `${count - survivors.length} of ${count} noticed: ${((100 * (count - survivors.length)) / count).toFixed(0)} %`,
  );
  for (const { place, what, line } of survivors) console.log(`  ${place}  ${what}\n      ${line}`);
  rmSync(resolve("build/mutate"), { recursive: true, force: true });
}

if (import.meta.filename === process.argv[1]) await main();
