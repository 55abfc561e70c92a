// npm run mutate -- [room ...] [--count=40] [--seed=1] [--maxWorkers=1]
// Changes constants, signs, comparisons and guards of src/ and assembly/, one at a time, in a copy of the project, and runs the
// tests of the room that the file belongs to. A change that no test notices is printed with its place: either it changes
// nothing that matters, or a test is missing.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import ts from "typescript";
import { rooms as modules } from "./rooms.mjs";
import { node } from "./run.mjs";

const COPY = resolve("build/mutate");
/** Beyond this a mutant that runs for ever counts as noticed. */
const TIMEOUT_MS = 180_000;

/** Where the tests of a folder are, where it is not the folder of the same name. */
const testsOf = {
  "assembly/blas": ["test/kernels", "test/linalg"],
  "assembly/dense": ["test/kernels", "test/linalg"],
  "assembly/smooth": ["test/minimize"],
  "assembly/curves": ["test/expressions"],
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

/** Philox would be too much: a multiplicative generator serves to draw places. */
function generator(seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const swaps = new Map([
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
  [ts.SyntaxKind.SlashToken, "*"],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsToken, "!="],
  [ts.SyntaxKind.ExclamationEqualsToken, "=="],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.PlusEqualsToken, "-="],
  [ts.SyntaxKind.MinusEqualsToken, "+="],
]);

