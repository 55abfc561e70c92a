// Hock and Schittkowski's problems by the three methods, from functions with exact first and second derivatives and from functions alone:
// how many reach a known solution (violation <= 1e-6 and f to 1e-5, and to 1e-8), how many claim something else, evaluations. The folder
// holds constrained.json and hs.json: { hs: [{ id, n, minimise, eq_zero, ineq_nonneg, lower, upper, x0, f_star, local_f? }] }, text in
// x1 ... xn. Ends with 1 where a claim is not so. Run:
// npx esbuild bench/nonlinear.check.ts --bundle --platform=node --format=esm --outfile=build/nonlinear.check.mjs
// && node build/nonlinear.check.mjs folder [sqp,interiorPoint,augmentedLagrangian] [exact,gradients,differences,text] [spread of starts]
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import {
  type ConstrainedResult,
  compileObjective,
  compileProgram,
  minimizeConstrained,
  verify,
} from "../src/index.js";

interface Problem {
  readonly id: string;
  readonly n: number;
  readonly minimise: string;
  readonly eq_zero: string[];
  readonly ineq_nonneg: string[];
  readonly lower?: (number | null)[];
  readonly upper?: (number | null)[];
  readonly x0: number[];
  readonly f_star: number;
  readonly local_f?: number[];
}
type Method = "sqp" | "interiorPoint" | "augmentedLagrangian";
type Vector = Float64Array;

const [
  folder = ".",
  methods = "sqp,interiorPoint,augmentedLagrangian",
  modes = "exact,differences",
  spread = "0",
] = process.argv.slice(2);
const problems: Problem[] = ["constrained", "hs"].flatMap(
  (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")).hs,
);
const ours = (text: string) => text.replace(/\bln\b/g, "log");

/** The problem as functions with the derivatives of `mode`. */
function functions(p: Problem, mode: string) {
  const { n } = p;
  const names = p.x0.map((_, j) => `x${j + 1}`);
  const compiled = (text: string) => compileObjective(ours(text), names);
  const F = compiled(p.minimise);
  const first = { fun: (x: Vector) => F.fun(x), grad: (x: Vector, out: Vector) => F.grad(x, out) };
  const f =
    mode === "differences"
      ? (x: Vector) => F.fun(x)
      : mode === "gradients"
        ? first
        : { ...first, hess: (x: Vector, out: Vector) => F.hess(x, out) };
  const group = (texts: readonly string[]) => {
    const C = texts.map(compiled);
    if (C.length === 0) return undefined;
    if (mode === "differences") return C.map((c) => (x: Vector) => c.fun(x));
    const H = new Float64Array(n * n);
    const derivatives = {
      count: C.length,
      fun: (x: Vector, out: Vector) => out.set(C.map((c) => c.fun(x))),
      jacobian: (x: Vector, out: Vector) => {
        C.forEach((c, i) => {
          c.grad(x, out.subarray(i * n, i * n + n));
        });
      },
    };
    if (mode === "gradients") return derivatives;
    return {
      ...derivatives,
      hess(x: Vector, weights: Vector, out: Vector) {
        out.fill(0);
        C.forEach((c, i) => {
          c.hess(x, H);
          for (let k = 0; k < n * n; k++) out[k]! += weights[i]! * H[k]!;
        });
      },
    };
  };
  const side = (v: readonly (number | null)[] | undefined, none: number) =>
    v ? v.map((s) => s ?? none) : p.x0.map(() => none);
  const bounds = {
    lower: side(p.lower, Number.NEGATIVE_INFINITY),
    upper: side(p.upper, Number.POSITIVE_INFINITY),
  };
  return { f, constraints: { equality: group(p.eq_zero), inequality: group(p.ineq_nonneg), bounds } };
}

const statements = (p: Problem) =>
  [
    `min ${p.minimise}`,
    ...p.eq_zero.map((e) => `${e} == 0`),
    ...p.ineq_nonneg.map((e) => `${e} >= 0`),
    ...(p.lower ?? []).flatMap((v, j) => (v === null ? [] : [`x${j + 1} >= ${v}`])),
    ...(p.upper ?? []).flatMap((v, j) => (v === null ? [] : [`x${j + 1} <= ${v}`])),
  ]
    .map(ours)
    .join("; ");

let seed = 12345;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
};

const rows: Record<string, object> = {};
let lies = 0;
for (const method of methods.split(",") as Method[]) {
  for (const mode of modes.split(",")) {
    let [five, eight, claims, verified] = [0, 0, 0, 0];
    const [wrong, counts]: [string[], number[]] = [[], []];
    for (const p of problems) {
      const x0 = p.x0.map((v) => v + Number(spread) * (2 * random() - 1) * Math.max(1, Math.abs(v)));
      let r: ConstrainedResult;
      let ok: boolean;
      if (mode === "text") {
        const program = compileProgram(statements(p), { params: p.x0.map((_, j) => `x${j + 1}`) });
        r = minimizeConstrained(program, x0, { method });
        ({ ok } = verify(r, program));
      } else {
        const { f, constraints } = functions(p, mode);
        r = minimizeConstrained(f, x0, { ...constraints, method });
        ({ ok } = verify(r, { f, ...constraints }));
      }
      const known = [p.f_star, ...(p.local_f ?? [])];
      const near = (t: number) => known.some((v) => Math.abs(r.fun - v) <= t * Math.max(1, Math.abs(v)));
      const solved = r.violation <= 1e-6 && near(1e-5);
      counts.push(r.nfev);
      if (solved) five++;
      if (r.violation <= 1e-8 && near(1e-8)) eight++;
      if (r.success) claims++;
      if (r.success && ok) verified++;
      // Another start may lead to another minimum, which verify then judges.
      const untrue = r.success && (Number(spread) > 0 ? !ok : !solved || !ok);
      if (untrue) wrong.push(`${p.id} f ${r.fun}`);
      if (!solved || untrue) {
        console.log(
          `  ${method} ${mode} ${p.id}: ${r.status}/${r.reason}, f ${r.fun} of ${p.f_star}, violation ${r.violation.toExponential(0)}`,
        );
      }
    }
    lies += wrong.length;
    counts.sort((a, b) => a - b);
    rows[`${method}, ${mode}`] = {
      problems: problems.length,
      "at 1e-5": five,
      "at 1e-8": eight,
      claims,
      verified,
      "wrong claims": wrong.length,
      "median evaluations": counts[counts.length >> 1],
    };
    for (const line of wrong) console.log(`  WRONG ${method} ${mode} ${line}`);
  }
}
console.log(`load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
console.table(rows);
process.exit(lies > 0 ? 1 : 0);
