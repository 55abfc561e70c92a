// Programs from files, sound and damaged.
import { spoiled } from "./constrained-texts.js";
import { refusals, together } from "./several.js";

const MPS = `NAME          TEST
* a comment
OBJSENSE
    MAX
ROWS
 N  COST
 L  LIM1
 G  LIM2
 E  MYEQN
 E  MORE
 N  OTHER
COLUMNS
    X1        COST         1.0   LIM1         1.0
    X1        LIM2         1.0   OTHER        3.0
    MARKER                 'MARKER'                 'INTORG'
    X2        COST         2.0   LIM1         1.0
    X2        MYEQN       -1.0   MORE         1.0
    MARKER                 'MARKER'                 'INTEND'
    X3        COST        -1.0   MYEQN        1.0
    X4        MORE         1.0
RHS
    RHS       LIM1         4.0   LIM2         1.0
    RHS       MYEQN        7.0   COST         3.0
RANGES
    RNG       LIM1         2.5   LIM2         2.0
    RNG       MYEQN        1.5   MORE        -3.0
BOUNDS
 UP BND       X1           4.0
 LO BND       X2          -1.0
 UP BND       X2           1.0
 MI BND       X3
 UP BND       X3           9.0
 FR BND       X4
ENDATA
`;

const QPS = `NAME QP
ROWS
 N obj
 G c1
 L c2
COLUMNS
 x obj 1.5 c1 2
 x c2 -1
 y obj -2 c1 1
 y c2 2
RHS
 rhs c1 2 c2 6
 rhs obj -4
BOUNDS
 UP bnd x 20
QUADOBJ
 x x 8
 x y 2
 y y 10
ENDATA
`;

const LP = `\\ a comment
Maximize
 obj: 3 x + 5 y - 2 z + 7
Subject To
 a: x + 2 y <= 14
 b: -1 <= 3 x - y + z <= 8
 x - y >= -3
 d: 2 x + z = 5
Bounds
 x <= 4
 -2 <= y <= 10
 z free
Generals
 y
Binaries
 w
End
`;

function* files(d) {
  const solved = (program) => ({
    ...together([("P" in program ? d.solveQP : d.solveLP)(program)]),
    program,
    wrote: program.A,
  });
  yield ["MPS", () => solved(d.readMPS(MPS))];
  yield ["MPS fixed", () => solved(d.readMPS(MPS.replaceAll("X1 ", "A 1"), { format: "fixed" }))];
  yield ["QPS", () => solved(d.readQPS(QPS))];
  yield [
    "QPS by QMATRIX",
    () => solved(d.readQPS(QPS.replace("QUADOBJ", "QMATRIX").replace(" y y", " y x 2\n y y"))),
  ];
  yield [
    "QPS max",
    () => solved(d.readQPS(`OBJSENSE MAX\n${QPS.replace(" 8", " -8").replace("y y 10", "y y -10")}`)),
  ];
  yield ["LP file", () => solved(d.readLP(LP.replace("3 x + 5 y", "3 x + 5 y + w")))];
  yield [
    "LP file, otherwise",
    () =>
      solved(
        d.readLP("min\nx + y\nst\nc1: x + y >= 2\n2 <= x\nx - 2 y >= - inf\nbounds\ny >= -1\ny <= inf\nend"),
      ),
  ];
  const bounds = [
    "UP bnd x -3",
    "FX bnd x 2",
    "BV bnd x",
    "PL bnd x",
    "LI bnd x 2",
    "UI bnd x 5",
    "MI bnd x",
    "FR bnd x",
    "UP x 3",
    "LO bnd x 1e30",
    "UP bnd x 1e30",
    "LO bnd y -7",
  ];
  yield [
    "kinds of bounds",
    () =>
      spoiled(
        d.readQPS,
        bounds.map((line) => QPS.replace("UP bnd x 20", line)),
      ),
  ];
  const change = (text, pairs) => pairs.map(([from, to]) => text.replace(from, to));
  yield [
    "MPS refused",
    () =>
      spoiled(d.readMPS, [
        "",
        "ROWS",
        3,
        ...change(MPS, [
          ["ENDATA\n", ""],
          [" N  COST", " M  COST"],
          [" G  LIM2", " G  LIM1"],
          ["LIM1         1.0", "NONE         1.0"],
          ["   1.0   LIM1", "   1.x   LIM1"],
          ["'INTEND'", "'INTORG'"],
          ["'INTORG'", "'OTHER'"],
          [" UP BND       X1           4.0", " XX BND       X1           4.0"],
          [" UP BND       X1           4.0", " UP BND       X9           4.0"],
          [" UP BND       X1           4.0", " SC BND       X1           4.0"],
          [" UP BND       X1           4.0", " UP BND       X1"],
          [" LO BND       X2          -1.0", " LO BND       X2           2.0"],
          ["    MAX", "    BEST"],
          ["RANGES", "SOS1"],
          ["RANGES", "COLORS"],
          ["RANGES", "ROWS"],
          ["    RNG       LIM1", "    RNG       COST"],
          ["    RNG       LIM1", "    OTH       LIM2         1.0\n    RNG       LIM1"],
          ["ENDATA\n", "ENDATA\n more"],
          ["    X4        MORE         1.0", "    X1        MORE         1.0"],
          ["    X4        MORE         1.0", "    X4        MORE         1.0   MORE   2.0"],
          [" N  COST\n", ""],
          ["BOUNDS\n", "BOUNDS\n MI BND X3\n"],
        ]),
      ]),
  ];
  yield [
    "MPS formats",
    () =>
      refusals(
        () => d.readMPS(MPS, { format: "wide" }),
        () => d.readMPS(MPS, { form: 1 }),
      ),
  ];
  yield [
    "QPS refused",
    () =>
      spoiled(d.readQPS, [
        MPS.replace("OBJSENSE\n    MAX\n", ""),
        ...change(QPS, [
          [" x y 2", " x z 2"],
          [" x y 2", " x y 2\n y x 2"],
          [" x y 2", " x y"],
          [" x y 2", " x y Infinity"],
          ["QUADOBJ", "QMATRIX"],
          ["QUADOBJ", "QCMATRIX c1"],
          ["QUADOBJ\n", "QUADOBJ\nQMATRIX\n"],
        ]),
      ]),
  ];
  yield [
    "LP files refused",
    () =>
      spoiled(d.readLP, [
        "",
        3,
        "Subject To\nx >= 1\nEnd",
        ...change(LP, [
          ["End", ""],
          ["End", "End\nmore"],
          ["Bounds", "Limits"],
          ["Bounds", "SOS"],
          ["3 x + 5 y", "3 x + [ x ^ 2 ] / 2"],
          ["3 x + 5 y", "3 x 5 y"],
          [" b:", " a:"],
          ["<= 14", "<= x"],
          ["<= 14", ""],
          ["<= 14", "<= 1 <= 2"],
          [" x <= 4", " x <= -4"],
          [" x <= 4", " q <= 4"],
          [" x <= 4", " 2 x <= 4"],
          [" x <= 4", " x <= 4\n x <= 5"],
          [" z free", " free free"],
          ["Generals", "Maximize"],
          [" = 5", " = five"],
          ["-1 <= 3 x - y + z <= 8", "9 <= 3 x - y + z <= 8"],
          [" d:", " 5:"],
        ]),
      ]),
  ];
}

export function* cases(d) {
  yield* files(d);
}
