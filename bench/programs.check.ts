// Linear and quadratic programs of public sets, judged by a judge that is not ours, from the program alone; beside it what verify says.
// The folder holds lp/netlib.ndjson.gz, lp/netlib-infeasible.ndjson.gz, qp/maros.ndjson.gz and constrained.json (their formats: the README
// files there); the judge is ../tools/lp-score.mjs and qp-score.mjs from there, or the folder JUDGE. "strict": each residual over the terms
// of its own row or column. Ends with 1 where a claim is not so. Run:
// npx esbuild bench/programs.check.ts --bundle --platform=node --format=esm --outfile=build/programs.check.mjs
// && node build/programs.check.mjs folder [lp,simplex,pdhg,infeasible,qp,admm,small] [-v]
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  type ConvexResult,
  csr,
  lasso,
  type SolveLPOptions,
  type SolveQPOptions,
  solveLP,
  solveQP,
  verify,
} from "../src/index.js";

interface Csr {
  readonly rowPtr: number[];
  readonly colIdx: number[];
  readonly values: number[];
}
type Side = (number | null)[];
/** One line of a file. */
interface Line {
  readonly name: string;
  readonly set?: string;
  readonly n: number;
  readonly m: number;
  readonly boundRows: number;
  readonly status: string;
  readonly c: number[];
  readonly c0: number;
  readonly q: number[];
  readonly r: number;
  readonly P: Csr;
  readonly A: Csr;
  readonly l: Side;
  readonly u: Side;
  readonly lower: Side;
  readonly upper: Side;
}
interface Verdict {
  readonly solved6: boolean;
  readonly solved8: boolean;
  readonly strict6: boolean;
  readonly strict8: boolean;
  readonly wrongClaim: boolean;
  readonly why: string | null;
  readonly objective: { readonly error: number | null } | null;
  readonly primal: { readonly rel: number } | null;
  readonly dual: { readonly rel: number } | null;
  readonly gap: { readonly rel: number } | null;
  readonly certificate: { readonly radius: number } | null;
}
type Judge = (problem: object, result: object) => Verdict;

const [folder = ".", parts = "lp,simplex,pdhg,infeasible,qp,admm,small", talk] = process.argv.slice(2);
const tools = process.env.JUDGE ?? resolve(folder, "../tools");
const judge = async (name: string): Promise<Judge> =>
  (await import(pathToFileURL(`${tools}/${name}.mjs`).href)).score;
const lines = (name: string): Line[] =>
  gunzipSync(readFileSync(`${folder}/${name}.ndjson.gz`))
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
/** The first `rows` rows. */
const matrix = ({ rowPtr, colIdx, values }: Csr, rows: number, cols: number) => {
  const end = rowPtr[rows]!;
  const [ptr, idx, v] = [rowPtr.slice(0, rows + 1), colIdx.slice(0, end), values.slice(0, end)];
  return csr({ rows, cols, rowPtr: ptr, colIdx: idx, values: v });
};
const linear = (d: Line) => ({
  c: d.c,
  A: matrix(d.A, d.m, d.n),
  l: d.l,
  u: d.u,
  lower: d.lower,
  upper: d.upper,
  constant: d.c0,
});
/** Rows from `boundRows` on are the bounds of the variables. */
const quadratic = (d: Line) => ({
  P: matrix(d.P, d.n, d.n),
  q: d.q,
  A: matrix(d.A, d.boundRows, d.n),
  l: d.l.slice(0, d.boundRows),
  u: d.u.slice(0, d.boundRows),
  lower: d.l.slice(d.boundRows),
  upper: d.u.slice(d.boundRows),
  constant: d.r,
});
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const power = (v: number | undefined | null) => (v == null ? "-" : v.toExponential(0)).padStart(6);
let lies = 0;

/** A table of one method over one file. */
function table(
  title: string,
  problems: readonly Line[],
  score: Judge,
  solve: (d: Line) => [object, ConvexResult],
): void {
  const counts = { "1e-6": 0, "1e-8": 0, "strict 1e-6": 0, "strict 1e-8": 0, verified: 0, "wrong claims": 0 };
  const [times, wrong]: [Record<string, number>, string[]] = [{}, []];
  for (const d of problems) {
    const before = cpu();
    const [program, r] = solve(d);
    const took = cpu() - before;
    const set = d.set ?? "all";
    times[set] = (times[set] ?? 0) + took;
    const { certificate } = r;
    const proof =
      certificate &&
      ("y" in certificate ? certificate.y : "x" in certificate ? certificate.x : certificate.d);
    const v = score(d, { status: r.status, x: r.x, y: r.y, objective: r.objective, certificate: proof });
    const { ok } = verify(program as Parameters<typeof solveQP>[0], r);
    const claims = r.status !== "stopped" && r.status !== "failed";
    counts["1e-6"] += Number(v.solved6);
    counts["1e-8"] += Number(v.solved8);
    counts["strict 1e-6"] += Number(v.strict6);
    counts["strict 1e-8"] += Number(v.strict8);
    counts.verified += Number(ok);
    if (v.wrongClaim || (claims && !ok)) {
      counts["wrong claims"]++;
      wrong.push(`${d.name}: ${v.why ?? "verify says no"}`);
    }
    const row = `  ${d.name.padEnd(11)} ${r.status.padEnd(17)} ${r.reason.padEnd(14)} ${String(r.nit).padStart(6)} iterations ${took.toFixed(0).padStart(6)} ms`;
    const found = `primal ${power(v.primal?.rel)} dual ${power(v.dual?.rel)} gap ${power(v.gap?.rel)} objective off by ${power(v.objective?.error)}`;
    if (talk === "-v" || !v.strict6) {
      console.log(`${row} ${v.certificate ? `certificate to |x| = ${power(v.certificate.radius)}` : found}`);
    }
  }
  lies += wrong.length;
  const total = Object.entries(times).map(([set, t]) => `${set} ${(t / 1000).toFixed(2)} s`);
  const cells = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(
    `${title}, ${problems.length} programs: ${cells.join(" | ")} | processor time ${total.join(", ")}`,
  );
  for (const line of wrong) console.log(`  WRONG ${line}`);
}

