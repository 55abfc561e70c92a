// The 28 certified runs (14 nonlinear problems of NIST StRD from both starts) in the three forms that models
// have: block with Jacobian, block without, one point at a time.

import { fileURLToPath } from "node:url";
import { digits, type NistProblem, readNist } from "../../demo/nist-data.js";
import { blockModel, pointModel } from "../../demo/nist-models.js";
import { type CurveFitOptions, curveFit, type FitResult } from "../../src/index.js";

export { digits };

export const nonlinear: NistProblem[] = readNist(
  fileURLToPath(new URL("../../data/nist", import.meta.url)),
).filter(({ kind }) => kind === "nonlinear");

export type Form = "jacobian" | "block" | "point";
type Settings = Omit<CurveFitOptions<string>, "model" | "x" | "y" | "params">;

export interface Run {
  readonly problem: NistProblem;
  readonly label: string;
  readonly fit: FitResult;
  /** Correct digits of the worst parameter, and of the worst standard error (0 without a covariance). */
  readonly digits: number;
  readonly stderrDigits: number;
}

export const namesOf = ({ n }: NistProblem): string[] => Array.from({ length: n }, (_, j) => `b${j + 1}`);

export const startsOf = (problem: NistProblem): number[][] => [
  problem.start1 as number[],
  problem.start2 as number[],
];

export function fitNist(
  problem: NistProblem,
  start: readonly number[],
  form: Form,
  settings: Settings = {},
): FitResult {
  const names = namesOf(problem);
  const block = blockModel(problem.name, problem.n);
  const model =
    form === "point"
      ? pointModel(problem.name, names)
      : form === "block"
        ? { evaluate: block.evaluate }
        : block;
  return curveFit({
    ...settings,
    model,
    x: problem.x as number[],
    y: problem.y,
    params: Object.fromEntries(names.map((name, j) => [name, start[j] as number])),
  });
}

export function runNist(form: Form, settings: Settings = {}): Run[] {
  return nonlinear.flatMap((problem) =>
    startsOf(problem).map((start, s) => {
      const fit = fitNist(problem, start, form, settings);
      const params = Object.values(fit.params);
      const values = params.map(({ value }) => value);
      const errors = params.map(({ stderr }) => stderr ?? NaN);
      return {
        problem,
        label: `${problem.name} start ${s + 1}: ${fit.status}/${fit.reason}`,
        fit,
        digits: digits(values, problem.certified, 16),
        stderrDigits: digits(errors, problem.certifiedStdev, 16),
      };
    }),
  );
}

/** Labels of the runs that pass a test, so that a failing expectation names them. */
export const labels = (runs: readonly Run[], test: (run: Run) => boolean): string[] =>
  runs.filter(test).map((run) => `${run.label}, ${run.digits.toFixed(1)} digits`);
