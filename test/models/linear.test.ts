// What is linear is read from the text: a text that jumps or bends with a parameter is not linear in it, though its second
// derivatives are 0 wherever they exist.
import { expect, test } from "vitest";
import { compileProgram, minimizeConstrained, verify } from "../../src/index.js";
import { parse } from "../../src/models/parse.js";
import { structureOf } from "../../src/models/structure.js";

const step = (x: number): number => (x >= 0 ? 1 : 0);

/** [a side that must not be taken for a linear row, the same in JavaScript]. */
const BENT: readonly (readonly [string, (x: number, y: number) => number])[] = [
  ["abs(x) + abs(y)", (x, y) => Math.abs(x) + Math.abs(y)],
  ["max(x, y)", (x, y) => Math.max(x, y)],
  ["min(x, 2 - y)", (x, y) => Math.min(x, 2 - y)],
  ["clamp(x, 0, 1) + y", (x, y) => Math.min(Math.max(x, 0), 1) + y],
  ["floor(x) + y", (x, y) => Math.floor(x) + y],
  ["x + 5*ceil(y)", (x, y) => x + 5 * Math.ceil(y)],
  ["round(x)", (x) => Math.floor(x + 0.5)],
  ["mod(x, 3) + y", (x, y) => x - 3 * Math.floor(x / 3) + y],
  ["2*x + step(y - 4)", (x, y) => 2 * x + step(y - 4)],
  ["x + y + 3*sign(y)", (x, y) => x + y + 3 * Math.sign(y)],
  ["x + (y > 4)*3", (x, y) => x + (y > 4 ? 3 : 0)],
  ["(x < 2 ? y : y + 3)", (x, y) => (x < 2 ? y : y + 3)],
  ["(x ? 1 : 2) + y", (x, y) => (x ? 1 : 2) + y],
  ["(not(x < 1)) + y", (x, y) => (x < 1 ? 0 : 1) + y],
];

test.each(BENT)("%s <= 3 is no linear row", (text, truth) => {
  const p = compileProgram(`min x + y; row: ${text} <= 3; -9 <= x <= 9; -9 <= y <= 9`);
  expect([p.linear, p.rowNames.inequality]).toEqual([undefined, ["row"]]);
  const out = new Float64Array(1);
  for (const [x, y] of [
    [0.3, 0.2],
    [-7.7, 5.2],
    [8.9, -0.4],
    [4.5, 4.25],
  ] as const) {
    p.inequality?.fun(Float64Array.of(x, y), out);
    expect(out[0]).toBeCloseTo(3 - truth(x, y), 12);
  }
  p.dispose();
});

test("products that cancel, and steps of numbers alone, leave a row linear", () => {
  const p = compileProgram(
    "min x^2 + y^2; r: (x + 1)^2 - x^2 + floor(2.5)*y >= 4; max(2, 1)*x + abs(-3)*y <= 8",
  );
  expect(p.inequality).toBeUndefined();
  expect(p.linear?.A).toMatchObject({ data: Float64Array.of(2, 2, 2, 3) });
  expect(p.linear?.l).toEqual([3, -Infinity]);
  p.dispose();
});

test.each([
  ["max x + y; abs(x) + abs(y) <= 1; -5 <= x <= 5; -5 <= y <= 5", 1],
  ["max x; abs(x - 3) <= 1; x <= 10", 4],
  ["max x; abs(x) <= 1", 1],
  ["max x; 2*x + step(x - 4) <= 9; 0 <= x <= 10", 4],
])("%s: %d", (text, best) => {
  const p = compileProgram(text);
  const r = minimizeConstrained(
    p,
    p.params.map(() => 0),
  );
  expect(r.fun).toBeCloseTo(best, 6);
  expect([r.success, verify(r, p).ok]).toEqual([true, true]);
  p.dispose();
});

test.each([
  ["a*x + b + floor(b)", ["a"]],
  ["a*x + b + step(b - x)", ["a"]],
  ["a*x + mod(b, 3)", ["a"]],
  ["a*max(x, c) + b", ["a", "b"]],
  ["a*x + (b > 1 ? b : b + 2)", ["a"]],
  ["(x > 1 ? a : b)*x + c", ["a", "b", "c"]],
])("%s is linear in %s", (text, names) => {
  const params = ["a", "b", "c"].filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const tree = parse(text, { variables: ["x"], params });
  const { linear } = structureOf(
    tree,
    params.map((_, i) => i),
  );
  expect(linear.map((i) => params[i])).toEqual(names);
});
