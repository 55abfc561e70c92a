// Files that are damaged, or say what no linear program can: each is refused with its place. What each line of these tables holds was
// read as a program once.

import { describe, expect, test } from "vitest";
import { readLP, readMPS, readQPS, solveLP } from "../../src/index.js";

const refused = (read: () => unknown, line: number, column: number, message: string) =>
  expect(read).toThrow(
    expect.objectContaining({
      code: "PARSE",
      message: expect.stringContaining(message),
      details: { line, column },
    }),
  );

/** Rows c1 and what follows them, from line 5 on. */
const lp = (rest: string, end = "end") => `min\n obj: x + y\nst\n c1: x + y <= 4\n${rest}${end}`;

describe("LP files", () => {
  test.each([
    ["no End", lp("", ""), 5, 1, "ends without End"],
    ["an unknown section", lp("constraints\n z\n"), 5, 1, 'unknown section "constraints"'],
    ["a section of one word at the end", lp("c2:\n"), 6, 1, 'unknown section "end"'],
    ["a bound of an unknown variable", lp("bounds\n z <= 4\n"), 6, 2, 'no variable "z"'],
    ["an unknown free variable", lp("bounds\n z free\n"), 6, 2, 'no variable "z"'],
    ["an unknown integer", lp("general\n z\n"), 6, 2, 'no variable "z"'],
    ["a row twice", lp(" c1: x - y <= 3\n"), 5, 2, 'row "c1" stands here twice'],
    ["a row of nothing", lp(" c2: <= 3\n"), 5, 6, "expected variables on one side"],
    ["a row of a number", lp(" c2: 3 <= 3\n"), 5, 6, "expected variables on one side"],
    ["a relation with a blank", lp(" c2: x = < 3\n"), 5, 10, "expected a number"],
    ["a relation of two signs", lp(" c2: x == 3\n"), 5, 9, "expected a number"],
    ["a coefficient beyond all numbers", lp(" c2: 1e400 x <= 3\n"), 5, 6, "1e400 is too large"],
    ["a side beyond all numbers", lp(" c2: x <= 1e400\n"), 5, 11, "written inf"],
    ["an exponent of nothing", lp(" c2: 1e x <= 3\n"), 5, 9, 'expected + or - or a relation, got "x"'],
    ["a number of two points", lp(" c2: 1.2.3 x <= 3\n"), 5, 9, 'got ".3"'],
    ["two numbers", lp(" c2: 2 3 x <= 3\n"), 5, 8, 'got "3"'],
    ["two variables", lp(" c2: x y <= 3\n"), 5, 8, 'got "y"'],
    ["a product", lp(" c2: 2 * x <= 3\n"), 5, 8, 'got "*"'],
    ["an infinite coefficient", lp(" c2: inf x <= 3\n"), 5, 10, 'got "x"'],
    ["a word for no bound as a variable", lp(" c2: free + x <= 3\n"), 5, 6, '"free" is no name'],
    ["a side of no number", lp("bounds\n x >= inf\n"), 6, 2, "no number is at least Infinity"],
    ["sides that cross", lp(" r: 3 <= x <= 1\n"), 5, 5, "at least 3 and at most 1"],
    ["relations both ways", lp(" r: 3 <= x >= 1\n"), 5, 5, "both <= or both >="],
    ["an upper bound twice", lp("bounds\n x <= 4\n x <= 5\n"), 7, 2, 'upper bound of "x" stands here twice'],
    ["bounds that cross", lp("bounds\n x >= 4\n y <= 1\n x <= 3\n"), 8, 2, "contradict each other: 4 and 3"],
    ["constraints twice", lp("st\n c2: x <= 3\n"), 5, 1, "stand once"],
    ["constraints after bounds", "min\n x\nbounds\n x<=3\nst\n c: x>=1\nend", 5, 1, "before the bounds"],
    ["a number for a name", lp(" 3: x <= 1\n"), 5, 2, "expected the name of a row"],
    ["a decimal comma", lp(" c2: x <= 3,5\n"), 5, 12, 'unexpected ",5"'],
    ["a hexadecimal number", lp(" c2: x <= 0x1F\n"), 5, 12, 'unexpected "x1F"'],
    ["two names", lp(" a: b: x <= 1\n"), 5, 5, "expected a term"],
  ])("%s", (_, text, line, column, message) => {
    refused(() => readLP(text), line, column, message);
  });

  test("what other sections mean is said, and integers are relaxed aloud", () => {
    for (const section of [
      "semi-continuous\n x",
      "sos\n s1: x:1",
      "lazy constraints\n c2: x <= 1",
      "user cuts\n c2: x <= 1",
    ])
      expect(() => readLP(lp(`${section}\n`))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    expect(readLP(lp("")).warnings).toEqual([]);
    const p = readLP(lp("general\n x\nbinary\n y\n"));
    expect(p.warnings).toEqual(["2 variables are to be integer: read as real, as a relaxation"]);
    expect(solveLP(p).status).toBe("solved");
  });

  test("<, >, =<, =>, free and inf in any case are read", () => {
    const p = readLP(
      lp(" a: x < 3\n b: x > 1\n c: x =< 2\n d: x => 0\nbounds\n x FREE\n -INF <= y <= +Infinity\n"),
    );
    expect([...p.l]).toEqual([-Infinity, -Infinity, 1, -Infinity, 0]);
    expect([...p.u]).toEqual([4, 3, Infinity, 2, Infinity]);
    expect([...p.lower, ...p.upper]).toEqual([-Infinity, -Infinity, Infinity, Infinity]);
  });
});

/** From line 8 on RHS, then what follows. */
const mps = ({
  head = "",
  rows = " N c\n G r\n",
  columns = " x c 1 r 1\n y c 1 r 1\n",
  rhs = " R r 2\n",
  rest = "",
} = {}) => `NAME t\n${head}ROWS\n${rows}COLUMNS\n${columns}RHS\n${rhs}${rest}ENDATA\n`;

describe("MPS files", () => {
  test.each([
    ["a right-hand side twice", mps({ rhs: " R r 2\n R r 3\n" }), 10, 4, 'row "r" stands here twice'],
    ["two sets of right-hand sides", mps({ rhs: " R r 2\n S c 3\n" }), 10, 2, 'second set "S" beside "R"'],
    [
      "a bound twice",
      mps({ rest: "BOUNDS\n UP B x 3\n UP B x 4\n" }),
      12,
      2,
      'bound UP of "x" stands here twice',
    ],
    ["two sets of bounds", mps({ rest: "BOUNDS\n UP B x 3\n UP C y 4\n" }), 12, 5, 'second set "C"'],
    ["a range twice", mps({ rest: "RANGES\n R r 2\n R r 3\n" }), 12, 4, 'row "r" stands here twice'],
    ["a range of the objective", mps({ rest: "RANGES\n R c 2\n" }), 11, 4, "of type N and has no range"],
    ["a row twice", mps({ rows: " N c\n G r\n L r\n" }), 5, 4, 'row "r" stands here twice'],
    ["a column in two places", mps({ columns: " x c 1\n y c 1\n x r 1\n" }), 8, 2, "stands in two places"],
    ["an entry twice", mps({ columns: " x c 1 r 1\n x r 2\n" }), 7, 4, 'entry of row "r" stands here twice'],
    [
      "an entry of a second objective twice",
      mps({ rows: " N c\n N d\n G r\n", columns: " x d 1\n x d 2\n" }),
      8,
      4,
      'row "d"',
    ],
    ["an unknown section", mps({ rest: "CONES\n x\n" }), 10, 1, 'unknown section "CONES"'],
    ["a section twice", mps({ rest: "RHS\n R r 3\n" }), 10, 1, "section RHS stands here twice"],
    ["a bound of an unknown column", mps({ rest: "BOUNDS\n UP B z 3\n" }), 11, 7, 'no column "z"'],
    ["an unknown bound", mps({ rest: "BOUNDS\n XX B x 3\n" }), 11, 2, 'unknown bound "XX"'],
    ["a bound without a number", mps({ rest: "BOUNDS\n UP B x\n" }), 11, 8, "a number is missing"],
    [
      "bounds that cross",
      mps({ rest: "BOUNDS\n LO B x 3\n UP B x 1\n" }),
      12,
      2,
      "contradict each other: 3 and 1",
    ],
    [
      "a bound of no number",
      mps({ rest: "BOUNDS\n LO B x inf\n" }),
      11,
      2,
      "contradict each other: Infinity",
    ],
    ["no ENDATA", mps().replace("ENDATA\n", ""), 10, 1, "ends without ENDATA"],
    ["text after ENDATA", `${mps()}junk\n`, 11, 1, "nothing may follow ENDATA"],
    ["a number with more behind it", mps({ rhs: " R r 2abc\n" }), 9, 6, 'expected a number, got "2abc"'],
    ["a hexadecimal number", mps({ rhs: " R r 0x1F\n" }), 9, 6, 'got "0x1F"'],
    ["a number beyond all", mps({ rhs: " R r 1e999\n" }), 9, 6, "1e999 is too large"],
    ["an infinite coefficient", mps({ columns: " x c Infinity r 1\n" }), 6, 6, 'got "Infinity"'],
    ["an infinite right-hand side", mps({ rhs: " R r inf\n" }), 9, 6, 'got "inf"'],
    ["more after a row", mps({ rows: " N c more\n G r\n" }), 3, 6, 'unexpected "more"'],
    ["an entry of an unknown row", mps({ columns: " x c 1 q 1\n" }), 6, 8, 'no row "q"'],
    ["a name with a blank in free form", mps({ columns: " big x c 1\n" }), 6, 6, 'format: "fixed"'],
    [
      "integers without an end",
      mps({ columns: " M 'MARKER' 'INTORG'\n x c 1 r 1\n" }),
      8,
      1,
      "without its INTEND",
    ],
    [
      "an end of no integers",
      mps({ columns: " M 'MARKER' 'INTEND'\n x c 1\n" }),
      6,
      13,
      "without its INTORG",
    ],
    [
      "integers within integers",
      mps({ columns: " M 'MARKER' 'INTORG'\n N 'MARKER' 'INTORG'\n x c 1\n" }),
      7,
      13,
      "within integers",
    ],
    ["a sense that is none", mps({ head: "OBJSENSE\n UPWARDS\n" }), 3, 2, "must be MIN or MAX"],
    ["two senses", mps({ head: "OBJSENSE\n MAX\n MIN\n" }), 4, 2, "the sense stands here twice"],
    ["no sense", mps({ head: "OBJSENSE\n" }), 3, 1, "neither MIN nor MAX"],
    ["an unknown objective", mps({ head: "OBJNAME\n z\n" }), 13, 1, 'no row "z" of type N'],
    ["no objective", mps({ rows: " G r\n", columns: " x r 1\n" }), 9, 1, "no row of type N"],
    [
      "columns before rows",
      "NAME\nCOLUMNS\n x c 1\nROWS\n N c\nENDATA",
      2,
      1,
      "COLUMNS without ROWS before it",
    ],
    ["bounds before columns", "NAME\nROWS\n N c\nBOUNDS\n UP B x 1\nENDATA", 4, 1, "BOUNDS without COLUMNS"],
    ["nothing", "NAME\nENDATA\n", 2, 1, "ENDATA without COLUMNS"],
  ])("%s", (_, text, line, column, message) => {
    refused(() => readMPS(text), line, column, message);
  });

  test("fixed form: what stands between the fields is no part of one, a tab is no blank", () => {
    const fixed = (field: string) =>
      `NAME          T\nROWS\n N  COST\n G  R 1\nCOLUMNS\n    X 1       COST      ${field}\nENDATA\n`;
    expect([...readMPS(fixed("       2.5"), { format: "fixed" }).c]).toEqual([2.5]);
    refused(() => readMPS(fixed("  1234567890.5"), { format: "fixed" }), 6, 37, "outside the fields");
    refused(() => readMPS(fixed("\t2.5"), { format: "fixed" }), 6, 25, "a tab");
  });

  test("sections of other programs are said to be those", () => {
    for (const rest of [
      "BOUNDS\n SC B x 5\n",
      "SOS\n S1 s\n",
      "QCMATRIX r\n x x 1\n",
      "INDICATORS\n IF r x 1\n",
    ])
      expect(() => readMPS(mps({ rest }))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  test("integers are relaxed aloud; the right-hand side of the objective is minus its constant; infinite bounds", () => {
    const columns = " M 'MARKER' 'INTORG'\n x c 1 r 1\n M 'MARKER' 'INTEND'\n y c 1\n";
    const p = readMPS(
      mps({ columns, rhs: " R c -2 r 1\n", rest: "BOUNDS\n UP B x inf\n LO B y -Infinity\n" }),
    );
    expect(p).toMatchObject({ constant: 2, integer: [0] });
    expect(p.warnings).toEqual(["1 variable is to be integer: read as real, as a relaxation"]);
    expect([...p.lower, ...p.upper]).toEqual([0, -Infinity, Infinity, Infinity]);
    expect(solveLP({ ...p, lower: [0, 0] }).objective).toBeCloseTo(3, 8);
  });

  test("QPS: an entry of the quadratic part twice, in one triangle or in both", () => {
    const quadratic = (section: string, entries: string) =>
      `NAME\nROWS\n N c\nCOLUMNS\n x c 1\n y c 1\n${section}\n${entries}ENDATA\n`;
    expect([...readQPS(quadratic("QMATRIX", " x x 1\n x y 2\n y x 2\n")).P.toDense().data]).toEqual([
      1, 2, 2, 0,
    ]);
    refused(
      () => readQPS(quadratic("QUADOBJ", " x y 2\n y x 2\n")),
      9,
      2,
      'entry of "y" and "x" stands here twice',
    );
    refused(() => readQPS(quadratic("QMATRIX", " x x 2\n x x 2\n")), 9, 2, "stands here twice");
  });
});
