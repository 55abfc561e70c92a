// Measures of an answer against their definition in full matrices, and presolve: what each rule takes out, and that an answer to the rest
// becomes one to the whole.

import { describe, expect, test } from "vitest";
import { exactly } from "../../src/constrained/exact-measures.js";
import { type LinearProgram, type QuadraticProgram, readProgram } from "../../src/constrained/input.js";
import { type Measures, Meter, worst } from "../../src/constrained/measures.js";
import { presolve } from "../../src/constrained/presolve.js";
import type { Program, Rows } from "../../src/constrained/program.js";
import { UNITS } from "../../src/constrained/units.js";
import { interiorPoint, solveLP, solveQP } from "../../src/index.js";
import { Random } from "../../src/random/philox.js";

const full = ({ rows, cols, rowPtr, colIdx, values }: Rows): number[][] =>
  Array.from({ length: rows }, (_, i) => {
    const row = new Array<number>(cols).fill(0);
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) row[colIdx[k]!] = values[k]!;
    return row;
  });
const sum = (v: readonly number[]) => v.reduce((s, each) => s + each, 0);
const most = (...v: readonly number[]) => v.reduce((s, each) => Math.max(s, Math.abs(each)), 0);
const column = (A: readonly (readonly number[])[], j: number) => A.map((row) => row[j]!);
const linear = (p: LinearProgram) => readProgram("solveLP", p);
const quadratic = (p: QuadraticProgram) => readProgram("solveQP", p);

/** Small whole numbers, many of them 0 or equal, so that every rule of presolve has its turn. */
function smallProgram(seed: number, curved: boolean): Program {
  const random = new Random(seed, 21);
  const n = 1 + random.below(5);
  const m = random.below(6);
  const whole = (size: number) => random.below(2 * size + 1) - size;
  const list = <V>(length: number, make: (i: number) => V) => Array.from({ length }, (_, i) => make(i));
  const A = list(m, () => list(n, () => (random.below(2) ? whole(2) / (random.below(3) ? 1 : 4) : 0)));
  const x = list(n, () => whole(2));
  // Sides at the point, beside it, or none.
  const side = (v: number, away: number) => [v, v + away, v + 3 * away, away * Infinity][random.below(4)]!;
  const rows = A.map((row) => sum(row.map((v, j) => v * x[j]!)));
  const c = list(n, () => whole(2));
  const sides = {
    A,
    l: rows.map((v) => side(v, -1)),
    u: rows.map((v) => side(v, 1)),
    lower: x.map((v) => side(v, -1)),
    upper: x.map((v) => side(v, 1)),
  };
  if (!curved) return linear({ c, ...sides });
  const d = list(n, () => (random.below(2) ? 0 : whole(1)));
  return quadratic({
    P: d.map((v, i) => d.map((w, j) => v * w + (i === j && v !== 0 ? 1 : 0))),
    q: c,
    ...sides,
  });
}

/** As `Measures` says it. */
function measuresOf(p: Program, x: readonly number[], given: readonly number[]): Measures & { z: number[] } {
  const A = full(p.A);
  const P = p.P ? full(p.P) : x.map(() => x.map(() => 0));
  const y = given.map((v, i) => ((v > 0 ? p.u[i] : p.l[i]) === (v > 0 ? Infinity : -Infinity) ? 0 : v));
  const Ax = A.map((row) => sum(row.map((a, j) => a * x[j]!)));
  const Px = P.map((row) => sum(row.map((a, j) => a * x[j]!)));
  const Aty = x.map((_, j) => sum(column(A, j).map((a, i) => a * y[i]!)));
  const q = Array.from(p.q);
  const g = q.map((v, j) => v + Px[j]! + Aty[j]!);
  const z = g.map((v) => (v === 0 ? 0 : -v));
  const [rowsMost, slopesMost] = [most(1, ...Ax, ...x), most(1, ...q, ...Px, ...Aty)];
  const outside = (v: number, lo: number, up: number) => Math.max(0, lo - v, v - up);
  const share = (v: number, lo: number, up: number, terms: number) =>
    outside(v, lo, up) / Math.max(1, Math.min(Math.max(terms, Math.abs(v < lo ? lo : up)), rowsMost));
  const rowTerms = A.map((row) => most(...row.map((a, j) => a * x[j]!)));
  const own = x.map((_, j) =>
    most(q[j]!, ...P[j]!.map((a, k) => a * x[k]!), ...column(A, j).map((a, i) => a * y[i]!)),
  );
  const open = z.map((v, j) => Math.abs(v > 0 ? p.upper[j]! : p.lower[j]!) === Infinity && v !== 0);
  const pairs = [
    ...y.map((v, i) => [v, Math.abs(v), Ax[i]!, v > 0 ? p.u[i]! : p.l[i]!, rowTerms[i]!] as const),
    ...z.map(
      (v, j) =>
        [open[j] ? 0 : v, own[j]!, x[j]!, v > 0 ? p.upper[j]! : p.lower[j]!, Math.abs(x[j]!)] as const,
    ),
  ].filter(([v]) => v !== 0);
  const half = sum(x.map((v, j) => (v * Px[j]!) / 2));
  const objective = p.constant + half + sum(x.map((v, j) => v * q[j]!));
  const dualObjective = p.constant - half - sum(pairs.map(([v, , , side]) => v * side));
  return {
    z,
    violation: most(
      ...Ax.map((v, i) => outside(v, p.l[i]!, p.u[i]!)),
      ...x.map((v, j) => outside(v, p.lower[j]!, p.upper[j]!)),
    ),
    primal: most(
      ...Ax.map((v, i) => share(v, p.l[i]!, p.u[i]!, rowTerms[i]!)),
      ...x.map((v, j) => share(v, p.lower[j]!, p.upper[j]!, 0)),
    ),
    stationarity: most(...z.map((v, j) => (open[j] ? v : 0))),
    dual: most(...z.map((v, j) => (open[j] ? v / Math.max(1, Math.min(own[j]!, slopesMost)) : 0))),
    complementarity: most(
      ...pairs.map(
        ([v, size, at, side, terms]) =>
          (Math.abs(v) / Math.max(1, size)) * (Math.abs(at - side) / Math.max(1, Math.abs(side), terms)),
      ),
    ),
    gap: Math.abs(objective - dualObjective) / most(1, objective, dualObjective),
    objective,
    dualObjective,
  };
}

