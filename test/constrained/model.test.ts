// Programs from text: the modelling layer, MPS and QPS files, and where a damaged text is refused.
import { describe, expect, test } from "vitest";
import { DownhillError, model, readMPS, readQPS, solveLP, solveQP } from "../../src/index.js";

function refused(run: () => unknown): { code: string; line: unknown; column: unknown; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError)
      return {
        code: error.code,
        line: error.details.line,
        column: error.details.column,
        message: error.message,
      };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("model", () => {
  test("a maximum with names, shadow prices and reduced costs", () => {
    const answer = model("max 3x + 5y; a: x <= 4; b: 2y <= 12; c: 3x + 2y <= 18; x >= 0; y >= 0").solve();
    expect(answer.success).toBe(true);
    expect(answer.objective).toBeCloseTo(36, 8);
    expect(answer.values.x).toBeCloseTo(2, 8);
    expect(answer.values.y).toBeCloseTo(6, 8);
    // Hillier and Lieberman's shadow prices of Wyndor Glass.
    expect(answer.shadowPrices.a).toBeCloseTo(0, 8);
    expect(answer.shadowPrices.b).toBeCloseTo(1.5, 8);
    expect(answer.shadowPrices.c).toBeCloseTo(1, 8);
  });

  test("the example of the contract, ranges, constants on both sides, implied products", () => {
    const a = model("min 3x + 2y; cap: x + y <= 4; x >= 0");
    expect(a.names).toEqual(["x", "y"]);
    expect(a.rowNames).toEqual(["cap"]);
    expect(a.solve().status).toBe("dualInfeasible");
    const b = model(
      "min 2(x - 1) + y/4 + 1\nband: -2 <= x - y + 1 <= 3 # kept apart\nx + 1 >= 2*3 - y\n0 <= y <= 2.5e0",
    );
    const answer = b.solve();
    expect(answer.objective).toBeCloseTo(3 + 2.5 / 4 + 1, 8);
    expect(answer.values.x).toBeCloseTo(2.5, 8);
    expect(answer.values.y).toBeCloseTo(2.5, 8);
    expect(b.program).toMatchObject({
      lower: [-Infinity, 0],
      upper: [Infinity, 2.5],
      rowNames: ["band", "row2"],
    });
    expect(Array.from(b.program.l as ArrayLike<number>)).toEqual([-3, 5]);
  });

  test("quadratic objectives", () => {
    const answer = model("min (x - 1)^2 + y^2 - x*y; x + y = 3").solve();
    // On y = 3 - x the derivative is 6x - 11.
    expect(answer.values.x).toBeCloseTo(11 / 6, 8);
    expect(answer.objective).toBeCloseTo(25 / 36 + 49 / 36 - 77 / 36, 8);
    expect(model("max -x^2 + 4x; x <= 10").solve().objective).toBeCloseTo(4, 8);
    expect(model("max x^2; x <= 1").solve().status).toBe("nonConvex");
  });

  test("deep nesting is refused before the stack ends", () => {
    for (const [open, close] of [
      ["(", ")"],
      ["-", ""],
    ] as const)
      expect(refused(() => model(`min ${open.repeat(20000)}x${close.repeat(20000)}; x >= 0`))).toMatchObject({
        code: "PARSE",
        message: expect.stringMatching(/nested deeper than 200 levels/),
      });
    expect(model(`min ${"(".repeat(150)}x${")".repeat(150)}; x >= 3`).solve().objective).toBeCloseTo(3, 6);
  });

  test("built by a function", () => {
    const m = model((b) => {
      const x = b.variable("x", { lower: 0 });
      const y = b.variable("y", { lower: 0, upper: 3 });
      b.maximize({ [x]: 1, [y]: 2 }, 10);
      b.constraint("sum", { [x]: 1, [y]: 1 }, { upper: 4 });
      b.constraint("ratio", { [x]: 1, [y]: -1 }, { equal: -1 });
    });
    const answer = m.solve();
    expect(answer.objective).toBeCloseTo(10 + 1.5 + 5, 8);
    expect(answer.values.x).toBeCloseTo(1.5, 8);
    expect(refused(() => model((b) => b.constraint("a", {}, { upper: 1 }))).code).toBe("PARSE");
    const twice = () =>
      model((b) => {
        b.constraint("a", {}, { upper: 1 });
        b.constraint("a", {}, { upper: 1 });
      });
    expect(refused(twice).code).toBe("OPTION");
    expect(refused(() => model(3 as never)).code).toBe("OPTION");
  });

  test.each([
    ["min x; x >", 1, 11, /number or a name/],
    ["min x;\n  x + y", 2, 8, /expected <=/],
    ["min x*y*z", 1, 10, /degree/],
    ["min x; x*y <= 1", 1, 8, /linear/],
    ["min x; a: x <= 1; a: x <= 2", 1, 19, /called "a"/],
    ["min x; max y", 1, 8, /two objectives/],
    ["x <= 1", 1, 1, /no objective/],
    ["min x; 1 <= x >= 2", 1, 8, /same direction/],
    ["min x; y <= x <= 2", 1, 8, /numbers/],
    ["min x $ 2", 1, 7, /unexpected "\$"/],
    ["min x/y", 1, 8, /numbers other than 0/],
    ["min x^3", 1, 7, /powers/],
    ["min (x", 1, 7, /expected \)/],
    ["min x 3", 1, 7, /unexpected "3"/],
    ["min x; x <= 1 )", 1, 15, /unexpected/],
  ])("%s is refused at line %i, column %i", (text, line, column, message) => {
    const e = refused(() => model(text));
    expect(e).toMatchObject({ code: "PARSE", line, column });
    expect(e.message).toMatch(message);
  });
});

