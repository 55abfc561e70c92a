// Tied parameters replaced by their expressions: the value is that of the text with the expressions written out.
import { expect, test } from "vitest";
import { modelEvaluator } from "../../src/models/evaluate.js";
import { parse, type Tree } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { substitute, tieOrder } from "../../src/models/substitute.js";
import { mathTable } from "./harness.js";

const names = { variables: ["x"], params: ["a", "b", "c", "d"] };

function valueAt(tree: Tree, x: number, p: number[]): number {
  const out = [0];
  modelEvaluator(program(tree, 1), mathTable).values(1, [x], 1, p, out);
  return out[0]!;
}

/** By substitution, at x = 3 with a = 5 and what is not tied = 7. */
function tied(model: string, given: Record<string, string>): { value: number; tree: Tree; order: string[] } {
  const ties = new Map(Object.entries(given).map(([name, text]) => [name, parse(text, names)]));
  const order = tieOrder("test", ties);
  const tree = substitute(parse(model, names), ties, order);
  const p = tree.params.map((name) => (name === "a" ? 5 : 7));
  return { value: valueAt(tree, 3, p), tree, order };
}

test.each([
  // The root is a tied parameter: the last that was appended, or one before it by one node or by more.
  ["b", { b: "2*a" }, 10],
  ["b", { b: "2*a", c: "a" }, 10],
  ["b", { b: "2*a", c: "a - 3" }, 10],
  ["b", { b: "a", c: "a*a" }, 5],
  ["c", { b: "2*a", c: "a - 3" }, 2],
  // Expressions in expressions, given in any order.
  ["d", { d: "b + c", c: "b*b", b: "a - 2" }, 12],
  ["d*x + b", { b: "a - 2", d: "2*b" }, 21],
  ["a > c ? -b : max(b, x, c)", { b: "2*a" }, 10],
  ["a < c ? -b : max(b, x, c)", { b: "2*a" }, -10],
  ["a*x + c", {}, 22],
] as [string, Record<string, string>, number][])("%s with %o is %d", (model, ties, want) => {
  const { value, tree } = tied(model, ties);
  expect(value).toBe(want);
  expect(tree.params).toEqual(names.params.filter((name) => !(name in ties)));
});

test("nothing is added where the root is the last node anyhow", () => {
  const { tree } = tied("b + a", { b: "2*a" });
  expect(tree.nodes.filter(({ kind }) => kind === "number").length).toBe(1);
  expect(tied("b", { b: "2*a" }).tree.nodes.length).toBe(3);
});

test("each tied name after those that it needs; a circle is named", () => {
  expect(tied("d", { d: "b + c", c: "b*b", b: "a" }).order).toEqual(["b", "c", "d"]);
  expect(() => tied("b", { b: "c", c: "d + 1", d: "2*c" })).toThrow("c -> d -> c");
});