test("the measures of an answer are those of the definition, in plain and in twice the precision", () => {
  for (let seed = 0; seed < 100; seed++) {
    const p = smallProgram(seed, seed % 2 === 0);
    const random = new Random(seed, 22);
    const any = () =>
      random.below(4) === 0 ? 0 : Math.round(16 * random.normal() * 10 ** random.below(3)) / 8;
    const x = Array.from({ length: p.n }, any);
    const y = Array.from({ length: p.m }, any);
    const { z, ...expected } = measuresOf(p, x, y);
    const meter = new Meter(p);
    const z2 = new Float64Array(p.n);
    const plain = meter.measure(Float64Array.from(x), Float64Array.from(y));
    const exact = exactly(p, Float64Array.from(x), Float64Array.from(y), z2);
    for (const each of [plain, exact.measures])
      for (const [name, v] of Object.entries(expected))
        expect(each[name as "gap"] / (v || 1), `${name} of ${seed}`).toBeCloseTo(v === 0 ? 0 : 1, 12);
    for (const each of [meter.z, z2]) expect(Array.from(each)).toEqual(z.map((v) => expect.closeTo(v, 9)));
  }
});

describe("units", () => {
  // One row, one variable: x >= 1e-6 in a program whose numbers are all that small.
  const small = (x: number, y = 0) => {
    const p = linear({ c: [1e-9], A: [[1]], l: [1e-6], u: [1], lower: [0] });
    return exactly(p, Float64Array.of(x), Float64Array.of(y)).byUnits();
  };
  test("what 1 excuses is a share of the component's own terms", () => {
    // Missed by all of the side; by half of it; the multiplier -1e-9 of the row makes all of it right.
    expect(small(0)).toBe(1);
    expect(small(0.5e-6, -1e-9)).toBeCloseTo(0.5, 12);
    expect(small(1e-6, -1e-9)).toBeLessThan(UNITS);
    // Half of the multiplier: the gap is half of the objective.
    expect(small(1e-6, -0.5e-9)).toBeCloseTo(0.5, 9);
    const open = linear({ c: [1e-9, 0], A: [[1, 1]], l: [0], u: [1] });
    expect(exactly(open, Float64Array.of(0, 0), Float64Array.of(0)).byUnits()).toBe(1);
    expect(exactly(open, Float64Array.of(0, 0), Float64Array.of(-0.25e-9)).byUnits()).toBe(1);
  });
});

/** What is left, where something is: rows, columns, bounds of the columns and sides of the rows. */
function left(p: Program) {
  const { program, rows, columns } = presolve(p);
  if (!program) return "contradiction";
  const { lower, upper, l, u, q, constant } = program;
  const lists = Object.fromEntries(
    Object.entries({ rows, columns, lower, upper, l, u, q }).map(([key, v]) => [key, [...v]]),
  );
  return { ...lists, constant };
}

