// LP files: every section against the same program in MPS or by hand; damaged ones with line and column.

import { expect, test } from "vitest";
import { readLP, solveLP } from "../../src/index.js";

test("sections, ranges, bounds, comments, integers", () => {
  const p = readLP(`\\ a comment
Maximize
 obj: x1 + 2 x2 + 3 x3 - 1.5e0 x4 + 7 + 0 x5 + 0 x6 + 0 b
Subject To
 c1: - x1 + x2 + x3 + 10 x4 <= 20
 c2: x1 - 3 x2 + x3 <= 30 \\ another
 x2 - 3.5 x4 = 0
 range: -5 <= x1 - x3 <= 5
 c5: 2 >= x2
 twice: x1 + x1 + 3 >= 4
Bounds
 0 <= x1 <= 40
 2 <= x4 <= 3
 x3 free
 x2 >= -inf
 x5 = 2
 -infinity <= x6 <= 9
General
 x4
Binaries
 b
End
`);
  expect(p).toMatchObject({ sense: "max", constant: -7, integer: [3, 6] });
  expect(p.names).toEqual(["x1", "x2", "x3", "x4", "x5", "x6", "b"]);
  expect([...p.c]).toEqual([-1, -2, -3, 1.5, 0, 0, 0].map((v) => (v === 0 ? -0 : v)));
  expect(p.rowNames).toEqual(["c1", "c2", "R3", "range", "c5", "twice"]);
  expect([...p.l]).toEqual([-Infinity, -Infinity, 0, -5, -Infinity, 1]);
  expect([...p.u]).toEqual([20, 30, 0, 5, 2, Infinity]);
  expect([...p.lower]).toEqual([0, -Infinity, -Infinity, 2, 2, -Infinity, 0]);
  expect([...p.upper]).toEqual([40, Infinity, Infinity, 3, 2, 9, 1]);
  expect([...p.A.toDense().data.slice(0, 7)]).toEqual([-1, 1, 1, 10, 0, 0, 0]);
  expect(p.A.toDense().data[5 * 7]).toBe(2);
});

test("Wyndor Glass (Hillier and Lieberman) solves, in capitals and on few lines", () => {
  const p = readLP("MAX 3X + 5Y\nST X <= 4 C2: 2Y <= 12\n C3: 3X + 2Y <= 18\nEND");
  expect([...solveLP(p).x].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([2, 6]);
});

test.each([
  ["nonsense", 1, 1, "expected minimize or maximize"],
  ["min\n x +\nst\n x >= 1\nend", 3, 1, "expected a term"],
  ["min\n x\nst\n c: x + y\nend", 5, 1, "expected <=, >= or ="],
  ["min\n x\nst\n c: x >= y\nend", 4, 5, "expected variables on one side"],
  ["min\n x\nst\n c: x >= ^\nend", 4, 10, "expected a number"],
  ["min\n x\nbounds\n 2 x <= 1\nend", 4, 2, "a bound is of one variable"],
  ["min\n x\nmax\n y\nend", 3, 1, "a second objective"],
  ["min\n x\nend\n y", 4, 2, "nothing may follow end"],
  ["min\n x\ngeneral\n 3\nend", 4, 2, "expected a variable"],
  ["min\n x | y", 2, 4, 'unexpected "|"'],
])("damaged: %j", (text, line, column, message) => {
  expect(() => readLP(text)).toThrow(
    expect.objectContaining({
      code: "PARSE",
      message: expect.stringContaining(message),
      details: { line, column },
    }),
  );
});

test.each(["min\n [ x^2 ] / 2\nend", "min\n x\nst\n x >= 1\nsemi-continuous\n x\nend"])(
  "not read: %j",
  (text) => {
    expect(() => readLP(text)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  },
);
