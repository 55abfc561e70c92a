// What callers get wrong: each is refused with what came and what was expected, where it was taken for something else once.

import { describe, expect, test } from "vitest";
import {
  admm,
  augmentedLagrangian,
  chambollePock,
  interiorPoint,
  minimizeConstrained,
  model,
  pdhg,
  project,
  prox,
  proximalGradient,
  qpSession,
  simplex,
  solveLP,
  solveQP,
  sqp,
  verify,
} from "../../src/index.js";

const refusal = (code: string, message: string | RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe("a session used within its own solve", () => {
  const problem = { P: [[4, 1], [1, 2]], q: [1, 1], A: [[1, 1]], l: [1] }; // biome-ignore format: small
  test.each(["solve", "update", "dispose"] as const)("%s is REENTRANT, and the session goes on", (what) => {
    let within: unknown;
    const session = qpSession(problem, {
      onIteration: () => {
        within ??= session;
        const call = () => (what === "update" ? session.update({ q: [5, 5] }) : session[what]());
        expect(call).toThrow(refusal("REENTRANT", `qpSession.${what} was called while`));
      },
    });
    expect(session.solve().status).toBe("solved");
    expect(within).toBe(session);
    expect(session.update({ q: [2, 2] }).solve().status).toBe("solved");
    session.dispose();
    // What it throws comes out, and lets go of the session.
    const throwing = qpSession(problem, {
      onIteration: () => {
        throw new RangeError("mine");
      },
    });
    expect(() => throwing.solve()).toThrow("mine");
    expect(() => throwing.solve()).toThrow("mine");
    throwing.dispose();
  });
});

describe("operators and projections", () => {
  const operators = [
    prox.zero(),
    prox.l1(1),
    prox.l2(1),
    prox.linf(1),
    prox.squared(1),
    prox.elastic(1, 0.5),
    prox.groupL2(1, 1),
    prox.totalVariation(1),
    prox.nuclear(1, 2, 1),
    project.box(0, 1),
    project.nonnegative(),
    project.simplex(),
    project.l1Ball(),
    project.l2Ball(),
    project.linfBall(),
    project.secondOrderCone(),
    project.halfspace([1, 1], 1),
    project.affine([[1, 1]], [1]),
  ];
  test.each(operators.map((o) => [o.name, o] as const))("%s", (name, { prox: step }) => {
    const own = new RegExp(`^(prox|project)\\.${name}: v`);
    for (const v of [Number.NaN, Infinity])
      expect(() => step([1, v])).toThrow(refusal("NON_FINITE_INPUT", /v\[1\] is/));
    for (const v of ["ab", 5, undefined, null]) expect(() => step(v as never)).toThrow(refusal("SHAPE", own));
    for (const t of [0, -1, Number.NaN])
      expect(() => step([1, 2], t)).toThrow(refusal("OPTION", "t must be"));
    expect(() => step([1, 2], 1, new Float64Array(1))).toThrow(refusal("SHAPE", "out has length 1"));
  });

  test("lengths, and sets of no point", () => {
    for (const o of [project.box([0, 0], [1, 1]), prox.squared(1, [1, 2]), prox.nuclear(1, 2), project.affine([[1, 1]], [1]), project.halfspace([1, 1], 1)]) // biome-ignore format: one list
      expect(() => o.prox([1, 2, 3])).toThrow(refusal("SHAPE", "v has length 3, expected 2"));
    for (const o of [project.simplex(), project.secondOrderCone()])
      expect(() => o.project([])).toThrow(refusal("SHAPE", "v has length 0"));
    expect(() => project.halfspace([0, 0], -1)).toThrow(refusal("OPTION", "no point"));
    expect([...project.halfspace([0, 0], 0).project([3, 4])]).toEqual([3, 4]);
    expect(() => project.simplex().project("ab" as never)).toThrow("project.simplex: v");
  });
});

describe("splitting methods", () => {
  const f = { A: [[1, 3], [2, 1], [3, 2]], b: [2, 1, 5] }; // biome-ignore format: small
  const l1 = prox.l1(1);
  const fun = (x: ArrayLike<number>) => (x[0]! - 1) ** 2;
  type Any = (o: never) => unknown;
  test.each([
    [
      "x0 of another length",
      proximalGradient,
      { f, g: l1, x0: [0] },
      "SHAPE",
      "x0 has length 1, f.A has 2 columns",
    ],
    ["x0 of no number", proximalGradient, { f, g: l1, x0: [0, Number.NaN] }, "NON_FINITE_INPUT", /x0\[1\]/],
    [
      "b of another length",
      proximalGradient,
      { f: { ...f, b: [1] }, g: l1, x0: [0, 0] },
      "SHAPE",
      "f.b has length 1",
    ],
    [
      "an operator without a value",
      proximalGradient,
      { f, g: { prox: () => undefined }, x0: [0, 0] },
      "OPTION",
      "and value",
    ],
    [
      "a function for an operator",
      proximalGradient,
      { f, g: () => undefined, x0: [0, 0] },
      "OPTION",
      "got function",
    ],
    [
      "a gradient that is returned",
      proximalGradient,
      { f: { fun, grad: () => [1] }, g: l1, x0: [3] },
      "CALLBACK_RESULT",
      "grad must fill its last argument",
    ],
    [
      "a gradient that is not written",
      proximalGradient,
      { f: { fun, grad: () => undefined }, g: l1, x0: [3] },
      "CALLBACK_RESULT",
      "grad left number 0",
    ],
    [
      "a value that is none",
      proximalGradient,
      {
        f: { fun: () => "a", grad: (_: unknown, o: Float64Array) => o.fill(0) && undefined },
        g: l1,
        x0: [3],
      },
      "CALLBACK_RESULT",
      "must return a number",
    ],
    [
      "an operator that returns",
      admm,
      { proxF: { prox: () => [1, 2], value: () => 0 }, proxG: l1, x0: [0, 0] },
      "CALLBACK_RESULT",
      "proxF.prox must fill",
    ],
    [
      "an operator that promises",
      admm,
      { proxF: { prox: async () => undefined, value: () => 0 }, proxG: l1, x0: [0, 0] },
      "CALLBACK_RESULT",
      "at once",
    ],
    [
      "an operator whose value is none",
      admm,
      {
        proxF: { prox: (v: Float64Array, _: number, o: Float64Array) => o.set(v), value: () => "q" },
        proxG: l1,
        x0: [0, 0],
      },
      "CALLBACK_RESULT",
      "proxF.value must return a number",
    ],
    [
      "a step that writes nothing",
      admm,
      { proxF: () => undefined, proxG: l1, c: [0, 0] },
      "CALLBACK_RESULT",
      "proxF left number 0",
    ],
    [
      "a step that writes a part",
      admm,
      {
        proxF: (_: unknown, __: unknown, o: Float64Array) => {
          o[0] = 1;
        },
        proxG: l1,
        c: [0, 0],
      },
      "CALLBACK_RESULT",
      "proxF left number 1",
    ],
    [
      "x0 of another length",
      admm,
      { proxF: l1, proxG: l1, A: [[1, 2]], x0: [0] },
      "SHAPE",
      "x0 has length 1, expected 2",
    ],
    [
      "sets of other lengths",
      chambollePock,
      { K: [[1, 2]], proxF: project.box([2, 3], [2, 3]), proxG: l1 },
      "SHAPE",
      "v has length 1, expected 2",
    ],
    [
      "x0 of another length",
      chambollePock,
      { K: [[1, 2]], proxF: l1, proxG: l1, x0: [1] },
      "SHAPE",
      "x0 has length 1",
    ],
    [
      "an operator that writes nothing",
      chambollePock,
      { K: [[1, 2]], proxF: { prox: () => undefined, value: () => 0 }, proxG: l1 },
      "CALLBACK_RESULT",
      "proxF.prox left number 0",
    ],
  ] as [string, Any, object, string, string | RegExp][])("%s", (_, solver, problem, code, message) => {
    // biome-ignore format: one table
    expect(() => solver(problem as never)).toThrow(refusal(code, message));
  });

  test("what is not finite on the way is a result, also of operators that refuse it from callers", () => {
    const nan = (_: unknown, __: unknown, out: Float64Array) => {
      out.fill(Number.NaN);
    };
    expect(admm({ proxF: nan, proxG: l1, c: [0, 0] })).toMatchObject({
      status: "failed",
      reason: "nonFinite",
    });
    const grad = (_: unknown, out: Float64Array) => {
      out.fill(Number.NaN);
    };
    expect(proximalGradient({ f: { fun, grad }, g: l1, x0: [3] })).toMatchObject({ reason: "nonFinite" });
    // An operator of one's own may give its last argument back.
    const own = { name: "own", value: () => 0, prox: (v: ArrayLike<number>, _?: number, out = new Float64Array(v.length)) => { out.set(v); return out; } }; // biome-ignore format: small
    expect(proximalGradient({ f, g: own, x0: [0, 0] }).status).toBe("converged");
  });
});

describe("texts of models", () => {
  test.each([
    ["min 1e400 x", 5, "1e400 is too large"],
    ["min x; x >= 1e400", 13, "1e400 is too large"],
    ["min x y", 7, 'got "y"'],
    ["min sin(x)", 8, 'unknown function "sin"'],
    ["min x; c x >= 1", 10, 'got "x"'],
    ["min x; x >= -inf", 14, "left out"],
    ["min x; 1 <= x <= 0", 8, "at least 1 and at most 0"],
    ["min x;   c: 1 <= x + y <= 0", 10, "at least 1 and at most 0"],
    ["min x; x >= 3; x <= 1", 16, "no value of x is left: it is at least 3 and at most 1"],
    ["min x; 1 >= 3", 8, "does not hold"],
    ["min x; c: x^2 >= 1", 8, "constraints must be linear"],
    ["min x; min y", 8, "there are two objectives"],
  ])("%s", (text, column, message) => {
    expect(() => model(text)).toThrow(
      expect.objectContaining({
        code: "PARSE",
        message: expect.stringContaining(message),
        details: { line: 1, column },
      }),
    );
  });

  test("what is left of a product without a sign", () => {
    const m = model("min 2(x + y) + 3x2; x >= 1; y >= 2; x2 >= 1; 3 >= 1");
    expect(m.solve().objective).toBeCloseTo(9, 6);
  });

  type Builder = Parameters<Extract<Parameters<typeof model>[0], (b: never) => unknown>>[0];
  test.each([
    ["no name", (b: Builder) => b.variable(undefined as never), "name must be a name"],
    ["a name twice", (b: Builder) => b.variable(b.variable("x")), "stands already"],
    [
      "bounds that cross",
      (b: Builder) => b.variable("x", { lower: 3, upper: 1 }),
      "at most upper, which is 1",
    ],
    [
      "a bound that is none",
      (b: Builder) => b.variable("x", { lower: Number.NaN }),
      "lower must be a number",
    ],
    ["a text for terms", (b: Builder) => b.minimize("3x" as never), "coefficients by name"],
    ["no terms", (b: Builder) => b.minimize(null as never), "coefficients by name"],
    [
      "a coefficient that is none",
      (b: Builder) => b.minimize({ x: Number.NaN }),
      "x must be a finite coefficient",
    ],
    ["a constant that is none", (b: Builder) => b.minimize({ x: 1 }, Number.NaN), "constant must be"],
    ["two objectives", (b: Builder) => [b.minimize({ x: 1 }), b.maximize({ x: 1 })], "two objectives"],
    [
      "a row without terms",
      (b: Builder) => b.constraint("c", null as never, { lower: 1 }),
      "coefficients by name",
    ],
    ["a row without sides", (b: Builder) => b.constraint("c", { x: 1 }, {}), "lower or upper or both"],
    [
      "equal and a side",
      (b: Builder) => b.constraint("c", { x: 1 }, { equal: 1, lower: 0 }),
      "or equal alone",
    ],
    [
      "sides that cross",
      (b: Builder) => b.constraint("c", { x: 1 }, { lower: 2, upper: 1 }),
      "at most upper",
    ],
  ])("builder: %s", (_, build, message) => {
    expect(() => model((b) => void build(b))).toThrow(refusal("OPTION", message));
  });
});

describe("programs", () => {
  const I = [[1, 0], [0, 1]]; // biome-ignore format: small
  test.each([
    [
      "P that is not symmetric",
      {
        P: [
          [1, 2],
          [0, 1],
        ],
        q: [1, 1],
      },
      "NOT_SYMMETRIC",
      "P",
    ],
    ["l above u", { P: I, q: [1, 1], A: [[1, 1]], l: [2], u: [1] }, "OPTION", /l\[0\] is 2, above u\[0\]/],
    ["bounds that cross", { P: I, q: [1, 1], lower: [2, 0], upper: [1, 1] }, "OPTION", /lower\[0\] is 2/],
    [
      "NaN in P",
      {
        P: [
          [Number.NaN, 0],
          [0, 1],
        ],
        q: [1, 1],
      },
      "NON_FINITE_INPUT",
      "P",
    ],
    ["NaN in q", { P: I, q: [1, Number.NaN] }, "NON_FINITE_INPUT", /q\[1\]/],
    ["NaN in A", { P: I, q: [1, 1], A: [[1, Number.NaN]], l: [1] }, "NON_FINITE_INPUT", "A"],
    ["NaN in l", { P: I, q: [1, 1], A: [[1, 1]], l: [Number.NaN] }, "NON_FINITE_INPUT", /l\[0\]/],
    ["a lower side of no number", { P: I, q: [1, 1], A: [[1, 1]], l: [Infinity] }, "NON_FINITE_INPUT", "l"],
    ["A of other columns", { P: I, q: [1, 1], A: [[1, 1, 1]], l: [1] }, "SHAPE", "A has 3 columns"],
    ["l of another length", { P: I, q: [1, 1], A: [[1, 1]], l: [1, 2] }, "SHAPE", "l has length 2"],
    ["another library's names", { P: I, q: [1, 1], G: [[1, 1]], h: [1] }, "OPTION", '"G"'],
  ] as [string, never, string, string | RegExp][])("%s", (_, program, code, message) => {
    // biome-ignore format: one table
    expect(() => solveQP(program)).toThrow(refusal(code, message));
  });

  test("no rows, no variables, and neither", () => {
    for (const program of [
      { c: [1, 2], A: [], lower: [0, 0] },
      { c: [] },
      { c: [], A: [[], []], l: [0, -1], u: [0, 2] },
    ]) {
      const r = solveLP(program);
      expect(r.status).toBe("solved");
      expect(verify(program, r).ok).toBe(true);
    }
    expect(solveLP({ c: [], A: [[]], l: [1], u: [2] }).status).toBe("primalInfeasible");
    expect(solveQP({ P: [], q: [] }).status).toBe("solved");
  });
});

describe("methods of linear and quadratic programs, and their options", () => {
  const lp = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] }; // biome-ignore format: small
  const qp = { P: [[4, 1], [1, 2]], q: [1, 1], A: [[1, 1]], l: [1] }; // biome-ignore format: small
  test("interiorPoint() serves all three solvers, with the options of each", () => {
    for (const method of [interiorPoint(), interiorPoint({ presolve: false })]) {
      expect(solveLP(lp, { method })).toMatchObject({ status: "solved", method: "interiorPoint" });
      expect(solveQP(qp, { method })).toMatchObject({ status: "solved", method: "interiorPoint" });
    }
    expect(() => solveLP(lp, { method: interiorPoint({ barrier: 1 }) })).toThrow(
      refusal("OPTION", 'solveLP: interiorPoint has no option "barrier" here'),
    );
    expect(() => solveQP(qp, { method: interiorPoint({ hessian: "bfgs" }) })).toThrow(
      refusal("OPTION", "hessian"),
    );
    expect(() =>
      minimizeConstrained(([x]) => x! * x!, [1], { method: interiorPoint({ presolve: true }) }),
    ).toThrow(refusal("OPTION", 'minimizeConstrained: interiorPoint has no option "presolve" here'));
    expect(() => interiorPoint({ presolve: 1 as never })).toThrow(refusal("OPTION", "presolve"));
  });
  test.each([
    ["a method of the other solver", () => solveLP(lp, { method: "admm" as never }), "must be one of"],
    ["of nonlinear programs", () => solveLP(lp, { method: sqp() as never }), "got an object"],
    ["of nonlinear programs", () => solveQP(qp, { method: augmentedLagrangian() as never }), "got an object"],
    ["of linear ones", () => solveQP(qp, { method: simplex() as never }), "got an object"],
    ["of linear ones", () => solveQP(qp, { method: pdhg() as never }), "got an object"],
    ["an object of one's own", () => solveLP(lp, { method: { name: "simplex" } as never }), "got an object"],
    ["a function", () => solveLP(lp, { method: simplex as never }), "got a function"],
    ["a function", () => solveQP(qp, { method: admm as never }), "got a function"],
    ["a number", () => solveLP(lp, { method: 3 as never }), "method"],
    ["null", () => solveLP(lp, { method: null as never }), "method"],
    ["an option of the other", () => pdhg({ basis: 1 } as never), "basis"],
    ["an unknown option", () => simplex({ pricing: "dantzig" } as never), "pricing"],
    ["a presolve that is no boolean", () => simplex({ presolve: 1 as never }), "presolve"],
    ["a basis that is none", () => solveLP(lp, { method: simplex({ basis: 1 as never }) }), "basis"],
    ["a tolerance below 0", () => solveLP(lp, { method: "simplex", tolerance: -1 }), "tolerance"],
    ["a limit that is none", () => solveLP(lp, { method: "simplex", maxIterations: -1 }), "maxIterations"],
  ])("%s is refused", (_, call, message) => {
    let error: unknown;
    try {
      call();
    } catch (e) {
      error = e;
    }
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(["OPTION", "SHAPE"]).toContain((error as { code: string }).code);
  });
  test("a function says how it is meant", () => {
    expect(() => solveLP(lp, { method: simplex as never })).toThrow(
      expect.objectContaining({ hint: "call it: simplex()" }),
    );
    expect(() => solveQP(qp, { method: admm as never })).toThrow(
      expect.objectContaining({ hint: 'here it has no options: "admm"' }),
    );
  });
  test.each([
    ["no cost", {}],
    ["NaN in a cost", { ...lp, c: [Number.NaN, 1] }],
    ["a row too long", { ...lp, A: [[1, 0, 0], [0, 2], [3, 2]] }], // biome-ignore format: small
    ["a side too few", { ...lp, u: [4, 12] }],
    ["crossed sides", { ...lp, l: [5, 0, 0] }],
    ["crossed bounds", { ...lp, upper: [-1, 1] }],
    ["NaN in A", { ...lp, A: [[1, Number.NaN], [0, 2], [3, 2]] }], // biome-ignore format: small
    ["a word for a side", { ...lp, u: ["4", 12, 18] }],
  ])("simplex, pdhg and interiorPoint refuse %s alike", (_, given) => {
    const answers = (["simplex", "pdhg", "interiorPoint"] as const).map((method) => {
      try {
        solveLP(given as never, { method });
      } catch (e) {
        const { code, message } = e as { code: string; message: string };
        return `${code} ${message}`;
      }
      return "taken";
    });
    expect(answers[0]).toMatch(/^(SHAPE|OPTION|NON_FINITE_INPUT) solveLP/);
    expect(new Set(answers).size).toBe(1);
  });
});
