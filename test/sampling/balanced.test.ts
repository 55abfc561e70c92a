// Balanced sums: the value and the gradient of the sums as they were written, with fewer additions one after the other.
import fc from "fast-check";
import { expect, test } from "vitest";
import { functionTable } from "../../src/models/elementary.js";
import { objectiveEvaluator } from "../../src/models/evaluate.js";
import type { GraphNode } from "../../src/models/graph.js";
import { parse } from "../../src/models/parse.js";
import { type Program, program } from "../../src/models/program.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { balanced } from "../../src/sampling/balanced.js";

const params = ["a", "b", "c", "d"];
const programOf = (text: string): Program => program(parse(text, { variables: [], params }), 1);

function evaluate(program: Program, x: readonly number[]): number[] {
  const g = new Float64Array(params.length);
  const evaluator = objectiveEvaluator(program, functionTable(defaultRuntime()));
  return [evaluator.gradient(1, new Float64Array(0), 1, x, g), ...g];
}

const height = (node: GraphNode): number => 1 + Math.max(0, ...node.args.map(height));

const term = fc.oneof(
  fc.constantFrom(...params),
  fc.tuple(fc.constantFrom(...params), fc.constantFrom(...params)).map(([p, q]) => `${p}*${q}`),
  fc.constantFrom("2.5", "exp(a)", "(a - b)^2", "(a + b + c - d + 3)*b", "log1p(c^2)"),
);
const sum = fc
  .array(fc.tuple(fc.constantFrom("+", "-"), term), { minLength: 1, maxLength: 14 })
  .map((terms) => terms.map(([sign, text]) => `${sign} ${text}`).join(" "));

test("the same value and gradient but for rounding", () => {
  const point = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(sum, point, (text, x) => {
      const plain = evaluate(programOf(`0 ${text}`), x);
      evaluate(balanced(programOf(`0 ${text}`)), x).forEach((value, k) => {
        // 14 terms of at most 60, each addition rounded: 14 * 14 * 60 * 2^-53 < 2e-12.
        expect(Math.abs(value - plain[k]!)).toBeLessThanOrEqual(2e-12);
      });
    }),
  );
});

test("32 terms wait for five additions, and their constants are one", () => {
  const text = Array.from({ length: 32 }, (_, i) => `(${params[i % 4]} - ${i})^2 - ${i}`).join(" + ");
  const before = programOf(text);
  const after = balanced(before);
  expect(height(before.value)).toBeGreaterThan(32);
  expect(height(after.value)).toBeLessThan(12);
  expect(evaluate(after, [1, 2, 3, 4])[0]).toBeCloseTo(evaluate(before, [1, 2, 3, 4])[0]!, 9);
});

test("what is needed elsewhere is computed once", () => {
  const shared = balanced(programOf("(a + b + c + d)^2 + exp(a + b + c + d) + (a - b)"));
  const seen = new Map<string, Set<GraphNode>>();
  const walk = (node: GraphNode): void => {
    const key = `${node.op} ${node.value} ${node.args.map(({ id }) => id)}`;
    seen.set(key, (seen.get(key) ?? new Set()).add(node));
    node.args.forEach(walk);
  };
  [shared.value, ...shared.first].forEach(walk);
  for (const [key, nodes] of seen) if (key.startsWith("exp")) expect(nodes.size).toBe(1);
});
