// The counted table of claims: over NIST's problems from both starts and those of Moré, Garbow and Hillstrom from three, with exact
// Jacobians and with differences, no claim of convergence is wrong, and under 1 % of the right answers are called failed.
import { expect, test } from "vitest";
import { blockModel } from "../../demo/nist-models.js";
import { type LeastSquaresResult, leastSquares } from "../../src/index.js";
import { mghProblems, reached } from "./mgh-problems.js";
import { digits, nonlinear, startsOf } from "./nist-runs.js";

type Fill = (p: Float64Array, out: Float64Array) => void;
interface Problem {
  readonly label: string;
  readonly m: number;
  readonly start: readonly number[];
  readonly residuals: Fill;
  readonly jacobian: Fill;
  readonly right: (result: LeastSquaresResult) => boolean;
}

/** A minimum that is known and lies at a point, not at infinity; 0 to rounding, the residuals being of the size of 1. */
function near(problem: (typeof mghProblems)[number], rss: number): boolean {
  const minimum = reached(problem, rss);
  return minimum !== undefined && minimum.kind !== "limit" && (minimum.f > 0 || rss <= 1e-16);
}

function* problems(): Generator<Problem> {
  for (const problem of mghProblems)
    for (const [s, start] of problem.starts.entries())
      yield {
        label: `${problem.name} ${s}`,
        m: problem.m,
        start,
        residuals: (p, out) => problem.residuals(p, out),
        jacobian: (p, out) => problem.jacobian(p, out),
        right: ({ rss }) => near(problem, rss),
      };
  for (const problem of nonlinear) {
    const model = blockModel(problem.name, problem.n);
    const x = Float64Array.from(problem.x as number[]);
    for (const [s, start] of startsOf(problem).entries())
      yield {
        label: `${problem.name} ${s}`,
        m: problem.y.length,
        start,
        residuals: (p, out) => {
          model.evaluate(x as never, p, out);
          for (let i = 0; i < out.length; i++) out[i]! -= problem.y[i]!;
        },
        jacobian: (p, out) => model.jacobian!(x as never, p, out),
        right: (result) => digits(result.x, problem.certified) >= 4,
      };
  }
}

/** Largest cosine between the residuals and a column of the exact Jacobian, at the point that was returned. */
function cosine({ m, residuals, jacobian }: Problem, x: Float64Array): number {
  const n = x.length;
  const r = new Float64Array(m);
  const J = new Float64Array(m * n);
  residuals(x, r);
  jacobian(x, J);
  const size = Math.sqrt(r.reduce((sum, v) => sum + v * v, 0));
  let worst = 0;
  for (let j = 0; j < n; j++) {
    let [g, c] = [0, 0];
    for (let i = 0; i < m; i++) {
      g += J[i * n + j]! * r[i]!;
      c += J[i * n + j]! ** 2;
    }
    // A column that cannot change the residuals within the size of its variable is none.
    const alive = Math.sqrt(c) * Math.max(Math.abs(x[j]!), 1) > 1e-15 * size;
    if (alive && size > 0) worst = Math.max(worst, Math.abs(g) / (Math.sqrt(c) * size));
  }
  return worst;
}

test("exact and by differences", () => {
  const [exact, differences] = [count("exact"), count("differences")];
  expect([...exact.wrong, ...differences.wrong]).toEqual([]);
  expect(exact.right).toBeGreaterThanOrEqual(95);
  expect(differences.right).toBeGreaterThanOrEqual(89);
  const denied = [...exact.denied, ...differences.denied];
  expect(denied.length / (exact.right + differences.right), denied.join("; ")).toBeLessThan(0.01);
});

function count(form: "exact" | "differences") {
  const wrong: string[] = [];
  const denied: string[] = [];
  let right = 0;
  for (const problem of problems()) {
    const { label, m, start, residuals, jacobian } = problem;
    const result = leastSquares(residuals, m, start, form === "exact" ? { jacobian } : {});
    const ended = `${label}: ${result.status}/${result.reason} ${result.rss}`;
    const known = problem.right(result);
    if (known) right++;
    if (known && !result.success) denied.push(ended);
    // Residuals that are rounding errors have a direction that says nothing.
    const first = new Float64Array(m);
    residuals(Float64Array.from(start), first);
    const size = first.reduce((sum, v) => sum + v * v, 0);
    const still = result.rss <= 1e-20 * size || cosine(problem, result.x) <= 1e-5;
    if (result.success && !known && !still) wrong.push(ended);
  }
  return { wrong, denied, right };
}