describe("rules of presolve", () => {
  // Two variables that nothing else takes out: their product row has both, costs pull both ways.
  const kept = { c: [-1, -1, 0], lower: [0, 0, 0], upper: [1, 1, 9] };
  const only = (A: number[], l: number, u: number, o: Partial<typeof kept> = {}) => {
    const shared = { ...kept, ...o };
    const rows = [[1, 2, 0], A];
    return left(
      linear({
        c: [...shared.c],
        A: rows,
        l: [-Infinity, l],
        u: [2, u],
        lower: shared.lower,
        upper: shared.upper,
      }),
    );
  };
  const same = { rows: [0], columns: [0, 1] };

  test("a row without entries, or without sides, goes; one that contradicts itself by more than 1e-9 ends it", () => {
    for (const [l, u] of [
      [-1, 1],
      [0, 0],
      [0.9e-9, 1],
      [-1, -0.9e-9],
      [-Infinity, Infinity],
    ] as const)
      expect(only([0, 0, 0], l, u)).toMatchObject(same);
    for (const [l, u] of [
      [1.1e-9, 1],
      [-1, -1.1e-9],
      [2, 3],
      [-3, -2],
    ] as const)
      expect(only([0, 0, 0], l, u)).toBe("contradiction");
    expect(only([1, 1, 1], -Infinity, Infinity)).toMatchObject(same);
  });
  test("a row of one entry is a bound, of either side and sign", () => {
    expect(only([2, 0, 0], -Infinity, 1)).toMatchObject({ ...same, lower: [0, 0], upper: [0.5, 1] });
    expect(only([-2, 0, 0], -1, Infinity)).toMatchObject({ ...same, lower: [0, 0], upper: [0.5, 1] });
    expect(only([-2, 0, 0], -Infinity, -1)).toMatchObject({ ...same, lower: [0.5, 0], upper: [1, 1] });
    expect(only([2, 0, 0], 1, Infinity)).toMatchObject({ ...same, lower: [0.5, 0], upper: [1, 1] });
    expect(only([2, 0, 0], -4, 4)).toMatchObject({ ...same, lower: [0, 0], upper: [1, 1] });
    expect(only([2, 0, 0], 3, 4)).toBe("contradiction");
    expect(only([2, 0, 0], 2 + 1e-9, 4)).not.toBe("contradiction");
  });
  test("a row that bounds imply goes; one that they meet only at an end fixes its variables; one that they cannot ends it", () => {
    expect(only([1, -1, 0], -1, 1)).toMatchObject(same);
    expect(only([1, -1, 0], -0.9, 1)).toMatchObject({ rows: [0, 1] });
    expect(only([1, -1, 0], -1, 0.9)).toMatchObject({ rows: [0, 1] });
    expect(only([1, -1, 0], 1, 5)).toMatchObject({ rows: [], columns: [], constant: -1 });
    expect(only([1, -1, 0], -5, -1)).toMatchObject({ rows: [], columns: [], constant: -1 });
    expect(only([1, -1, 0], 1 + 1e-8, 5)).toBe("contradiction");
    expect(only([1, -1, 0], -5, -1 - 1e-8)).toBe("contradiction");
    expect(only([1, -1, 0], 1 + 0.5e-9, 5)).not.toBe("contradiction");
    // The same in a unit a thousand times smaller.
    const side = (by: number) => [
      only([1000, -1000, 0], 1000 + by, Infinity),
      only([1000, -1000, 0], -Infinity, -1000 - by),
    ];
    expect(side(2e-6)).toEqual(["contradiction", "contradiction"]);
    expect(side(0.5e-6)).not.toContain("contradiction");
  });
  test("a column that no row minds goes to the end that its cost asks for, or to the value next to 0", () => {
    const alone = (cost: number, lower: number, upper: number) => {
      const p = linear({ c: [cost], lower: [lower], upper: [upper] });
      const { program, undo } = presolve(p);
      return program?.n === 0 ? undo(new Float64Array(0), new Float64Array(0), true).x[0]! : "stays";
    };
    expect([alone(1, -3, 5), alone(-1, -3, 5), alone(0, -3, 5), alone(0, 2, 5), alone(0, -7, -2)]).toEqual([
      -3, 5, 0, 2, -2,
    ]);
    expect([
      alone(1, -Infinity, 5),
      alone(-1, -3, Infinity),
      alone(0, -Infinity, Infinity),
      alone(5, 4, 4),
    ]).toEqual(["stays", "stays", 0, 4]);
  });
  test("a column whose fall, or rise, helps every row goes to that end", () => {
    // Entry a of x in rows <= 2 and >= -2 of two free variables beside it; cost as given.
    const end = (cost: number, a: number, l: number, u: number) => {
      const p = linear({
        c: [cost, -1, 1],
        A: [
          [a, 1, 1],
          [0, 1, -1],
        ],
        l: [l, -1],
        u: [u, 1],
        lower: [-1, -9, -9],
        upper: [3, 9, 9],
      });
      const { program, columns, undo } = presolve(p);
      if (columns.includes(0)) return "stays";
      return undo(new Float64Array(program!.n), new Float64Array(program!.m), true).x[0];
    };
    for (const a of [0.5, 4]) {
      expect([end(1, a, -Infinity, 2), end(1, -a, -2, Infinity)]).toEqual([-1, -1]);
      expect([end(-1, a, -2, Infinity), end(-1, -a, -Infinity, 2)]).toEqual([3, 3]);
      for (const [cost, l, u] of [
        [1, -2, 2],
        [-1, -2, 2],
        [1, -2, Infinity],
        [-1, -Infinity, 2],
      ] as const)
        expect([cost, a, l, u, end(cost, a, l, u)]).toEqual([cost, a, l, u, "stays"]);
    }
  });
  test("a column of one row without cost widens its sides, unless its entry is tiny", () => {
    const both = { rows: [0, 1], columns: [0, 1] };
    const upper = [1, 1, 0.25];
    expect(only([2, 1, 1], 1, 2, { upper })).toMatchObject({ ...both, l: [-Infinity, 0.75], u: [2, 2] });
    expect(only([2, 1, -2], 1, 2, { upper })).toMatchObject({ ...both, l: [-Infinity, 1], u: [2, 2.5] });
    expect(only([2, 1, 1.9e-3], 1, 2)).toMatchObject({ columns: [0, 1, 2] });
    expect(only([2, 1, 2.1e-3], 1, 2)).toMatchObject({ columns: [0, 1] });
    // With a cost and no bounds it gives the multiplier, +-0.15: the row goes with the side of its sign, its cost to the others.
    const free = { lower: [0, 0, -Infinity], upper: [1, 1, Infinity], c: [-1, -1, 0.3] };
    const near = (...v: number[]) => v.map((each) => expect.closeTo(each, 14));
    const gone = { rows: [0], columns: [0, 1] };
    expect(only([2, 1, -2], 1, 2, free)).toMatchObject({ ...gone, q: near(-0.7, -0.85), constant: -0.3 });
    expect(only([2, 1, 2], 1, 2, free)).toMatchObject({ ...gone, q: near(-1.3, -1.15), constant: 0.15 });
    expect(only([2, 1, 2], -Infinity, 2, free)).toMatchObject({ columns: [0, 1, 2] });
    expect(only([2, 1, 2], 1, 2, { ...free, lower: [0, 0, -5] })).toMatchObject({ columns: [0, 1, 2] });
  });
  test("parallel rows become one, with the tighter sides of both", () => {
    expect(only([2, 4, 0], 1, 3)).toMatchObject({ rows: [0], l: [0.5], u: [1.5] });
    expect(only([-2, -4, 0], -3, -1)).toMatchObject({ rows: [0], l: [0.5], u: [1.5] });
    expect(only([2, 4, 0], 1, 8)).toMatchObject({ rows: [0], l: [0.5], u: [2] });
    expect(only([2, 4 + 1e-11, 0], 1, 3)).toMatchObject({ rows: [0, 1] });
    expect(only([2, 4, 0], 5, 6)).toBe("contradiction");
  });
});

