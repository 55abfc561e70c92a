// Linear and quadratic programs by every method, named, random, large.
import { box, LP, linear, random } from "./programs-linear.js";
import { chain, QP, quadratic } from "./programs-quadratic.js";
import { together } from "./several.js";

function* methods(d) {
  for (const [name, program] of Object.entries(linear))
    yield [`LP ${name}`, () => together(LP.map((method) => d.solveLP(program, { method })))];
  for (const [name, program] of Object.entries(quadratic))
    yield [`QP ${name}`, () => together(QP.map((method) => d.solveQP(program, { method })))];
  const sizes = [
    [3, 2],
    [6, 4],
    [5, 9],
    [12, 7],
    [20, 14],
  ];
  for (const [n, m] of sizes) {
    const seeds = n > 6 ? [1, 2] : [1, 2, 3, 4];
    for (const method of LP)
      yield [
        `LP ${method} ${n} x ${m}`,
        () => together(seeds.map((s) => d.solveLP(random(s, n, m), { method }))),
      ];
    for (const method of QP)
      yield [
        `QP ${method} ${n} x ${m}`,
        () =>
          together(
            [n, n >> 1].flatMap((rank) =>
              seeds.map((seed) => d.solveQP(random(seed, n, m, { quadratic: true, rank }), { method })),
            ),
          ),
      ];
  }
  for (const scale of [1e-9, 1e-4, 1e5, 1e9]) {
    const solve = (method) =>
      [5, 6].flatMap((s) =>
        method === "LP"
          ? LP.slice(scale === 1e-9 ? 2 : 0).map((m) => d.solveLP(random(s, 6, 4, { scale }), { method: m }))
          : QP.map((m) => d.solveQP(random(s, 6, 4, { scale, quadratic: true, rank: 3 }), { method: m })),
      );
    yield [`LP scaled ${scale}`, () => together(solve("LP"))];
    yield [`QP scaled ${scale}`, () => together(solve("QP"))];
  }
  const chosen = () => [
    d.interiorPoint(),
    d.interiorPoint({ presolve: false }),
    d.simplex({ presolve: false }),
    d.simplex({ presolve: true }),
    d.pdhg({ presolve: false }),
    d.pdhg({ presolve: true }),
  ];
  for (const name of ["works", "rows twice", "rows of one variable", "infeasible", "unbounded", "cycle"])
    yield [
      `${name} with and without presolve`,
      () => together(chosen().map((method) => d.solveLP(linear[name], { method }))),
    ];
  yield [
    "QP methods made",
    () =>
      together(
        [d.activeSet(), d.interiorPoint({ presolve: true })].map((method) =>
          d.solveQP(quadratic["an equation"], { method }),
        ),
      ),
  ];
}

/** Min-cost flow on a ring with chords: sparse, of n nodes. */
function network(d, n) {
  const [row, col, value, cost] = [[], [], [], []];
  let arcs = 0;
  for (let i = 0; i < n; i++)
    for (const step of [1, 3, 7]) {
      row.push(i, (i + step) % n);
      col.push(arcs, arcs);
      value.push(1, -1);
      cost.push(1 + ((i * step) % 5));
      arcs++;
    }
  const A = d.csrFromTriplets({ rows: n, cols: arcs, row, col, value });
  const b = Array.from({ length: n }, (_, i) => (i === 0 ? 4 : i === n >> 1 ? -4 : 0));
  return { c: cost, A, l: b, u: b, ...box(arcs, 0, 3) };
}

function* large(d) {
  for (const n of [16, 40]) {
    for (const method of LP)
      yield [`flow of ${n} ${method}`, () => d.solveLP(network(d, n), { method, tolerance: 1e-6 })];
    for (const method of QP) yield [`chain of ${n} ${method}`, () => d.solveQP(chain(d, n), { method })];
  }
  yield ["chain of 130", () => d.solveQP(chain(d, 130))];
  yield ["flow of 90", () => d.solveLP(network(d, 90), { method: "simplex" })];
  const dense = random(9, 40, 20, { quadratic: true });
  yield ["dense of 40", () => d.solveQP(dense)];
  yield [
    "dense of 40 in flat memory",
    () => d.solveQP({ ...dense, P: d.matrix(dense.P), A: d.csrFromDense(dense.A) }),
  ];
}

export function* cases(d) {
  yield* methods(d);
  yield* large(d);
}
