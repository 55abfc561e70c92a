// Moré, Garbow and Hillstrom's problems as plain minimisation: f = r'r with gradient 2 J'r, from the standard starts.
import { expect, test } from "vitest";
import { minimize } from "../../src/index.js";
import { type MghProblem, mghProblems, reached } from "../least-squares/mgh-problems.js";

function objective({ n, m, residuals, jacobian }: MghProblem) {
  const r = new Float64Array(m);
  const J = new Float64Array(m * n);
  return (x: Float64Array, g: Float64Array): number => {
    residuals(x, r);
    jacobian(x, J);
    g.fill(0);
    let f = 0;
    for (let i = 0; i < m; i++) {
      const ri = r[i] as number;
      f += ri * ri;
      for (let j = 0; j < n; j++) g[j] = (g[j] as number) + 2 * ri * (J[i * n + j] as number);
    }
    return f;
  };
}

test.each([
  ["lbfgs", 23],
  ["bfgs", 24],
] as const)("%s reaches a known minimum of at least %i of the 26", (method, least) => {
  expect(mghProblems).toHaveLength(26);
  const missed = mghProblems.filter((problem) => {
    const { fun } = minimize({ funGrad: objective(problem) }, problem.x0, { method });
    return !reached(problem, fun);
  });
  console.log(
    `${method}: ${26 - missed.length} of 26; missed ${missed.map(({ id }) => id).join(", ") || "none"}`,
  );
  expect(26 - missed.length).toBeGreaterThanOrEqual(least);
});
