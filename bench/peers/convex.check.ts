// Convex programs against quadprog, eigen's OSQP, highs and javascript-lp-solver in one process, rounds alternating, by processor time
// (the wall clock in parentheses): medians. After npm install --prefix bench/peers:
// npx esbuild bench/peers/convex.check.ts --bundle --platform=node --format=esm --outfile=build/convex.check.mjs
// node build/convex.check.mjs [parts: qp,mpc,lp,netlib] [folder with netlib.ndjson.gz, for netlib]; PEERS names another folder of packages, LIMIT the
// seconds that javascript-lp-solver may take (60)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { csr, csrFromTriplets, qpSession, type SparseMatrix, solveLP, solveQP } from "../../src/index.js";

const require = createRequire(resolve(process.env.PEERS ?? "bench/peers", "package.json"));
const [parts = "qp,mpc,lp", folder = ""] = process.argv.slice(2);
const on = (name: string) => parts.split(",").includes(name);

let state = 3;
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 0x7fffffff;
};
const list = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Time {
  readonly cpu: number;
  readonly wall: number;
}

function time(work: () => unknown): Time {
  const [c, w] = [cpu(), performance.now()];
  work();
  return { cpu: cpu() - c, wall: performance.now() - w };
}

const middle = (x: readonly number[]) => [...x].sort((a, b) => a - b)[x.length >> 1]!;

/** Rounds of all contestants one after the other; ratios to the first. */
function contest(title: string, rounds: number, works: Readonly<Record<string, () => unknown>>): void {
  const names = Object.keys(works);
  const times: Record<string, Time[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let k = 0; k < rounds; k++) for (const name of names) times[name]!.push(time(works[name]!));
  // The first third is rehearsal.
  const kept = (name: string) => times[name]!.slice(Math.floor(rounds / 3));
  const ours = middle(kept(names[0]!).map((t) => t.cpu));
  console.log(`${title}; load ${loadavg()[0]!.toFixed(1)}, ${rounds} rounds`);
  for (const name of names) {
    const c = middle(kept(name).map((t) => t.cpu));
    const w = middle(kept(name).map((t) => t.wall));
    console.log(`  ${name.padEnd(24)} ${c.toFixed(2)} ms (${w.toFixed(2)})   ${(c / ours).toFixed(2)}`);
  }
}

async function quadratic(): Promise<void> {
  const [n, m] = [100, 200];
  const B = list(n, () => 0).map(() => list(n, () => random() - 0.5));
  const P = B.map((r, i) => B.map((s, j) => r.reduce((t, v, k) => t + v * s[k]!, i === j ? 1 : 0)));
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) P[i]![j] = P[j]![i]!;
  const q = list(n, () => 10 * (random() - 0.5));
  const A = list(m, () => 0).map(() => list(n, () => random() - 0.5));
  const u = list(m, () => random() / 2);
  const quadprog = require("quadprog") as { solveQP(...a: unknown[]): { value: number[] } };
  const one = (rows: number[][]) => [[], ...rows.map((r) => [0, ...r])];
  const D = one(P);
  const C = one(list(n, () => 0).map((_, j) => A.map((r) => -r[j]!)));
  // It destroys its first two arguments.
  const theirs = () =>
    quadprog.solveQP(
      D.map((r) => r.slice()),
      [0, ...q.map((v) => -v)],
      C,
      [0, ...u.map((v) => -v)],
    );
  const eigen = require("eigen").default ?? require("eigen");
  await eigen.ready;
  const sparse = (M: number[][], upper: boolean) => {
    const t = new eigen.TripletVector(M.length * n);
    M.forEach((r, i) => {
      r.forEach((v, j) => {
        if (!upper || j >= i) t.add(i, j, v);
      });
    });
    return new eigen.SparseMatrix(M.length, n, t);
  };
  const column = (x: number[]) => new eigen.Matrix(x.map((v) => [v]));
  const given = [sparse(P, true), column(q), sparse(A, false), column(u.map(() => -1e20)), column(u)];
  const r = solveQP({ P, q, A, u });
  console.log(
    `  ${r.method}: violation ${r.primalResidual}, gap ${r.gap}; f ${r.objective}, quadprog ${theirs().value[1]}`,
  );
  const x = eigen.QuadProgSolver.solve(...given);
  const over = A.map((a, i) => a.reduce((s, v, j) => s + v * x.get(j, 0), 0) - u[i]!);
  console.log(`  eigen's OSQP: violation ${Math.max(...over)}`);
  contest(`QP, n = ${n}, ${m} rows`, 61, {
    downhill: () => solveQP({ P, q, A, u }),
    quadprog: theirs,
    "OSQP (eigen)": () => eigen.QuadProgSolver.solve(...given),
  });
}

