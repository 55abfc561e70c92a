// The NIST problems of data/nist, and the measure of agreement with certified values.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface NistProblem {
  readonly name: string;
  readonly kind: "nonlinear" | "linear";
  readonly level: string;
  readonly model: string;
  readonly n: number;
  readonly m: number;
  readonly start1: number[] | null;
  readonly start2: number[] | null;
  readonly certified: number[];
  readonly certifiedStdev: number[];
  readonly certifiedRSS: number;
  readonly x: number[] | number[][];
  readonly y: number[];
}

const levels = ["lower", "average", "higher"];

export function readNist(folder: string): NistProblem[] {
  const problems = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as NistProblem);
  return problems.sort(
    (a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || a.name.localeCompare(b.name),
  );
}

/** Correct significant digits of the worst value: -log10 of the relative error, at most `cap`, at least 0. */
export function digits(values: ArrayLike<number>, certified: ArrayLike<number>, cap = 15): number {
  let worst = cap;
  for (let j = 0; j < certified.length; j++) {
    const truth = certified[j] as number;
    const error = Math.abs((values[j] as number) - truth) / (truth === 0 ? 1 : Math.abs(truth));
    const correct = error === 0 ? cap : -Math.log10(error);
    worst = Number.isNaN(correct) ? 0 : Math.min(worst, correct);
  }
  return Math.max(0, worst);
}
