// Programs as text, from a builder and from files, and what is verified of any answer.
import { refusals, together } from "./several.js";

export const spoiled = (read, texts) => refusals(...texts.map((text) => () => read(text)));

function* models(d) {
  const texts = {
    works: "max 3x + 5y; a: x <= 4; b: 2y <= 12; c: 3x + 2y <= 18; x >= 0; y >= 0",
    quadratic: "min x^2 + y^2 - x*y - 4x + 3; x + y >= 1; 0 <= x <= 2",
    lines:
      "minimize\n 2 (x + 1) + 3y/2 - (y - x)*2\nsubject to\n x + y >= 2 # a row\n -1 <= x - y <= 1 // another\n x >= 0\n y <= 5",
    "double, turned": "max: x - y; 3 >= x + y >= 1; y >= -2; y <= 2",
    "a row of a number": "min x; 2x + 1 >= 3; 1 <= 2",
    "a constant": "max 7; x <= 1; x >= 0",
    "names with points": "min a.b + c[1] + _d; r.1: a.b + c[1] >= 1; a.b >= 0; c[1] >= 0; _d >= 0",
    cancelling: "min x + y - x; y >= 1; x - x + y <= 4; x >= 0; x <= 1",
    infeasible: "min x; a: x + y >= 3; b: x + y <= 1",
    unbounded: "max x + y; x - y == 1; x >= 0",
    "signs of all kinds": "min x + 2y; x + y ≥ 1; x ≤ 4; y => 0; x =< 3; x = 1",
    nonconvex: "max x^2 + y; x <= 1; x >= -1; y <= 1",
  };
  for (const [name, text] of Object.entries(texts))
    yield [
      `model ${name}`,
      () => {
        const m = d.model(text);
        const { result, ...said } = m.solve();
        return { ...together([result]), said, m };
      },
    ];
  yield [
    "model built",
    () => {
      const m = d.model((b) => {
        b.variable("x", { lower: 0, upper: 4 });
        b.variable("y", { lower: 0 });
        b.maximize({ x: 3, y: 5 }, 2);
        b.constraint("b", { y: 2 }, { upper: 12 });
        b.constraint("c", { x: 3, y: 2 }, { lower: -5, upper: 18 });
        b.constraint("d", { x: 1, y: -1 }, { equal: -2 });
      });
      return [m, m.solve(), m.solve({ method: "simplex" })];
    },
  ];
  yield [
    "models refused",
    () =>
      spoiled(d.model, [
        "x >= 1",
        "min x; min y",
        "min x*y*z",
        "min x^3",
        "min x; x*y >= 1",
        "min x; 1 <= x >= 0",
        "min x; x >= 2; x <= 1",
        "min x; 1 >= 2",
        "min x; a: x + y >= 1; a: x >= 0",
        "min x; x >= ",
        "min x y",
        "min sin(x)",
        "min x/0",
        "min x/y",
        "min 1e999x",
        "min x; x integer",
        "min x $ y",
        "min x; x + y",
        "min (x",
        "min x; x <= inf",
        "min x; a <= x <= 3",
        "min x; 3 <= x <= 1",
        "min x, x >= 1",
        "",
        3,
        null,
      ]),
  ];
  yield [
    "builders refused",
    () =>
      spoiled(d.model, [
        (b) => b.variable(""),
        (b) => {
          b.variable("x");
          b.variable("x");
        },
        (b) => b.variable("x", { lower: 2, upper: 1 }),
        (b) => b.variable("x", { lower: NaN }),
        (b) => {
          b.variable("x");
          b.minimize({ y: 1 });
        },
        (b) => {
          b.variable("alpha");
          b.minimize({ alpa: 1 });
        },
        (b) => {
          b.minimize({ x: 1 });
          b.maximize({ x: 1 });
        },
        (b) => b.minimize({ x: "1" }),
        (b) => b.minimize({ x: 1 }, NaN),
        (b) => b.minimize([1]),
        (b) => b.constraint("c", { x: 1 }, {}),
        (b) => b.constraint("c", { x: 1 }, { equal: 1, lower: 0 }),
        (b) => b.constraint("c", { x: 1 }, { lower: 3, upper: 1 }),
        (b) => {
          b.constraint("c", { x: 1 }, { lower: 3 });
          b.constraint("c", { x: 1 }, { lower: 3 });
        },
        () => {},
        async () => {},
      ]),
  ];
}

function* verified(d) {
  const lp = {
    c: [-3, -5],
    A: [
      [1, 0],
      [0, 2],
      [3, 2],
    ],
    u: [4, 12, 18],
    lower: [0, 0],
  };
  const qp = {
    P: [
      [2, 0],
      [0, 2],
    ],
    q: [-2, -5],
    A: [[1, 2]],
    u: [3],
  };
  const claims = (program, r) => {
    const own = r.toJSON();
    const move = (key, by) => ({
      ...own,
      [key]: Array.from(own[key] ?? r[key], (v, k) => (k === 0 ? v + by : v)),
    });
    return refusals(
      () => d.verify(program, r),
      () => d.verify(program, own),
      () => d.verify(program, own, { tolerance: 0 }),
      ...["x", "y", "z"].flatMap((key) =>
        [1e-7, 1e-4, -0.3, 2].map((by) => () => d.verify(program, move(key, by))),
      ),
      () => d.verify(program, { ...own, objective: own.objective + 1 }),
      () => d.verify(program, { ...own, z: undefined, objective: undefined }),
      () => d.verify(program, { ...own, tolerance: 0.5, x: Array.from(own.x, (v) => v + 0.01) }),
      () => d.verify(program, { ...own, status: "failed" }),
      () => d.verify(program, { status: "solved", x: [1] }),
      () => d.verify(program, { status: "solved", x: [NaN, 1] }),
      () => d.verify(program, { status: "primalInfeasible", certificate: { y: r.y } }),
      () => d.verify(program, { status: "dualInfeasible", certificate: { x: [-1, 0] } }),
      () => d.verify(program, { status: "nonConvex", certificate: { d: [1, 0] } }),
    );
  };
  yield ["verify LP", () => claims(lp, d.solveLP(lp))];
  yield ["verify QP", () => claims(qp, d.solveQP(qp))];
  const none = {
    c: [1, 1],
    A: [
      [1, 1],
      [1, -1],
    ],
    l: [5, 0],
    upper: [2, 2],
  };
  const ever = { c: [-1, -1], A: [[1, -1]], l: [-1], u: [1], lower: [0, 0] };
  const bent = {
    P: [
      [1, 2],
      [2, 1],
    ],
    q: [0, 0],
    lower: [-1, -1],
    upper: [1, 1],
  };
  yield [
    "verify certificates",
    () =>
      refusals(
        ...[1, 1 + 1e-9, 1 + 1e-6, 1.5].flatMap((by) => [
          () => d.verify(none, { status: "primalInfeasible", certificate: { y: [-by, (1 - by) * 3] } }),
          () => d.verify(ever, { status: "dualInfeasible", certificate: { x: [1, by] } }),
          () => d.verify(bent, { status: "nonConvex", certificate: { d: [1, -by] } }),
        ]),
        () => d.verify(bent, { status: "nonConvex", certificate: { d: [1, 1] } }),
        () => d.verify(none, { status: "primalInfeasible" }),
        () => d.verify(none, 3),
        () => d.verify(none, { status: "solved", x: [1, 2] }, { tol: 1 }),
      ),
  ];
}

export function* cases(d) {
  yield* models(d);
  yield* verified(d);
}
