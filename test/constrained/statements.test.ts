// Where a statement of a program's text ends: ";", a comma, its line; both kinds of texts have the same rule.

import { expect, test } from "vitest";
import { compileProgram, minimizeConstrained, model } from "../../src/index.js";

const both = (text: string): Record<string, number>[] => {
  const program = compileProgram(text);
  const values = minimizeConstrained(program, [1, 1]).values as Record<string, number>;
  program.dispose();
  return [model(text).solve().values, values];
};

// Each has its minimum at (0.5, 0.5).
test.each([
  "min x^2+y^2 s.t. x+y=1",
  "minimize x^2+y^2\nx+y=1",
  "minimize x^2\n + y^2\nx+y\n=1",
  "min x^2+y^2, c1: x+y>=1,\n",
  "min x^2+y^2\nc1: x+y>=1\n-x+y<=0.5\nx<=3",
  "min\n x^2 +\n y^2\nsubject to\n c1:\n x+y >=\n 1",
  "min x^2 + y^2\nx\n+ y >= 1",
  "min x^2 + y^2 subject to x + y >= 1, x <= 3, y <= 3",
])("%j", (text) => {
  for (const { x, y } of both(text)) {
    expect(x).toBeCloseTo(0.5, 7);
    expect(y).toBeCloseTo(0.5, 7);
  }
});

test.each(["max 3*x + 2,5*y; x<=1; y<=1", "min x + y; x >= 1,5; y>=0", "min x + y; x, y >= 0"])(
  "a comma that was meant otherwise: %j",
  (text) => {
    for (const read of [model, compileProgram])
      expect(() => read(text)).toThrow(/a comma ends a constraint: write x >= 0; y >= 0/);
  },
);

test("three relations in one statement", () => {
  expect(() => compileProgram("min x; x <= 1 y <= 2 z <= 3")).toThrow(
    /a constraint ends with its line, or with ;/,
  );
});

test("names are read as models read them: the index of a sum is none, infinity neither", () => {
  const program = compileProgram(
    "min sum(k, 1, 3, (x - k)^2); x <= 5; not(x < 1) >= 0; sum(k, 1, 2, k*y) == 6",
  );
  expect(program.params).toEqual(["x", "y"]);
  expect(minimizeConstrained(program, { x: 4, y: 0 }).values).toEqual({
    x: expect.closeTo(2, 7),
    y: expect.closeTo(2, 7),
  });
  program.dispose();
  for (const bad of ["min x^2; x >= -inf", "min x^2; x <= Infinity; x >= 1"])
    expect(() => compileProgram(bad)).toThrow(/a side that is infinite is left out at column/);
});
