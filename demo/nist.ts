// The main job: fits every NIST problem from both certified starts, and says how many digits agree. Beside it
// the same fits by the plain-JavaScript twin of the solver, and the linear problems by QR.

import { readFileSync } from "node:fs";
import { styleText } from "node:util";
import { curveFit, leastSquares, lstsq } from "../src/index.js";
import { solve } from "../test/reference/least-squares/driver.js";
import { digits, type NistProblem, readNist } from "./nist-data.js";
import { blockModel } from "./nist-models.js";

const REPEATS = 9;
const live = process.stdout.isTTY === true;

const dim = (text: string): string => (live ? styleText("dim", text) : text);
const bold = (text: string): string => (live ? styleText("bold", text) : text);
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;

function progress(text: string): void {
  if (live) process.stdout.write(`\r\x1b[K${dim(text)}`);
}

function clearProgress(): void {
  if (live) process.stdout.write("\r\x1b[K");
}

interface Row {
  readonly problem: NistProblem;
  readonly start: 1 | 2;
  readonly digits: number;
  readonly errorDigits: number;
  readonly evaluations: number;
  readonly outcome: string;
  readonly converged: boolean;
  readonly micros: number;
  readonly twinDigits: number;
  readonly twinMicros: number;
}

/** Residuals and Jacobian of a problem as both solvers take them. */
function residualProblem(problem: NistProblem) {
  const x = Float64Array.from(problem.x as number[]);
  const { evaluate, jacobian } = blockModel(problem.name, problem.n);
  return {
    m: problem.m,
    n: problem.n,
    residuals: (p: Float64Array, out: Float64Array) => {
      evaluate(x, p, out);
      for (let i = 0; i < problem.m; i++) out[i] = (out[i] as number) - (problem.y[i] as number);
    },
    jacobian: (p: Float64Array, out: Float64Array) => {
      jacobian(x, p, out);
    },
  };
}

function fitOnce(problem: NistProblem, start: readonly number[]) {
  const names = problem.certified.map((_, j) => `b${j + 1}`);
  return curveFit({
    model: blockModel(problem.name, problem.n),
    x: problem.x as number[],
    y: problem.y,
    params: Object.fromEntries(names.map((name, j) => [name, start[j] as number])),
  });
}

/** Median microseconds of ours and of the twin, run in turn. */
function time(problem: NistProblem, start: readonly number[]): { ours: number; twin: number } {
  const p = residualProblem(problem);
  const ours: number[] = [];
  const twin: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const t0 = performance.now();
    leastSquares(p.residuals, p.m, start, { jacobian: p.jacobian });
    const t1 = performance.now();
    solve(p, start);
    ours.push((t1 - t0) * 1000);
    twin.push((performance.now() - t1) * 1000);
  }
  return { ours: median(ours), twin: median(twin) };
}

function runProblem(problem: NistProblem, start: 1 | 2): Row {
  const from = (start === 1 ? problem.start1 : problem.start2) as number[];
  const fit = fitOnce(problem, from);
  const params = Object.values(fit.params);
  const twin = solve(residualProblem(problem), from);
  const { ours, twin: twinMicros } = time(problem, from);
  const errors = params.map(({ stderr }) => stderr ?? Number.NaN);
  return {
    problem,
    start,
    digits: digits(
      params.map(({ value }) => value),
      problem.certified,
      11,
    ),
    errorDigits: digits(errors, problem.certifiedStdev, 11),
    evaluations: fit.nfev,
    outcome: `${fit.status}/${fit.reason}`,
    converged: fit.success,
    micros: ours,
    twinDigits: digits(twin.x, problem.certified, 11),
    twinMicros,
  };
}

const column = (value: string | number, width: number): string => String(value).padStart(width);

