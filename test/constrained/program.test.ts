// compileProgram: what the text means, exact derivatives, names, and errors with their place.
import { expect, test } from "vitest";
import { compileProgram, DownhillError, minimizeConstrained } from "../../src/index.js";

const text = `
  # profit, in thousands
  max 5*a + 4*b - a*b/10;      // concave on the feasible set? no matter
  wood: 6*a + 4*b <= 24;
  hours: a + 2*b <= 6;
  curve: a^2 + b^2 >= 1;
  0 <= a <= 3.5; b >= 0
`;

test("linear rows, bounds and nonlinear rows are told apart", () => {
  const p = compileProgram(text);
  expect(p.params).toEqual(["a", "b"]);
  expect(p.maximize).toBe(true);
  expect(p.rowNames).toEqual({ equality: [], inequality: ["curve"], linear: ["wood", "hours"] });
  expect(Array.from(p.bounds.lower)).toEqual([0, 0]);
  expect(Array.from(p.bounds.upper)).toEqual([3.5, Infinity]);
  expect(p.linear).toEqual({
    A: { rows: 2, cols: 2, data: Float64Array.from([6, 4, 1, 2]) },
    l: [-Infinity, -Infinity],
    u: [24, 6],
  });
  p.dispose();
});

test("the answer comes by name, and a max gives the value that was written", () => {
  const r = minimizeConstrained(compileProgram("max 3*x + 2*y; cap: x + y <= 4; x >= 0; y >= 0; x <= 3"), {
    x: 1,
    y: 1,
  });
  expect(r.success).toBe(true);
  expect(r.fun).toBeCloseTo(11, 8);
  expect(r.values).toEqual({ x: expect.closeTo(3, 8), y: expect.closeTo(1, 8) });
  // One more unit of cap is worth 2.
  expect(r.shadowPrices).toEqual({ cap: expect.closeTo(2, 6) });
});

// Nearest to (3, 4), or farthest along, under one constraint whose number is K.
test.each([
  ["min (x-3)^2 + (y-4)^2", "x + y <= K", 4],
  ["min (x-3)^2 + (y-4)^2", "K >= x + y", 4],
  ["min (x-3)^2 + (y-4)^2", "K == x + y", 4],
  ["min (x-3)^2 + (y-4)^2", "x + y >= K", 9],
  ["min (x-3)^2 + (y-4)^2", "1 <= x + y <= K", 4],
  ["min (x-3)^2 + (y-4)^2", "K <= x + y <= 20", 9],
  ["min (x-3)^2 + (y-4)^2", "x <= K - y", 4],
  ["max -(x-3)^2 - (y-4)^2", "x + y <= K", 4],
  ["max -(x-3)^2 - (y-4)^2", "K <= x + y", 9],
  ["min (x-3)^2 + (y-4)^2", "x^2 + y^2 <= K", 4],
  ["min (x-3)^2 + (y-4)^2", "K >= x^2 + y^2", 4],
  ["min (x-3)^2 + (y-4)^2", "K = x^2 + y^2", 4],
  ["min (x-3)^2 + (y-4)^2", "1 <= x^2 + y^2 <= K", 4],
  ["min (x-3)^2 + (y-4)^2", "K <= x^2 + y^2 <= 99", 36],
  ["max -(x-3)^2 - (y-4)^2", "x^2 + y^2 <= K", 4],
  ["max -(x-3)^2 - (y-4)^2", "K <= x*y", 16],
])("%s; %s: the price is how fast the objective rises with K", (objective, constraint, K) => {
  const at = (v: number) =>
    minimizeConstrained(compileProgram(`${objective}; c: ${constraint.replace("K", String(v))}`), [1, 1.5]);
  const h = 1e-4;
  const r = at(K);
  expect(r.success).toBe(true);
  expect(r.shadowPrices?.c).toBeCloseTo((at(K + h).fun - at(K - h).fun) / (2 * h), 4);
  // Where the row is linear, the slope of x is by the side that was written.
  if (constraint.includes("^") || constraint.includes("*")) return;
  const slope = r.sensitivity().linear.data;
  expect(slope[0]).toBeCloseTo((at(K + h).x[0]! - at(K - h).x[0]!) / (2 * h), 4);
});

test("a max is watched as it is written", () => {
  const seen: number[] = [];
  const r = minimizeConstrained(compileProgram("max 5 - (x - 1)^2 - y^2; x + y <= 1; x*y >= -4"), [-3, 1], {
    onIteration: ({ fun }) => {
      seen.push(fun);
    },
    trace: true,
  });
  expect(r.success).toBe(true);
  expect(r.fun).toBeCloseTo(5, 8);
  expect(seen.at(-1)).toBe(r.fun);
  expect(r.trace?.map(({ fun }) => fun)).toEqual(seen);
  expect(r.maximize).toBe(true);
});

