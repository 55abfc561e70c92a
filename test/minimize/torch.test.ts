// PyTorch's LBFGS ends at the same values (test/reference-data/torch/lbfgs.json).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { minimize } from "../../src/index.js";
import { rosenbrock } from "../../src/testfunctions/index.js";

interface Run {
  problem: "rosenbrock2" | "quad10";
  options: { line_search_fn?: string; max_iter: number };
  steps: Record<string, { f: number }>;
}
const file = new URL("../reference-data/torch/lbfgs.json", import.meta.url);
const { problems, runs } = JSON.parse(readFileSync(file, "utf8")) as {
  problems: { quad10: { A: number[][]; b: number[]; x0: number[] } };
  runs: Run[];
};
const { A, b, x0 } = problems.quad10;
const quad10 = (x: Float64Array, g: Float64Array) => {
  let f = 0;
  for (let i = 0; i < 10; i++) {
    let row = 0;
    for (let j = 0; j < 10; j++) row += (A[i]?.[j] as number) * (x[j] as number);
    g[i] = row - (b[i] as number);
    f += (x[i] as number) * (0.5 * row - (b[i] as number));
  }
  return f;
};

// A single iteration a call without a line search creeps: those two runs have not arrived after 200 calls.
const arrived = runs.filter(
  ({ options }) => options.line_search_fn === "strong_wolfe" || options.max_iter === 20,
);

test.each(arrived)("$problem with $options", ({ problem, steps }) => {
  const theirs = Object.values(steps).at(-1)?.f as number;
  const { fun, grad } = rosenbrock();
  for (const method of ["lbfgs", "bfgs"] as const) {
    const ours =
      problem === "quad10"
        ? minimize({ funGrad: quad10 }, x0, { method })
        : minimize({ fun, grad }, rosenbrock().x0, { method });
    expect(Math.abs(ours.fun - theirs)).toBeLessThanOrEqual(1e-8);
  }
});