function nonlinear(problems: NistProblem[]): Row[] {
  console.log(bold("Nonlinear regression, analytic Jacobian, default options"));
  const head = `${"problem".padEnd(10)}${"level".padEnd(9)}start  digits  stderr  evals  ${"outcome".padEnd(20)}${column("µs", 8)}`;
  console.log(`${head}  | plain JS: digits${column("µs", 8)}`);
  const rows: Row[] = [];
  for (const problem of problems) {
    for (const start of [1, 2] as const) {
      progress(`fitting ${problem.name} from start ${start} (${rows.length + 1} of ${2 * problems.length})`);
      const row = runProblem(problem, start);
      rows.push(row);
      clearProgress();
      const left = `${problem.name.padEnd(10)}${problem.level.padEnd(9)}${column(start, 5)}${column(row.digits.toFixed(1), 8)}`;
      const middle = `${column(row.errorDigits.toFixed(1), 8)}${column(row.evaluations, 7)}  ${row.outcome.padEnd(20)}`;
      const right = `${column(row.micros.toFixed(0), 8)}  |${column(row.twinDigits.toFixed(1), 17)}${column(row.twinMicros.toFixed(0), 8)}`;
      console.log(left + middle + right);
    }
  }
  return rows;
}

function linear(problems: NistProblem[]): void {
  console.log(bold("\nLinear regression by QR (lstsq)"));
  console.log(`${"problem".padEnd(10)}${"level".padEnd(9)}${column("m x n", 8)}  digits  ${"model"}`);
  for (const problem of problems) {
    const { x } = lstsq(designMatrix(problem), problem.y);
    const agree = digits(x, problem.certified, 15).toFixed(1);
    const shown = problem.model.length > 48 ? `${problem.model.slice(0, 45)}...` : problem.model;
    console.log(
      `${problem.name.padEnd(10)}${problem.level.padEnd(9)}${column(`${problem.m} x ${problem.n}`, 8)}${column(agree, 8)}  ${shown}`,
    );
  }
}

/** Columns 1, x, x^2 ... of a polynomial (without 1 where the model has no constant), or 1, x1, x2 ... */
function designMatrix({ name, x, m, n }: NistProblem) {
  const data = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    const xi = x[i] as number | number[];
    let power = 1;
    for (let j = 0; j < n; j++) {
      if (Array.isArray(xi) && xi.length > 1) data[i * n + j] = j === 0 ? 1 : (xi[j - 1] as number);
      else {
        const value = Array.isArray(xi) ? (xi[0] as number) : xi;
        data[i * n + j] = name === "NoInt1" ? value : power;
        power *= value;
      }
    }
  }
  return { rows: m, cols: n, data };
}

function totals(rows: Row[]): void {
  const count = (test: (row: Row) => boolean) => rows.filter(test).length;
  const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const converged = count((row) => row.converged);
  const false4 = count((row) => row.converged && row.digits < 4);
  console.log(bold("\nTotals"));
  console.log(
    `  ${converged} of ${rows.length} converged; ${count((r) => r.digits >= 6)} with at least 6 digits, ${count((r) => r.digits >= 8)} with at least 8; ${false4} converged to a wrong answer`,
  );
  console.log(
    `  standard errors: at least ${Math.min(...rows.map((row) => row.errorDigits)).toFixed(1)} digits everywhere`,
  );
  const ours = sum((row) => row.micros);
  const twin = sum((row) => row.twinMicros);
  console.log(
    `  all fits: ${(ours / 1000).toFixed(2)} ms in WASM, ${(twin / 1000).toFixed(2)} ms by the plain-JavaScript twin of the solver (ratio ${(twin / ours).toFixed(2)})`,
  );
}

const problems = readNist("data/nist");
console.log(`NIST Statistical Reference Datasets, certified values; Node ${process.versions.node}\n`);
const rows = nonlinear(problems.filter(({ kind }) => kind === "nonlinear"));
linear(problems.filter(({ kind }) => kind === "linear"));
const example = problems.find(({ name }) => name === "Misra1a") as NistProblem;
console.log(bold(`\nOne fit in full: ${example.name}, ${example.model}`));
console.log(fitOnce(example, example.start2 as number[]).report());
totals(rows);
// What another demonstration before this one found.
const [, , summary] = process.argv;
if (summary) console.log(`  digits: ${readFileSync(summary, "utf8")}`);