/** A double integrator, horizon 30, 200 steps with noise: a session against fresh solves. */
function control(): void {
  const N = 30;
  const n = 3 * N;
  const dt = 0.1;
  const entries: [number, number, number][] = [];
  for (let k = 0; k < N; k++) {
    const at = (step: number, i: number) => (step - 1) * 3 + 1 + i;
    entries.push([2 * k, at(k + 1, 0), 1], [2 * k + 1, at(k + 1, 1), 1]);
    if (k > 0) entries.push([2 * k, at(k, 0), -1], [2 * k, at(k, 1), -dt], [2 * k + 1, at(k, 1), -1]);
    entries.push([2 * k, 3 * k, (-dt * dt) / 2], [2 * k + 1, 3 * k, -dt]);
  }
  const matrix = (rows: number, e: readonly (readonly number[])[]) =>
    csrFromTriplets({
      rows,
      cols: n,
      row: e.map((t) => t[0]!),
      col: e.map((t) => t[1]!),
      value: e.map((t) => t[2]!),
    });
  const A = matrix(2 * N, entries);
  const P = matrix(
    n,
    list(n, (i) => i).map((i) => [i, i, i % 3 === 0 ? 0.1 : 1]),
  );
  const upper = list(n, (i) => (i % 3 === 0 ? 1 : i % 3 === 2 ? 0.5 : 10));
  const lower = upper.map((v) => -v);
  const q = list(n, () => 0);
  const sides = (x: readonly number[]) => [x[0]! + dt * x[1]!, x[1]!, ...list(2 * N - 2, () => 0)];
  const run = (solve: (b: number[]) => { x: Float64Array; success: boolean }) => {
    let x = [3, 0];
    let seed = 7;
    for (let k = 0; k < 200; k++) {
      const r = solve(sides(x));
      if (!r.success) throw new Error("not solved");
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      const w = (seed / 0x7fffffff - 0.5) * 0.4;
      x = [x[0]! + dt * x[1]! + ((dt * dt) / 2) * r.x[0]! + 0.1 * w, x[1]! + dt * r.x[0]! + 0.1 * w];
    }
  };
  contest("Model-predictive control, 200 QPs of 90 variables and 60 equations", 9, {
    session: () => {
      const b = sides([3, 0]);
      const session = qpSession({ P, q, A, l: b, u: b, lower, upper });
      run((side) => session.update({ l: side, u: side }).solve());
      session.dispose();
    },
    "fresh solves": () => run((b) => solveQP({ P, q, A, l: b, u: b, lower, upper })),
  });
}

interface Linear {
  readonly c: readonly number[];
  readonly A: SparseMatrix;
  readonly l: readonly (number | null)[];
  readonly u: readonly (number | null)[];
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
}

/** In CPLEX's LP format, which highs reads. */
function text({ c, A, l, u, lower, upper }: Linear): string {
  const term = (v: number, j: number, k: number) =>
    ` ${v < 0 ? "-" : "+"} ${Math.abs(v)} x${j}${k % 5 === 4 ? "\n" : ""}`;
  let s = "Minimize\n obj:";
  c.forEach((v, j) => {
    if (v !== 0) s += term(v, j, j);
  });
  s += "\nSubject To\n";
  for (let i = 0; i < A.rows; i++) {
    let e = "";
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) e += term(A.values[k]!, A.colIdx[k]!, k);
    if (e === "") continue;
    if (l[i] != null && l[i] === u[i]) s += ` r${i}: ${e} = ${l[i]}\n`;
    else {
      if (u[i] != null) s += ` r${i}u: ${e} <= ${u[i]}\n`;
      if (l[i] != null) s += ` r${i}l: ${e} >= ${l[i]}\n`;
    }
  }
  s += "Bounds\n";
  c.forEach((_, j) => {
    s += ` ${lower[j] ?? "-inf"} <= x${j} <= ${upper[j] ?? "+inf"}\n`;
  });
  return `${s}End\n`;
}

