// The report of a fit: its values in a line, or lmfit's three blocks (statistics, variables, correlations) with stop measures.

import type { Block, Row } from "../driver/answer.js";
import { measureLines, type StopMeasure, short } from "../driver/report.js";
import type { FitFields, FitParam } from "./fit-result.js";

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

/** "a = 2 +/- 0.1, b = 3 +/- 0.2; R2 0.999, 12 evaluations" */
export function fitBrief(fit: FitFields): string {
  const values = Object.entries(fit.params).map(([name, p]) => {
    return p.stderr === null
      ? `${name} = ${short(p.value)}`
      : `${name} = ${shortTo(p.value, p.stderr, 6)} +/- ${short(p.stderr, 3)}`;
  });
  return `${values.join(", ")}; R2 ${known(fit.r2, 5)}, ${fit.nfev} evaluations`;
}

/** Constant data have no R-squared, as many parameters as points no variance. */
const known = (value: number, digits = 8): string =>
  Number.isNaN(value) ? "not known" : short(value, digits);

export function fitBlocks(
  fit: FitFields,
  measures: readonly StopMeasure[],
  level: number,
): readonly [Block, ...Block[]] {
  const rows: readonly Row[] = [
    ["evaluations", `${fit.nfev} of the function, ${fit.njev} of the Jacobian`],
    ["iterations", fit.nit],
    ["data points", fit.residuals.length],
    ["variables", fit.freeNames.length],
    ["degrees of freedom", fit.dof],
    ["chi-square (rss)", short(fit.rss, 8)],
    ["reduced chi-square", known(fit.redChi2)],
    ["residual std deviation", known(fit.residualStd)],
    ["Akaike info crit", known(fit.aic)],
    ["Bayesian info crit", known(fit.bic)],
    ["R-squared", known(fit.r2)],
    ["condition number", short(fit.conditionNumber, 4)],
  ];
  const width = Math.max(...Object.keys(fit.params).map((key) => key.length));
  const variables = Object.entries(fit.params).map(([name, p]) => variableLine(name, p, width, level));
  return [
    { title: "Fit Statistics", rows },
    { title: "Stop measures", lines: measureLines(measures) },
    { title: "Variables", lines: variables },
    ...correlationBlock(fit),
  ];
}

function variableLine(name: string, p: FitParam, width: number, level: number): string {
  const head = `    ${`${name}:`.padEnd(width + 1)} ${shortTo(p.value, p.stderr, 9)}`;
  if (p.fixed) return `${head} (fixed)`;
  const init = `(init = ${short(p.init)})${p.atBound ? " at its bound" : ""}`;
  if (p.stderr === null || p.ci === null) return `${head} +/- not known ${init}`;
  const relative = p.value === 0 ? "" : ` (${short(Math.abs((100 * p.stderr) / p.value), 3)} %)`;
  const interval = `[${shortTo(p.ci[0], p.stderr, 6)}, ${shortTo(p.ci[1], p.stderr, 6)}] at ${short(100 * level, 4)} %`;
  return `${head} +/- ${short(p.stderr, 6)}${relative} ${interval} ${init}`;
}

function correlationBlock({ correlation, freeNames }: FitFields): Block[] {
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
  return [
    {
      title: "Correlations",
      note: "below 0.1 not listed",
      rows: pairs.map(({ pair, c }) => [pair, c.toFixed(4)]),
    },
  ];
}
