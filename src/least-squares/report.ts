// Reports of a fit: one line, or lmfit's three blocks (statistics, variables, correlations) with stop measures.

import { measureBlock, type StopMeasure, short } from "../driver/report.js";
import type { Termination, Warning } from "../driver/types.js";
import type { FitStatistics } from "./statistics.js";

export interface ReportParam {
  readonly value: number;
  readonly stderr: number | null;
  readonly ci: readonly [number, number] | null;
  readonly init: number;
  readonly atBound: boolean;
  readonly fixed: boolean;
}

export interface ReportInput {
  readonly end: Termination;
  readonly message: string;
  readonly method: string;
  readonly variant: string;
  readonly nit: number;
  readonly nfev: number;
  readonly njev: number;
  readonly elapsedMs: number;
  readonly rss: number;
  readonly measures: readonly StopMeasure[];
  readonly warnings: readonly Warning[];
  readonly conditionNumber: number;
}

export function runLine(r: ReportInput): string {
  const outcome = `${r.end.status}/${r.end.reason}`;
  return `${r.method}: ${outcome}, ${r.nit} iterations, ${r.nfev} evaluations, rss ${short(r.rss)}, ${short(r.elapsedMs, 3)} ms`;
}

const line = (name: string, value: string | number): string => `    ${name.padEnd(24)} = ${value}`;

function warningBlock(warnings: readonly Warning[]): string[] {
  return warnings.length === 0
    ? []
    : ["[[Warnings]]", ...warnings.map(({ code, message }) => `    ${code}: ${message}`)];
}

function runBlock(r: ReportInput): string[] {
  return [
    line("method", `${r.method} (${r.variant})`),
    line("outcome", `${r.end.status}/${r.end.reason}`),
    line("message", r.message),
    line("evaluations", `${r.nfev} of the function, ${r.njev} of the Jacobian`),
    line("iterations", r.nit),
    line("elapsed", `${short(r.elapsedMs, 3)} ms`),
  ];
}

/** Report of leastSquares. */
export function solveReport(r: ReportInput, x: Float64Array): string {
  return [
    "[[Least squares]]",
    ...runBlock(r),
    line("rss", short(r.rss, 8)),
    line("condition number", short(r.conditionNumber, 4)),
    "[[Stop measures]]",
    measureBlock(r.measures),
    "[[Variables]]",
    ...Array.from(x, (value, j) => line(`x[${j}]`, short(value, 9))),
    ...warningBlock(r.warnings),
  ].join("\n");
}

export interface FitReportInput extends ReportInput {
  readonly m: number;
  readonly level: number;
  readonly statistics: FitStatistics;
  readonly params: Readonly<Record<string, ReportParam>>;
  readonly freeNames: readonly string[];
  readonly correlation: Float64Array | null;
}

/** Correlations below this are left out. */
const LEAST_CORRELATION = 0.1;

/** Decimal exponent of a number that is not 0. */
const exponent = (value: number): number => Number(value.toExponential().split("e")[1]);

/** At least `digits` digits, and as many as leave a hundredth of the standard error. */
function shortTo(value: number, error: number | null, digits: number): string {
  if (error === null || !(error > 0 && error < Infinity) || value === 0 || !Number.isFinite(value))
    return short(value, digits);
  return short(value, Math.min(17, Math.max(digits, exponent(value) - exponent(error) + 3)));
}

export function fitLine(r: FitReportInput): string {
  const values = Object.entries(r.params).map(([name, p]) => {
    return p.stderr === null
      ? `${name} = ${short(p.value)}`
      : `${name} = ${shortTo(p.value, p.stderr, 6)} +/- ${short(p.stderr, 3)}`;
  });
  return `${r.end.status}/${r.end.reason}: ${values.join(", ")}; R2 ${short(r.statistics.r2, 5)}, ${r.nfev} evaluations`;
}

export function fitReport(r: FitReportInput): string {
  const s = r.statistics;
  return [
    "[[Fit Statistics]]",
    ...runBlock(r),
    line("data points", r.m),
    line("variables", r.freeNames.length),
    line("degrees of freedom", s.dof),
    line("chi-square (rss)", short(s.rss, 8)),
    line("reduced chi-square", short(s.redChi2, 8)),
    line("residual std deviation", short(s.residualStd, 8)),
    line("Akaike info crit", short(s.aic, 8)),
    line("Bayesian info crit", short(s.bic, 8)),
    line("R-squared", short(s.r2, 8)),
    line("condition number", short(r.conditionNumber, 4)),
    "[[Stop measures]]",
    measureBlock(r.measures),
    "[[Variables]]",
    ...Object.entries(r.params).map(([name, p]) => variableLine(name, p, r)),
    ...correlationBlock(r),
    ...warningBlock(r.warnings),
  ].join("\n");
}

function variableLine(name: string, p: ReportParam, r: FitReportInput): string {
  const width = Math.max(...Object.keys(r.params).map((key) => key.length));
  const head = `    ${`${name}:`.padEnd(width + 1)} ${shortTo(p.value, p.stderr, 9)}`;
  if (p.fixed) return `${head} (fixed)`;
  const init = `(init = ${short(p.init)})${p.atBound ? " at its bound" : ""}`;
  if (p.stderr === null || p.ci === null) return `${head} +/- not known ${init}`;
  const relative = p.value === 0 ? "" : ` (${short(Math.abs((100 * p.stderr) / p.value), 3)} %)`;
  const interval = `[${shortTo(p.ci[0], p.stderr, 6)}, ${shortTo(p.ci[1], p.stderr, 6)}] at ${short(100 * r.level, 4)} %`;
  return `${head} +/- ${short(p.stderr, 6)}${relative} ${interval} ${init}`;
}

function correlationBlock({ correlation, freeNames }: FitReportInput): string[] {
  if (!correlation) return [];
  const n = freeNames.length;
  const pairs: { pair: string; c: number }[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const c = correlation[i * n + j]!;
      if (Math.abs(c) >= LEAST_CORRELATION) pairs.push({ pair: `C(${freeNames[i]}, ${freeNames[j]})`, c });
    }
  }
  if (pairs.length === 0) return [];
  pairs.sort((a, b) => Math.abs(b.c) - Math.abs(a.c));
  return ["[[Correlations]] (below 0.1 not listed)", ...pairs.map(({ pair, c }) => line(pair, c.toFixed(4)))];
}