const loadHighs = async () =>
  (await require("highs")({})) as {
    solve(s: string, o?: object): { Status: string; ObjectiveValue: number };
  };

async function sparse(): Promise<void> {
  const [m, n] = [1000, 2000];
  const e: [number, number, number][] = [];
  for (let j = 0; j < n; j++) {
    const rows = new Set<number>();
    while (rows.size < 4) rows.add(Math.floor(random() * m));
    for (const i of rows) e.push([i, j, 1 + Math.floor(9 * random())]);
  }
  const A = csrFromTriplets({
    rows: m,
    cols: n,
    row: e.map((t) => t[0]),
    col: e.map((t) => t[1]),
    value: e.map((t) => t[2]),
  });
  const c = list(n, () => -1 - Math.floor(20 * random()));
  const u = list(m, () => 50 + Math.floor(100 * random()));
  const none = { l: u.map(() => null), lower: c.map(() => 0), upper: c.map(() => null) };
  const lp = text({ c, A, u, ...none });
  const highs = await loadHighs();
  const variables: Record<string, Record<string, number>> = {};
  c.forEach((v, j) => {
    variables[`x${j}`] = { cost: -v };
  });
  for (const [i, j, v] of e) variables[`x${j}`]![`r${i}`] = v;
  const constraints = Object.fromEntries(u.map((v, i) => [`r${i}`, { max: v }]));
  const given = { optimize: "cost", opType: "max", constraints, variables };
  console.log(
    `  objectives: ${solveLP({ c, A, u, lower: none.lower }).objective}, highs ${highs.solve(lp).ObjectiveValue}`,
  );
  contest(`LP, ${m} x ${n}, 4 entries a column`, 5, {
    downhill: () => solveLP({ c, A, u, lower: none.lower }),
    "highs (with its parser)": () => highs.solve(lp),
    "highs, interior point": () => highs.solve(lp, { solver: "ipm" }),
  });
  // It may take many minutes: in a thread of its own, which ends after LIMIT seconds.
  const limit = Number(process.env.LIMIT ?? 60);
  const begun = performance.now();
  const code = `const { parentPort, workerData } = require("node:worker_threads");
    const solver = require(workerData.path);
    parentPort.postMessage((solver.default ?? solver).Solve(workerData.given).result);`;
  const worker = new Worker(code, {
    eval: true,
    workerData: { path: require.resolve("javascript-lp-solver"), given },
  });
  const answer = await new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), 1000 * limit);
    worker.once("message", (v: number) => {
      clearTimeout(timer);
      resolve(-v);
    });
  });
  await worker.terminate();
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `  javascript-lp-solver, once: ${answer === null ? `no answer after ${seconds} s` : `${answer} after ${seconds} s`}`,
  );
}

async function netlib(): Promise<void> {
  const highs = await loadHighs();
  const problems = gunzipSync(readFileSync(`${folder}/netlib.ndjson.gz`))
    .toString()
    .split("\n")
    .filter(Boolean);
  const lps = problems.map((line) => {
    const d = JSON.parse(line);
    const A = csr({ rows: d.m, cols: d.n, rowPtr: d.A.rowPtr, colIdx: d.A.colIdx, values: d.A.values });
    const p: Linear = { c: d.c, A, l: d.l, u: d.u, lower: d.lower, upper: d.upper };
    return { p, lp: text(p) };
  });
  const solve = (lp: string) => {
    try {
      return highs.solve(lp, { solver: "ipm" });
    } catch {
      // A few files are more than its reader takes.
      return null;
    }
  };
  contest(`netlib, ${lps.length} programs together`, 3, {
    downhill: () => lps.map(({ p }) => solveLP({ ...p, c: [...p.c] })),
    "highs, interior point": () => lps.map(({ lp }) => solve(lp)),
  });
}

if (on("qp")) await quadratic();
if (on("mpc")) control();
if (on("lp")) await sparse();
if (on("netlib")) await netlib();