/** Every change of a file that is worth trying: { from, to, text, what }. */
function changesOf(path) {
  const source = readFileSync(path, "utf8");
  const tree = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found = [];
  const change = (at, text, what) => found.push({ path, from: at.getStart(), to: at.getEnd(), text, what });
  const visit = (at) => {
    if (ts.isTypeNode(at) || ts.isImportDeclaration(at) || ts.isDecorator(at)) return;
    // What is thrown is words, and the words of options are not numbers.
    if (ts.isThrowStatement(at)) return;
    if (ts.isNumericLiteral(at)) {
      const value = Number(at.text.replaceAll("_", ""));
      const integer = Number.isInteger(value) && Math.abs(value) < 1e6;
      const text = integer ? String(value + 1) : /e|\./i.test(at.text) ? `${value * 10}` : String(value * 2);
      change(
        at,
        integer || text.includes(".") || text.includes("e") ? text : `${text}.0`,
        `${at.text} -> ${text}`,
      );
    } else if (ts.isBinaryExpression(at) && swaps.has(at.operatorToken.kind)) {
      const words = [at.left, at.right].some(
        (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
      );
      const text = swaps.get(at.operatorToken.kind);
      if (!words) change(at.operatorToken, text, `${at.operatorToken.getText()} -> ${text}`);
    } else if (
      ts.isPrefixUnaryExpression(at) &&
      at.operator === ts.SyntaxKind.MinusToken &&
      !ts.isNumericLiteral(at.operand)
    ) {
      change(at, at.operand.getText(), `-${at.operand.getText()} -> ${at.operand.getText()}`);
    } else if (ts.isIfStatement(at)) {
      change(at.expression, `!(${at.expression.getText()})`, "guard turned");
    }
    ts.forEachChild(at, visit);
  };
  visit(tree);
  return found;
}

/** A copy whose sources may be broken, with what was built here. */
function prepare() {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  for (const path of execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n")) {
    mkdirSync(join(COPY, dirname(path)), { recursive: true });
    cpSync(path, join(COPY, path));
  }
  for (const folder of ["src/wasm", "dist", "build/wasm", "build/rooms"]) {
    try {
      cpSync(folder, join(COPY, folder), { recursive: true });
    } catch {
      // Not built yet: it is made there.
    }
  }
  symlinkSync(resolve("node_modules"), join(COPY, "node_modules"));
}

/** `late`: it ran beyond the time. */
async function inCopy(args, timeout = TIMEOUT_MS) {
  const began = performance.now();
  const { code, output } = await node(args, { cwd: COPY, timeout, killSignal: "SIGKILL" });
  return {
    code,
    output,
    seconds: (performance.now() - began) / 1000,
    late: performance.now() - began >= timeout,
  };
}

const tests = (folders, ...options) => [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--bail=1",
  "--reporter=dot",
  // A busy machine is no reason to call a change noticed.
  "--testTimeout=600000",
  ...options,
  ...folders.map((folder) => `${folder}/`),
];

const sound = new Map();

/** Seconds that the tests of these folders take on the unchanged copy, which has to pass them. */
async function untouched(folders, options) {
  const key = folders.join(" ");
  if (!sound.has(key)) {
    const { code, output, seconds } = await inCopy(tests(folders, ...options), 1_200_000);
    if (code !== 0) throw new Error(`the unchanged project fails ${key}:\n${output.slice(-3000)}`);
    sound.set(key, seconds);
  }
  return sound.get(key);
}

/** How the change was noticed: by the compiler, by a test, by a run that does not end; or "" where no test notices it. */
async function noticed({ path, from, to, text }, folders, options) {
  const seconds = await untouched(folders, options);
  const source = readFileSync(path, "utf8");
  writeFileSync(join(COPY, path), source.slice(0, from) + text + source.slice(to));
  try {
    if (path.startsWith("assembly/") || isShared(path)) {
      const { code } = await inCopy(["scripts/build-wasm.mjs"]);
      if (code !== 0) return "compiler";
    }
    const { code, late } = await inCopy(tests(folders, ...options), TIMEOUT_MS + Math.ceil(4000 * seconds));
    return late ? "no end" : code === 0 ? "" : "test";
  } finally {
    writeFileSync(join(COPY, path), source);
  }
}

/** Compiled on both sides. */
const isShared = (path) => path.startsWith("src/abi/");

async function main() {
  const options = process.argv.slice(2);
  const value = (name, fallback) =>
    Number(options.find((o) => o.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
  const wanted = options.filter((o) => !o.startsWith("--"));
  const all = [...files("src"), ...files("assembly")].filter(
    (path) => !path.startsWith("src/wasm/") && path !== "src/index.ts" && testFolders(path).length > 0,
  );
  const known = [...new Set(all.map((path) => roomOf(path).split("/").at(-1)))].sort();
  const unknown = wanted.filter((room) => !known.includes(room));
  if (unknown.length > 0) {
    console.error(`no room ${unknown.join(", ")}; there are ${known.join(", ")}`);
    process.exit(2);
  }
  const chosen = all.filter((path) => wanted.length === 0 || wanted.includes(roomOf(path).split("/").at(-1)));
  const changes = chosen.flatMap(changesOf);
  const draw = generator(value("seed", 1));
  const count = Math.min(value("count", 40), changes.length);
  console.log(
    `${changes.length} changes in ${chosen.length} files, ${Object.keys(modules).length} modules; ${count} of them are tried`,
  );
  prepare();
  const workers = options.filter((o) => o.startsWith("--maxWorkers="));
  const survivors = [];
  for (let i = 0; i < count; i++) {
    const [change] = changes.splice(draw(changes.length), 1);
    const source = readFileSync(change.path, "utf8");
    const line = source.slice(0, change.from).split("\n").length;
    const place = `${change.path}:${line}`;
    const how = await noticed(change, testFolders(change.path), workers);
    if (!how) survivors.push({ place, ...change, line: source.split("\n")[line - 1].trim() });
    const result = how ? `noticed (${how})` : "SURVIVES";
    console.log(`${String(i + 1).padStart(4)} ${result.padEnd(18)} ${place}  ${change.what}`);
  }
  console.log(
    `${count - survivors.length} of ${count} noticed: ${((100 * (count - survivors.length)) / count).toFixed(0)} %`,
  );
  for (const { place, what, line } of survivors) console.log(`  ${place}  ${what}\n      ${line}`);
  rmSync(COPY, { recursive: true, force: true });
}

if (import.meta.filename === process.argv[1]) await main();