const file = `* A file with everything.
NAME          EVERY
ROWS
 N  COST
 L  LIM1
 G  MYRANGE
 E  MYEQN
 N  SPARE
COLUMNS
    X         COST               1.0   LIM1               1.0
    X         MYRANGE            1.0   SPARE              7.0
    MARKER    'MARKER'                 'INTORG'
    Y         COST               2.0   LIM1               1.0
    Y         MYEQN             -1.0
    MARKER    'MARKER'                 'INTEND'
    Z         COST              -1.0   MYEQN              1.0
    W         COST              1.D0   MYRANGE            1.0
RHS
    RHS       COST             -10.0   LIM1               4.0
    RHS       MYRANGE            1.0   MYEQN              7.0
RANGES
    RNG       MYRANGE            2.5   LIM1               3.0
    RNG       MYEQN             -1.5
BOUNDS
 UP BND       X            4.0
 LO BND       Y           -1.0
 UP BND       Y            1.0
 MI BND       Z
 UP BND       Z           20.0
 UP BND       W           -2.0
ENDATA
`;

describe("readMPS", () => {
  test("every section, in both forms", () => {
    for (const format of ["free", "fixed"] as const) {
      const p = readMPS(file, { format });
      expect(p.name).toBe("EVERY");
      expect(p.names).toEqual(["X", "Y", "Z", "W"]);
      expect(p.rowNames).toEqual(["LIM1", "MYRANGE", "MYEQN"]);
      expect([...p.c]).toEqual([1, 2, -1, 1]);
      expect(p.constant).toBe(10);
      expect([...p.l]).toEqual([1, 1, 5.5]);
      expect([...p.u]).toEqual([4, 3.5, 7]);
      expect([...p.lower]).toEqual([0, -1, -Infinity, -Infinity]);
      expect([...p.upper]).toEqual([4, 1, 20, -2]);
      expect(p.integer).toEqual([1]);
      expect([...p.A.toDense().data]).toEqual([1, 1, 0, 0, 1, 0, 0, 1, 0, -1, 1, 0]);
      expect(solveLP(p).status).toBe("solved");
    }
  });

  test("names with blanks in fixed form, maxima, sets without a name", () => {
    const fixed =
      "NAME\nROWS\n N  MY COST\n L  ROW 1\nCOLUMNS\n    COL A     MY COST            1.0   ROW 1              2.0\nRHS\n    RHS       ROW 1              6.0\nBOUNDS\n UP BND       COL A              9.0\nENDATA\n";
    expect(readMPS(fixed, { format: "fixed" })).toMatchObject({ names: ["COL A"], rowNames: ["ROW 1"] });
    const free =
      "NAME t\nOBJSENSE MAX\nROWS\n N cost\n L cap\nCOLUMNS\n x cost 1 cap 2\nRHS\n cap 8\nBOUNDS\n FX x 3\n FR x\nENDATA";
    const p = readMPS(free);
    expect(p).toMatchObject({ sense: "max", names: ["x"] });
    expect([...p.c]).toEqual([-1]);
    expect([...p.u]).toEqual([8]);
    expect(p.lower[0]).toBe(-Infinity);
    expect(solveLP(p).objective).toBeCloseTo(-4, 8);
    expect(readMPS(free.replace("OBJSENSE MAX", "OBJSENSE\n  MAXIMIZE")).sense).toBe("max");
    expect(readMPS("OBJNAME\n b\nROWS\n N a\n N b\nCOLUMNS\n x a 1 b 2\nENDATA").c[0]).toBe(2);
    expect(readMPS("NAME\nROWS\n N a\nCOLUMNS\n x a 1\nBOUNDS\n BV BND x\n PL x\nENDATA").upper[0]).toBe(
      Infinity,
    );
  });

  test.each([
    ["NAME\nROWS\n X cost\nENDATA", 3, 2, /N, L, G or E/],
    ["NAME\nROWS\n N cost\nCOLUMNS\n x cost\nENDATA", 5, 3, /missing/],
    ["NAME\nROWS\n N cost\nCOLUMNS\n x cost 1x\nENDATA", 5, 9, /a number, got "1x"/],
    ["NAME\nROWS\n N cost\nCOLUMNS\n x cots 1\nENDATA", 5, 4, /no row "cots"/],
    ["NAME\nROWS\n N cost\nCOLUMNS\n x cost 1\n x cost 2\nENDATA", 6, 4, /twice/],
    ["NAME\nROWS\n N c\n N c\nENDATA", 4, 4, /twice/],
    ["NAME\nROWS\n N c\nCOLUMNS\n x c 1\n y c 1\n x c 2\nENDATA", 7, 2, /two places/],
    ["NAME\nROWS\n N c\nCOLUMNS\n x c 1\nBOUNDS\n XX BND x 1\nENDATA", 7, 2, /unknown bound/],
    ["NAME\nROWS\n N c\nCOLUMNS\n x c 1\nBOUNDS\n UP BND y 1\nENDATA", 7, 9, /no column "y"/],
    ["NAME\nROWS\n N c\nCOLUMNS\n x c 1\nBOUNDS\n UP BND x\nENDATA", 7, 10, /a number is missing/],
    ["NAME\nROW\n N c\nENDATA", 2, 1, /unknown section/],
    ["hello", 1, 1, /expected a section/],
    [" N c", 1, 1, /before the first section/],
    ["NAME\nROWS\n N c", 3, 1, /without ENDATA/],
    ["NAME\nROWS\n N\nENDATA", 3, 3, /no name/],
    ["NAME\n x\nENDATA", 2, 1, /has no data/],
    ["NAME\nOBJSENSE UP\nENDATA", 2, 10, /MIN or MAX/],
    ["NAME\nROWS\n N c\nCOLUMNS\n x 'MARKER' 'INT'\nENDATA", 5, 13, /INTORG/],
    ["NAME\nROWS\n N c\nCOLUMNS\nRHS\n r c\nENDATA", 6, 2, /no row "r"/],
  ])("damaged: %j at line %i, column %i", (text, line, column, message) => {
    const e = refused(() => readMPS(text));
    expect(e.message).toMatch(message);
    expect(e).toMatchObject({ code: "PARSE", line, column });
  });

  test("options and types", () => {
    expect(refused(() => readMPS(7 as never)).code).toBe("OPTION");
    expect(refused(() => readMPS(file, { form: "free" } as never)).code).toBe("OPTION");
  });
});