test("an answer to what presolve leaves becomes one to the whole, with multipliers; a contradiction is one", () => {
  const method = interiorPoint({ presolve: false });
  const seen = { solved: 0, empty: 0, gone: 0 };
  for (let seed = 0; seed < 120; seed++) {
    const p = smallProgram(seed, seed % 3 === 0);
    const { program: rest, undo } = presolve(p);
    if (!rest) continue;
    if (rest.n < p.n || rest.m < p.m) seen.gone++;
    let point = { x: new Float64Array(0), y: new Float64Array(rest.m) };
    if (rest.n > 0) {
      const given = { A: full(rest.A), l: rest.l, u: rest.u, lower: rest.lower, upper: rest.upper };
      const sides = rest.m > 0 ? given : { lower: rest.lower, upper: rest.upper };
      const r = rest.P
        ? solveQP({ P: full(rest.P), q: rest.q, ...sides }, { method })
        : solveLP({ c: rest.q, ...sides }, { method });
      if (r.status !== "solved") continue;
      point = { x: Float64Array.from(r.x), y: Float64Array.from(r.y) };
      seen.solved++;
    } else seen.empty++;
    const { x, y } = undo(point.x, point.y, true);
    expect(worst(exactly(p, x, y).measures), `${seed}`).toBeLessThan(1e-7);
  }
  expect(seen.solved).toBeGreaterThan(20);
  expect(seen.empty).toBeGreaterThan(20);
  expect(seen.gone).toBeGreaterThan(50);
});