type LpMethod = NonNullable<SolveLPOptions["method"]>;
type QpMethod = NonNullable<SolveQPOptions["method"]>;
const lp =
  (method: LpMethod) =>
  (d: Line): [object, ConvexResult] => {
    const program = linear(d);
    return [program, solveLP(program, { method })];
  };
const qp =
  (method: QpMethod) =>
  (d: Line): [object, ConvexResult] => {
    const program = quadratic(d);
    return [program, solveQP(program, { method })];
  };

interface Small {
  readonly id: string;
  readonly status: string;
  readonly objective: number;
  readonly c: number[];
  readonly A_ub: number[][];
  readonly b_ub: number[];
  readonly A_eq: number[][];
  readonly b_eq: number[];
  readonly lower: Side;
  readonly upper: Side;
  readonly P: number[][];
  readonly q: number[];
  readonly A: number[][];
  readonly l: Side;
  readonly u: Side;
  readonly b: number[];
  readonly solutions: { lambda_: number; x: number[]; objective: number }[];
}
const expected: Readonly<Record<string, string>> = {
  optimal: "solved",
  infeasible: "primalInfeasible",
  primal_infeasible: "primalInfeasible",
  unbounded: "dualInfeasible",
  dual_infeasible: "dualInfeasible",
  rejected_not_convex: "nonConvex",
};

/** constrained.json: statuses, certificates (by verify), objectives to 1e-8, and the lasso's coefficients with their exact zeros. */
function small(): void {
  const given: Record<"lp" | "qp" | "lasso", Small[]> = JSON.parse(
    readFileSync(`${folder}/constrained.json`, "utf8"),
  );
  const near = (a: number, b: number, t = 1e-8) => Math.abs(a - b) <= t * Math.max(1, Math.abs(b));
  const rows: Record<string, { programs: number; right: number; "wrong claims": number }> = {};
  const enter = (name: string, id: string, right: boolean, claims: boolean) => {
    rows[name] ??= { programs: 0, right: 0, "wrong claims": 0 };
    rows[name].programs++;
    if (right) rows[name].right++;
    else console.log(`  ${name} ${id}: not right`);
    if (!right && claims) {
      rows[name]["wrong claims"]++;
      lies++;
    }
  };
  const take = (name: string, p: Small, program: object, r: ConvexResult) => {
    const status = expected[p.status];
    const value = status !== "solved" || near(r.objective, p.objective);
    const right = r.status === status && value && verify(program as Parameters<typeof solveQP>[0], r).ok;
    enter(name, `${p.id} (${r.status})`, right, r.status !== "stopped" && r.status !== "failed");
  };
  for (const p of given.lp) {
    const A = [...p.A_ub, ...p.A_eq];
    const sides = { l: [...p.b_ub.map(() => null), ...p.b_eq], u: [...p.b_ub, ...p.b_eq] };
    const program = { c: p.c, A, ...sides, lower: p.lower, upper: p.upper };
    for (const method of ["interiorPoint", "simplex", "pdhg"] as const) {
      take(`lp ${method}`, p, program, solveLP(program, { method, tolerance: 1e-9 }));
    }
  }
  for (const p of given.qp) {
    const program = { P: p.P, q: p.q, A: p.A, l: p.l, u: p.u };
    for (const method of ["activeSet", "interiorPoint", "admm"] as const) {
      take(`qp ${method}`, p, program, solveQP(program, { method, tolerance: 1e-9 }));
    }
  }
  for (const { id, A, b, solutions } of given.lasso) {
    for (const { lambda_, x, objective } of solutions) {
      const r = lasso(A as unknown as number[][], b, lambda_);
      const same = x.every((v, j) => (v === 0 ? r.x[j] === 0 : near(r.x[j]!, v)));
      enter("lasso", `${id} ${lambda_}`, same && near(r.fun, objective), r.success);
    }
  }
  console.table(rows);
}

const on = new Set(parts.split(","));
const [scoreLp, scoreQp] = [await judge("lp-score"), await judge("qp-score")];
console.log(`load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
for (const method of ["interiorPoint", "simplex", "pdhg"] as const) {
  if (on.has(method === "interiorPoint" ? "lp" : method))
    table(`LP ${method}`, lines("lp/netlib"), scoreLp, lp(method));
}
if (on.has("infeasible")) table("infeasible LP", lines("lp/netlib-infeasible"), scoreLp, lp("interiorPoint"));
if (on.has("qp")) table("QP interiorPoint", lines("qp/maros"), scoreQp, qp("interiorPoint"));
if (on.has("admm")) table("QP admm", lines("qp/maros"), scoreQp, qp("admm"));
if (on.has("small")) small();
console.log(`${lies} wrong claims`);
process.exit(lies > 0 ? 1 : 0);