describe("readQPS", () => {
  const head = "NAME q\nROWS\n N f\n G r\nCOLUMNS\n x f -2 r 1\n y f -5 r 1\nRHS\n b r 1\n";
  test("one triangle, both triangles, and what only readQPS reads", () => {
    const half = `${head}QUADOBJ\n x x 2\n x y 1\n y y 4\nENDATA`;
    const both = `${head}QMATRIX\n x x 2\n x y 1\n y x 1\n y y 4\nENDATA`;
    const a = readQPS(half);
    expect([...a.P.toDense().data]).toEqual([2, 1, 1, 4]);
    expect(readQPS(both).P.toDense().data).toEqual(a.P.toDense().data);
    expect(solveQP(a).x[0]).toBeCloseTo(3 / 7, 8);
    expect(refused(() => readMPS(half)).code).toBe("UNSUPPORTED");
    expect(readQPS(head.concat("ENDATA")).P.nnz).toBe(0);
    expect(refused(() => readQPS(`${head}QUADOBJ\n x z 2\nENDATA`))).toMatchObject({
      code: "PARSE",
      line: 11,
      column: 4,
    });
  });

  test("is no bare program: a maximum would be answered as the minimum of its negative", () => {
    const made = model("max x; cap: x <= 4");
    for (const solve of [solveLP, solveQP])
      expect(() => solve(made as never)).toThrow(/got a model .*own solve\(\)/);
    expect(solveLP(made.program as never).objective).toBeCloseTo(-4, 9);
  });

  test("a builder that is asynchronous is refused, and its rejection ends nothing", async () => {
    const late = () => Promise.reject(new Error("late"));
    expect(() => model(late as never)).toThrow(expect.objectContaining({ code: "CALLBACK_RESULT" }));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

test.each([
  ["min 2x + y", "x + y >= 4", "4 <= x + y", 1],
  ["min 2x + y", "x + y = 4", "4 = x + y", 1],
  ["max x", "x + y <= 10", "10 >= x + y", 1],
])("%s: the price of %s is that of %s", (objective, one, other, price) => {
  for (const constraint of [one, other]) {
    const program = model(`${objective}; c: ${constraint}; x >= 0; y >= 0`);
    expect(program.solve().shadowPrices.c).toBeCloseTo(price, 8);
  }
});

test("an answer says of itself what other results do", () => {
  const best = model("max 3x + 5y; a: x <= 4; b: 2y <= 12; c: 3x + 2y <= 18; x >= 0; y >= 0").solve();
  expect(`${best}`).toMatch(/^interiorPoint: solved\/optimal, max = 36, x = 2, y = 6, /);
  expect(best.report()).toMatch(/\[\[Shadow prices\]\]\n.*a .*\n {4}b += 1\.5\n {4}c += 1/);
  expect(JSON.parse(JSON.stringify(best))).toMatchObject({
    kind: "model",
    sense: "max",
    result: { kind: "convexProgram", objective: -best.objective },
  });
  const none = model("min x; a: x <= 4; b: x >= 5; c: x >= -1").solve();
  expect(none).toMatchObject({
    success: false,
    conflict: ["a", "b"],
    message: "the constraints a, b contradict each other within the bounds",
  });
  expect(none.report()).not.toContain("Variables");
  expect(model("max x; a: y >= 1; b: y <= -1; x >= 0; y >= 0").solve().message).toBe(
    "the constraint b cannot be met within the bounds",
  );
  expect(model("max x; a: x >= 5").solve().message).toMatch(/^the objective rises without end/);
  expect(model("min x; a: x <= 5").solve().message).toMatch(/^the objective falls without end/);
  expect(model("max x^2; x <= 1").solve().message).toMatch(/must be concave/);
  expect(`${model("max a + b + c + d + e; a + b + c + d + e <= 1").solve()}`).toMatch(/d = .*, \.\.\., /);
});
