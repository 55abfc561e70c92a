// Words and tables of results: the message of a termination, and each stop measure with its tolerance.

import { checkKeys, choiceOption } from "../runtime/options.js";
import type { Progress, Termination, Tolerances } from "./types.js";

/** At most `digits` significant digits, without trailing zeros. */
export function short(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}

export interface ReportOptions {
  /** "brief": one line. "full" (default): every block. */
  style?: "brief" | "full" | undefined;
}

export function isBrief(options: ReportOptions): boolean {
  checkKeys("report", options, ["style"]);
  return choiceOption("report", "style", options.style, ["brief", "full"], "full") === "brief";
}

export interface StopMeasure {
  readonly name: string;
  readonly value: number;
  readonly tolerance: number;
  readonly met: boolean;
}

export function stopMeasures(progress: Progress, tolerances: Tolerances): StopMeasure[] {
  const row = (name: string, value: number, tolerance: number) => ({
    name,
    value,
    tolerance,
    met: value <= tolerance,
  });
  const rows = [
    row("gradient", progress.gradient, tolerances.gradTol),
    row("fun", progress.decrease, tolerances.funTol),
    row("step", progress.step, tolerances.stepTol),
  ];
  return tolerances.target === -Infinity ? rows : [...rows, row("target", progress.fun, tolerances.target)];
}

/** The block `measure  value <= tolerance`, with "not <=" where it is not met. */
export function measureBlock(measures: readonly StopMeasure[]): string {
  return measures
    .map(({ name, value, tolerance, met }) => {
      const shown =
        value === Infinity
          ? "not measured"
          : `${short(value, 4)} ${met ? "<=" : "not <="} ${short(tolerance, 4)}`;
      return `    ${name.padEnd(10)} ${shown}`;
    })
    .join("\n");
}

const stopped: Record<string, string> = {
  maxIterations: "stopped at the limit maxIterations",
  maxEvaluations: "stopped before an evaluation beyond maxEvaluations",
  maxTime: "stopped at the limit maxTimeMs",
  callback: "stopped by onIteration, or by leaving the loop",
  abort: "stopped by the AbortSignal",
};

const failed: Record<string, string> = {
  nonFinite: "the function or its derivative is not finite where it is needed",
  lineSearch: "the line search found no lower point",
  singular: "the data do not determine every parameter",
  stalled: "no step makes progress, although no convergence test is met",
  diverging: "the function or its variables go beyond all bounds",
};

export function describe(end: Termination, measures: readonly StopMeasure[], detail = ""): string {
  if (end.status === "stopped") return `${stopped[end.reason]}; the best point so far is returned`;
  if (end.status === "failed") return detail || (failed[end.reason] as string);
  const measure = measures.find(({ name }) => name === end.reason);
  if (!measure) return `converged: ${end.reason}`;
  return `converged: ${end.reason} measure ${short(measure.value, 4)} <= ${short(measure.tolerance, 4)}`;
}

/** Data only, typed arrays as arrays, all the way down. */
export function plain(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, v]) => typeof v !== "function");
  return Object.fromEntries(entries.map(([key, v]) => [key, plainValue(v)]));
}

function plainValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Float64Array) return Array.from(value);
  return Array.isArray(value) ? value.map(plainValue) : plain(value);
}