test("derivatives are exact", () => {
  const p = compileProgram("min exp(x)*sin(y) + x^3*y; x*y*y >= log(2 + x); x^2 + y^3 == 1", {
    params: ["x", "y"],
  });
  const x = Float64Array.of(0.7, 0.4);
  const g = new Float64Array(2);
  p.objective.grad?.(x, g);
  expect(g[0]).toBeCloseTo(Math.exp(0.7) * Math.sin(0.4) + 3 * 0.49 * 0.4, 12);
  expect(g[1]).toBeCloseTo(Math.exp(0.7) * Math.cos(0.4) + 0.343, 12);
  const J = new Float64Array(2);
  p.inequality?.jacobian?.(x, J);
  expect(J[0]).toBeCloseTo(0.16 - 1 / 2.7, 12);
  expect(J[1]).toBeCloseTo(0.56, 12);
  const H = new Float64Array(4);
  p.equality?.hess?.(x, Float64Array.of(2), H);
  expect(H[0]).toBe(4);
  expect(H[1]).toBeCloseTo(0, 12);
  expect(H[3]).toBeCloseTo(2 * 6 * 0.4, 12);
  p.inequality?.hess?.(x, Float64Array.of(1), H);
  expect(H[0]).toBeCloseTo(1 / (2.7 * 2.7), 12);
  expect(H[1]).toBeCloseTo(0.8, 12);
  expect(H[3]).toBeCloseTo(1.4, 12);
  p.objective.hess?.(x, H);
  expect(H[0]).toBeCloseTo(Math.exp(0.7) * Math.sin(0.4) + 6 * 0.7 * 0.4, 12);
  expect(p.objective.fun?.(x)).toBeCloseTo(Math.exp(0.7) * Math.sin(0.4) + 0.343 * 0.4, 12);
});

test("an equality of one variable fixes it; a named bound stays a row", () => {
  const p = compileProgram("min x^2 + y^2 + z^2; y = 2; floor: z >= 1; x + 1 >= 0.5*(2*x + 3) - 1");
  const r = minimizeConstrained(p, [1, 1, 1]);
  expect(r.values).toEqual({ x: expect.closeTo(0, 8), y: 2, z: expect.closeTo(1, 8) });
  expect(r.shadowPrices).toEqual({ floor: expect.closeTo(2, 6) });
});

const wrong: [string, string, string, number?][] = [
  ["min x^2; x >=", "the expression is empty", "EXPRESSION"],
  ["x >= 1", "no objective", "EXPRESSION", 0],
  ["min x; min y", "second objective", "EXPRESSION", 7],
  ["min x; x > 1", "strict >", "EXPRESSION", 9],
  ["min x; x + 1", "neither an objective nor a constraint", "EXPRESSION", 7],
  ["min x; 1 <= x <= 2 <= 3", "more than two relations", "EXPRESSION"],
  ["min x; x >= 2; x <= 1", "no value of x is left", "EXPRESSION"],
  ["min x; 2 <= 1", "does not hold", "EXPRESSION"],
  ["min 3", "no variables", "EXPRESSION"],
  ["min x +* 2", "expected a number", "EXPRESSION", 7],
  ["min x; foo(x) >= 1", "unknown function", "EXPRESSION", 7],
];
test.each(wrong)("%s", (source, words, code, position) => {
  let error: unknown;
  try {
    compileProgram(source);
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(DownhillError);
  expect((error as DownhillError).message).toContain(words);
  expect((error as DownhillError).code).toBe(code);
  if (position !== undefined) expect((error as DownhillError).details.position).toBe(position);
});

test("two constraints of one name are refused, one of two relations is not", () => {
  expect(() => compileProgram("min x^2; a: x >= 1;\na: x <= 3")).toThrow(
    expect.objectContaining({
      code: "EXPRESSION",
      message: expect.stringMatching(/two constraints are called "a"/),
    }),
  );
  compileProgram("min x^2; a: 1 <= x^2 <= 3; x >= 1; x <= 2").dispose();
});

test("names and starts are checked", () => {
  expect(() => compileProgram(3 as never)).toThrow(/string/);
  expect(() => compileProgram("min x", { params: "x" as never })).toThrow(/params/);
  expect(() => compileProgram("min x + y", { params: ["x"] })).toThrow(/unknown name "y"/);
  const p = compileProgram("min x^2 + y^2");
  expect(() => minimizeConstrained(p, [1])).toThrow(/length 1, expected 2/);
  expect(() => minimizeConstrained(p, { x: 1 } as never)).toThrow(/x0 has no value for "y"/);
  expect(() => minimizeConstrained(p, { x: 1, y: 2, z: 3 })).toThrow(/no variable "z"/);
  expect(() => minimizeConstrained(p, { x: 1, y: "2" } as never)).toThrow(/x0.y must be a number/);
  expect(() => compileProgram("min exo(x)")).toThrow(/did you mean "exp"/);
  expect(() => minimizeConstrained(p, [1, 1], { bounds: { lower: 0 } })).toThrow(/brings its own bounds/);
});

test("numbered variables come by their numbers, others as they occur", () => {
  expect(compileProgram("min x10*x2 + x1").params).toEqual(["x1", "x2", "x10"]);
  expect(compileProgram("min b*a + c1").params).toEqual(["b", "a", "c1"]);
});
