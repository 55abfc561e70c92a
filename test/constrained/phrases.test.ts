// What people write in programs beside formulas, in the texts of linear and of nonlinear ones: the same answer as by the usual
// signs, or an error that says where and what to do.
import { expect, test } from "vitest";
import { compileProgram, minimizeConstrained, model, solveLP } from "../../src/index.js";

test.each([
  "min 2x + y; x + y >= 3; x <= 2; y <= 2",
  "min 2x + y s.t. x + y >= 3; x <= 2; y <= 2",
  "minimize 2x + y\nsubject to\n  x + y => 3\n  x =< 2\n  y =< 2",
  "min: 2x + y\nsubject to: x + y >= 3 # the demand\nx <= 2\ny <= 2",
  "min 2x + y; such that x + y ≥ 3; x ≤ 2; y ≤ 2",
  "min 2x + y; st x + y >= 3; x <= 2; y <= 2",
])("a linear program: %s", (text) => {
  const answer = model(text).solve();
  expect(answer.values.x).toBeCloseTo(1, 7);
  expect(answer.values.y).toBeCloseTo(2, 7);
});

test.each([
  "min (x - 3)^2 + y^2; x*y >= 1; x <= 2",
  "min (x - 3)^2 + y^2 s.t. x*y => 1; x =< 2",
  "minimise (x - 3)^2 + y^2 subject to x*y ≥ 1; x ≤ 2",
  "min (x - 3)^2 + y^2;\n  st x*y >= 1; # below\n  x <= 2",
])("a nonlinear program: %s", (text) => {
  const answer = minimizeConstrained(compileProgram(text), { x: 1, y: 1 });
  expect(answer.success).toBe(true);
  // x = 2 binds, and y = 1/x.
  expect(answer.values?.x).toBeCloseTo(2, 7);
  expect(answer.values?.y).toBeCloseTo(0.5, 7);
});

test("a variable may be called st", () => {
  expect(model("min st; st >= 2").solve().values.st).toBeCloseTo(2, 7);
  expect(minimizeConstrained(compileProgram("min st^2; st - 1 >= 1"), { st: 3 }).values?.st).toBeCloseTo(
    2,
    7,
  );
});

test.each(["integer x", "int x, y", "binary x", "x integer", "x in Z"])(
  "whole numbers are refused with their place: %s",
  (wish) => {
    expect(() => model(`min x; x >= 1.5;\n  ${wish}`)).toThrow(
      expect.objectContaining({
        code: "PARSE",
        message: expect.stringMatching(/^model: line 2, column 3: whole numbers/),
        hint: expect.stringMatching(/minimizeGlobal/),
      }),
    );
    expect(() => compileProgram(`min x^2; x >= 1.5; ${wish}`)).toThrow(
      expect.objectContaining({ code: "EXPRESSION", details: expect.objectContaining({ position: 19 }) }),
    );
  },
);

test("a program by hand with sense or integer is refused: neither would be heard", () => {
  const program = { c: [1], lower: [0], upper: [1.5] };
  expect(() => solveLP({ ...program, sense: "max" })).toThrow(
    expect.objectContaining({ code: "OPTION", hint: expect.stringMatching(/negate the objective/) }),
  );
  expect(() => solveLP({ ...program, integer: [0] })).toThrow(
    expect.objectContaining({ code: "OPTION", message: expect.stringMatching(/whole numbers/) }),
  );
  expect(solveLP({ ...program, sense: "min" }).x[0]).toBeCloseTo(0, 7);
});
