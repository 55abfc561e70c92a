// Words and tables of results: the message of a termination, and each stop measure with its tolerance.

import { checkKeys, choiceOption } from "../runtime/options.js";
import type { End } from "./task.js";
import type { Progress, Tolerances } from "./types.js";

/** At most `digits` significant digits, without trailing zeros. */
export function short(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}

export interface ReportOptions {
  /** "brief": one line. "full" (default): every block. */
  style?: "brief" | "full" | undefined;
}

/** `"brief"` stands for `{ style: "brief" }`. */
export type ReportStyle = "brief" | "full" | ReportOptions;

export function isBrief(given: ReportStyle): boolean {
  const options = typeof given === "string" ? { style: given } : given;
  checkKeys("report", options, ["style"]);
  return choiceOption("report", "style", options.style, ["brief", "full"], "full") === "brief";
}

/** A convergence test as the report prints it. */
export interface StopMeasure {
  readonly name: string;
  readonly value: number;
  readonly tolerance: number;
  readonly met: boolean;
  /** What is to be reached from below. */
  readonly above?: boolean;
}

const sides = ({ value, tolerance, met, above }: StopMeasure): string =>
  `${short(value, 4)} ${met ? "" : "not "}${above ? ">=" : "<="} ${short(tolerance, 4)}`;

/** The tests as they stand, for a report that outlives the run. */
export const standing = (
  measures: readonly { readonly name: string; readonly value: number; readonly tolerance: number }[],
): StopMeasure[] =>
  measures.map(({ name, value, tolerance }) => ({ name, value, tolerance, met: value <= tolerance }));

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
export const measureBlock = (measures: readonly StopMeasure[]): string => measureLines(measures).join("\n");

export function measureLines(measures: readonly StopMeasure[]): string[] {
  return measures.map((measure) => {
    const shown = measure.value === Infinity ? "not measured" : sides(measure);
    return `    ${measure.name.padEnd(10)} ${shown}`;
  });
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
  stalled: "no step makes progress, although no convergence test is met",
};

/**
 * How a run ended, in a sentence. `words` are the room's own for its reasons; `best` names what is returned where a limit ended
 * the run.
 */
export function describe(
  end: End,
  measures: readonly StopMeasure[],
  detail = "",
  words: Readonly<Record<string, string>> = failed,
  best = "the best point so far is returned",
): string {
  if (end.status === "stopped") return `${stopped[end.reason]}; ${best}`;
  if (end.status === "failed") return detail || words[end.reason] || failed[end.reason] || end.reason;
  const named = measures.filter(({ name }) => name === end.reason || name.endsWith(` ${end.reason}`));
  const measure = named.find(({ met }) => met) ?? named[0];
  if (!measure) return `${end.status}: ${words[end.reason] ?? end.reason}`;
  return `converged: ${measure.name} measure ${sides({ ...measure, met: true })}`;
}

/** Data only, typed arrays as arrays, all the way down. */
export function plain(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, v]) => typeof v !== "function");
  return Object.fromEntries(entries.map(([key, v]) => [key, plainValue(v)]));
}

function plainValue(value: unknown): unknown {
  // In an array the place stays, as JSON has it.
  if (typeof value === "function") return null;
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return Array.isArray(value) ? value.map(plainValue) : plain(value);
}
