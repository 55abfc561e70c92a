// Parts of the nonlinear methods alone, against the formulas of their papers in full matrices: the residuals that a claim is made of, the
// barrier of the interior point, bounded multipliers, the active-set solver of steps, patterns.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activeAt, isAt } from "../../src/constrained/nonlinear/active.js";
import { DualActiveSet } from "../../src/constrained/nonlinear/dual-active-set.js";
import { Evaluator } from "../../src/constrained/nonlinear/evaluator.js";
import { Interior } from "../../src/constrained/nonlinear/interior.js";
import { withoutMultipliers } from "../../src/constrained/nonlinear/multipliers.js";
import type { NewtonSystem } from "../../src/constrained/nonlinear/newton-system.js";
import { kktMeasure, ProgramSolve } from "../../src/constrained/nonlinear/solve.js";
import { fullPattern, stacked, unionOf } from "../../src/constrained/nonlinear/sparsity.js";
import type { Watch } from "../../src/driver/watch.js";
import { Random } from "../../src/random/philox.js";

type Vector = readonly number[];
interface Given {
  x: Vector;
  f?: number;
  g: Vector;
  J: readonly Vector[];
  c: Vector;
  lower: Vector;
  upper: Vector;
  rowLower: Vector;
  rowUpper: Vector;
  fScale?: number;
  rowScale?: Vector;
  blur?: Vector;
  gradTol?: number;
  feasTol?: number;
}

/** A solve that stands at a point whose rows `J` are full; sides are those of the rows as they are scaled. */
function solveAt(p: Given): ProgramSolve {
  const [n, m] = [p.x.length, p.c.length];
  const rowScale = Float64Array.from(p.rowScale ?? new Array(m).fill(1));
  const sides = (v: Vector) => Float64Array.from(v, (side, i) => side / rowScale[i]!);
  const { rowPtr, colIdx } = fullPattern(m, n);
  const evaluator = {
    program: {
      n,
      m,
      rowPtr,
      colIdx,
      lower: Float64Array.from(p.lower),
      upper: Float64Array.from(p.upper),
      start: Float64Array.from(p.x),
      rowLower: sides(p.rowLower),
      rowUpper: sides(p.rowUpper),
      hessian: null,
    },
    scaledLower: Float64Array.from(p.rowLower),
    scaledUpper: Float64Array.from(p.rowUpper),
    fScale: p.fScale ?? 1,
    rowScale,
    blur: Float64Array.from(p.blur ?? new Array(n).fill(0)),
  };
  const tolerances = { gradTol: p.gradTol ?? 1e-6, feasTol: p.feasTol ?? 1e-6 };
  const watch = { measures: [kktMeasure()] };
  const solve = new ProgramSolve(evaluator as unknown as Evaluator, tolerances, watch as unknown as Watch);
  solve.here.x.set(p.x);
  solve.here.f = p.f ?? 1;
  solve.here.g.set(p.g);
  solve.here.c.set(p.c);
  solve.here.J.set(p.J.flat());
  return solve;
}

const most = (v: Iterable<number>) => [...v].reduce((a, b) => Math.max(a, b), 0);
const column = (J: readonly Vector[], j: number) => J.map((row) => row[j]!);

/** The three residuals over their tolerances as `Tolerances` states them. */
function kktOf(p: Given, y: Vector, z: Vector) {
  const { gradTol = 1e-6, feasTol = 1e-6, fScale = 1, f = 1 } = p;
  const scale = p.rowScale ?? p.c.map(() => 1);
  const open = p.x.map((_, j) => p.lower[j] !== p.upper[j]);
  const r = p.g.map((g, j) => g - z[j]! - column(p.J, j).reduce((s, v, i) => s + v * y[i]!, 0));
  const terms = p.g.map(
    (g, j) => Math.abs(g) + Math.abs(z[j]!) + column(p.J, j).reduce((s, v, i) => s + Math.abs(v * y[i]!), 0),
  );
  const known = y.reduce((s, v, i) => s + Math.abs(v * p.c[i]!), Math.abs(f));
  const beyond = r.map((v, j) => Math.abs(v) - (p.blur?.[j] ?? 0) * known);
  const pairs = [
    ...y.map((v, i) => {
      const edge = v > 0 ? p.rowLower[i]! : p.rowUpper[i]!;
      const unit = Math.min(1, scale[i]!);
      const own = Math.min(1, Math.abs(v * unit));
      const size = Math.max(unit, Math.abs(edge), ...p.J[i]!.map((a, j) => Math.abs(a * p.x[j]!)));
      return { v, own, distance: Math.abs(p.c[i]! - edge), size };
    }),
    ...z.map((v, j) => {
      const edge = v > 0 ? p.lower[j]! : p.upper[j]!;
      const own = Math.abs(v) / Math.max(1, terms[j]!);
      const size = Math.max(1, Math.abs(edge), Math.abs(p.x[j]!));
      return { v: open[j] ? v : 0, own, distance: Math.abs(p.x[j]! - edge), size };
    }),
  ].filter(({ v }) => v !== 0);
  const gap = pairs.reduce((s, { v, distance }) => s + Math.abs(v) * distance, 0);
  /** A row that was made larger counts in its own unit. */
  const miss = (v: number, lo: number, up: number, share: boolean, unit = 1) =>
    Math.max(0, lo - v, v - up) / (share ? Math.max(unit, Math.abs(v < lo ? lo : up)) : 1);
  const misses = (share: boolean) =>
    most([
      ...p.c.map((v, i) =>
        miss(
          v / scale[i]!,
          p.rowLower[i]! / scale[i]!,
          p.rowUpper[i]! / scale[i]!,
          share,
          Math.min(1, 1 / scale[i]!),
        ),
      ),
      ...p.x.map((v, j) => miss(v, p.lower[j]!, p.upper[j]!, share)),
    ]);
  const unfit = Math.max(
    most(pairs.map(({ own, distance, size }) => (own * distance) / size)),
    gap / Math.max(Math.min(1, fScale), Math.abs(f)),
  );
  const floor = fScale >= 1 ? 1 : fScale;
  return {
    stationarity: most(r.filter((_, j) => open[j]).map(Math.abs)) / fScale,
    unresolved: most(beyond.filter((_, j) => open[j])) / fScale,
    violation: misses(false),
    complementarity: most(pairs.map(({ v, distance }) => Math.abs(v) * distance)) / fScale,
    unfit,
    kkt: Math.max(
      most(beyond.map((v, j) => (open[j] ? v / (gradTol * Math.max(floor, terms[j]!)) : 0))),
      misses(true) / feasTol,
      unfit / gradTol,
    ),
  };
}

/** Numbers of many sizes and both signs, some of them 0. */
function anyGiven(seed: number): { p: Given; y: number[]; z: number[] } {
  const random = new Random(seed, 77);
  const any = () => (random.below(5) === 0 ? 0 : random.normal() * 10 ** (random.below(5) - 2));
  const [n, m] = [1 + random.below(4), random.below(4)];
  const list = (count: number, make = any) => Array.from({ length: count }, make);
  const ends = (around: Vector) => {
    const low = around.map((v) => v - Math.abs(any()) + (random.below(3) ? 0 : 0.1));
    const high = around.map((v, i) => (random.below(6) === 0 ? low[i]! : Math.max(low[i]!, v + any())));
    return [low, high] as const;
  };
  const [x, c] = [list(n), list(m)];
  const [lower, upper] = ends(x);
  const [rowLower, rowUpper] = ends(c);
  const J = list(m).map(() => list(n));
  const scales = [1, 1, 0.25, 2 ** -8, 4];
  const p: Given = {
    ...{ x, c, J, lower, upper, rowLower, rowUpper, g: list(n), f: any(), gradTol: 1e-3, feasTol: 1e-2 },
    fScale: scales[random.below(5)]!,
    rowScale: list(m, () => scales[random.below(5)]!),
    blur: list(n, () => (random.below(2) ? 1e-3 : 0)),
  };
  return { p, y: list(m), z: list(n) };
}

describe("the residuals of a claim", () => {
  test("are those of the definition, term by term, for any point, multipliers and scales", () => {
    for (let seed = 0; seed < 400; seed++) {
      const { p, y, z } = anyGiven(seed);
      const solve = solveAt(p);
      solve.measure(solve.here, Float64Array.from(y), Float64Array.from(z), new Float64Array(p.x.length));
      const { kkt, ...others } = kktOf(p, y, z);
      for (const [name, value] of Object.entries({ ...others, kkt }))
        expect(solve[name as "kkt"], `${name} of ${seed}`).toBeCloseTo(
          value,
          9 - Math.ceil(Math.log10(1 + value)),
        );
      expect([Array.from(solve.y), Array.from(solve.z)]).toEqual([y, z]);
    }
  });

  test("nothing is claimed where the next step is long, nor of a multiplier of a side that is not there", () => {
    const p: Given = {
      x: [3, 0],
      g: [0, 0],
      J: [[1, 1]],
      c: [3],
      rowLower: [3],
      rowUpper: [Infinity],
      lower: [-9, -9],
      upper: [Infinity, 9],
    };
    const solve = solveAt(p);
    const kkt = (y: number, z: Vector, step: Vector) => {
      solve.measure(solve.here, Float64Array.of(y), Float64Array.from(z), Float64Array.from(step));
      return solve.kkt;
    };
    expect(kkt(0, [0, 0], [0.027, -0.009])).toBeCloseTo(0.9, 12);
    expect(kkt(0, [0, 0], [0.033, 0.001])).toBeCloseTo(1.1, 12);
    expect(kkt(0, [0, 0], [0, -0.02])).toBeCloseTo(2, 12);
    expect(kkt(-1e-9, [0, 0], [0, 0])).toBe(Infinity);
    expect(kkt(0, [-1e-9, 0], [0, 0])).toBe(Infinity);
    expect(kkt(1e-9, [0, 0], [0, 0])).toBeLessThan(1);
  });

  test("with a Hessian the step to where what is left of the slope is 0 counts, of what no row, multiplier or bound holds", () => {
    const p: Given = {
      x: [20, 0, 1],
      g: [1e-8, 0, 0],
      J: [
        [0, 1, 0],
        [0, 0, 2],
      ],
      c: [0, 5],
      rowLower: [0, 0],
      rowUpper: [0, 9],
      lower: [-99, -9, -9],
      upper: [99, 9, 9],
    };
    const solve = solveAt(p);
    const next = (H: number[], g: number[], y = [0, 0], z = [0, 0, 0]) => {
      solve.here.g.set(g);
      const full = Float64Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? H[k / 4]! : 7));
      solve.measure(solve.here, Float64Array.from(y), Float64Array.from(z), new Float64Array(3), full);
      return solve.nextStep;
    };
    // |r_j| / (|H_jj| max(1, |x_j|)).
    expect(next([1e-6, 1, 1], [1e-8, 0, 0])).toBeCloseTo(1e-8 / 1e-6 / 20, 14);
    expect(next([-1e-6, 1, 1], [-1e-8, 0, 0])).toBeCloseTo(1e-8 / 1e-6 / 20, 14);
    expect(next([0, 1, 1], [1e-8, 0, 0])).toBe(Infinity);
    expect(solve.kkt).toBe(Infinity);
    // The equality holds the second variable; the row at 5 of 0 to 9 holds the third only with a multiplier.
    expect(next([1, 1e-9, 1], [0, 1e-8, 0])).toBe(0);
    expect(next([1, 1, 1e-6], [0, 0, 1e-8])).toBeCloseTo(1e-2, 14);
    expect(next([1, 1, 1e-6], [0, 0, 1e-8 + 4e-7], [0, 2e-7])).toBe(0);
    solve.here.c[1] = 9;
    expect(next([1, 1, 1e-6], [0, 0, 1e-8])).toBe(0);
    // A multiplier of a bound above 1e-7 holds, a smaller one does not.
    expect(next([1e-6, 1, 1], [1e-8 + 2e-7, 0, 0], [0, 0], [2e-7, 0, 0])).toBe(0);
    expect(next([1e-6, 1, 1], [1e-8 + 9e-8, 0, 0], [0, 0], [9e-8, 0, 0])).toBeCloseTo(1e-8 / 1e-6 / 20, 12);
    // What f never depended on goes nowhere, whatever a multiplier leaves; what it did, somewhere.
    expect(next([0, 1, 1], [0, 0, 0], [0, 0], [5e-8, 0, 0])).toBe(0);
    solve.influenced[0] = 1;
    expect(next([0, 1, 1], [0, 0, 0], [0, 0], [5e-8, 0, 0])).toBe(Infinity);
  });

  test("a slope counts in full from 1 in the unit of f, or from what the curvature makes of it in that of a steep start", () => {
    const p: Given = {
      x: [20, 0.5],
      g: [0, 0],
      J: [],
      c: [],
      rowLower: [],
      rowUpper: [],
      lower: [-99, -9],
      upper: [99, 9],
    };
    const floors = (fScale: number, H: Vector | null) => {
      const solve = solveAt({ ...p, fScale });
      const full = H && Float64Array.of(H[0]!, 5, 5, H[1]!);
      return [solve.floor(0, full), solve.floor(1, full)];
    };
    expect(floors(1, [9, 9])).toEqual([1, 1]);
    expect(floors(4, null)).toEqual([1, 1]);
    expect(floors(2 ** -10, null)).toEqual([2 ** -10, 2 ** -10]);
    expect(floors(2 ** -10, [0.01, -0.01])).toEqual([0.2, 0.01]);
    expect(floors(2 ** -10, [-3, 1e-9])).toEqual([1, 2 ** -10]);
  });

  test("what noise makes of f and of a change of slope", () => {
    const p: Given = {
      x: [1, 2],
      g: [0, 0],
      J: [
        [1, 1],
        [1, 1],
      ],
      c: [0, 0],
      rowLower: [0, 0],
      rowUpper: [0, 0],
      lower: [-9, -9],
      upper: [9, 9],
    };
    const solve = solveAt(p);
    Object.assign(solve.evaluator, { noise: 0.5, rowNoises: Float64Array.of(2, 3), slopeError: () => 0 });
    expect(solve.hum(Float64Array.of(0, 0))).toBe(1);
    expect(solve.hum(Float64Array.of(-1, 4))).toBe(2 * (0.5 + 2 + 12));
    const tells = (step: Vector, change: Vector) =>
      solve.tells(Float64Array.from(step), Float64Array.from(change));
    expect(tells([1, 0], [0, 0])).toBe(true);
    // |s'y| beyond twice the error times sqrt(n) |s|.
    Object.assign(solve.evaluator, { slopeError: () => 0.1 });
    const edge = 2 * 0.1 * Math.SQRT2 * 5;
    expect([tells([3, -4], [(1.01 * edge) / 3, 0]), tells([3, -4], [(0.99 * edge) / 3, 0])]).toEqual([
      true,
      false,
    ]);
    expect([tells([3, -4], [0, (1.01 * edge) / 4]), tells([3, -4], [0, (0.99 * edge) / 4])]).toEqual([
      true,
      false,
    ]);
  });

  test("sums, noises and steps of a solve", () => {
    const p: Given = {
      ...{
        x: [3, -1, 0.5],
        g: [0, 0, 0],
        J: [
          [1, -2, 0],
          [0, 4, 8],
        ],
        c: [7, -2],
      },
      ...{ rowLower: [8, -1], rowUpper: [9, 0], lower: [0, -1, -1e6], upper: [3, 1e6, Infinity] },
    };
    const solve = solveAt(p);
    expect(solve.infeasibility(solve.here.c)).toBe(2);
    expect(solve.outside(0, Float64Array.of(9.5))).toBe(0.5);
    solve.noise(solve.here);
    // 4e-16 of |c| + |J| |x|.
    expect(Array.from(solve.rowNoise, (v) => v * 2.5e15)).toEqual(
      [7 + 3 + 2, 2 + 4 + 4].map((v) => expect.closeTo(v, 12)),
    );
    const out = Float64Array.of(10, 20, 30);
    solve.subtractRows(solve.here, Float64Array.of(3, -1), out);
    expect(Array.from(out)).toEqual([10 - 3, 20 + 6 + 4, 30 + 8]);
    expect([solve.within(0, 5), solve.within(0, -1), solve.within(0, 2), solve.within(0, 1e-16)]).toEqual([
      3, 0, 2, 0,
    ]);
    expect(solve.within(0, 3 - 4e-16)).toBe(3);
    expect(solve.within(0, 3 - 9e-15)).toBe(3 - 9e-15);
    solve.there.x.set([3, 2, 4.5]);
    solve.there.c.set([1, 2]);
    expect(solve.stands()).toBe(false);
    solve.accept();
    expect([solve.stepNorm, Array.from(solve.here.x), Array.from(solve.here.c)]).toEqual([
      5,
      [3, 2, 4.5],
      [1, 2],
    ]);
    expect(solve.stands()).toBe(true);
  });
});

test("f and rows are scaled by powers of two, so that no derivative at the start is above 100; once", () => {
  const evaluator = (rowLower: Vector, rowUpper: Vector) => {
    const sides = { rowLower: Float64Array.from(rowLower), rowUpper: Float64Array.from(rowUpper) };
    const program = { n: 2, m: 3, ...fullPattern(3, 2), ...sides, objective: { fun: () => 0 }, groups: [] };
    return new Evaluator(program as unknown as Evaluator["program"], { where: "test" } as Watch, false);
  };
  const pointOf = (g: Vector) => ({
    ...{ x: new Float64Array(2), f: 3, g: Float64Array.from(g), c: Float64Array.of(8, 5, 7) },
    J: Float64Array.of(0.5, -700, 1, 99, 1e101, 0),
  });
  for (const [g, size, scale] of [
    [[-1e5, 3], 1, 2 ** -10],
    [[99, 1e-9], 1, 1],
    [[128, 0], 1, 0.5],
    [[1e120, 0], 1, 1],
    [[-1e5, 3], 0.3, 2],
    [[0, 0], 1e-3, 512],
  ] as const) {
    const e = evaluator([8, -Infinity, 0], [16, 5, Infinity]);
    const p = pointOf(g);
    for (let time = 0; time < 2; time++) {
      e.chooseScales(p, size);
      // 100 / 700 is above 1 / 8; what is larger than 1e100 is left alone.
      expect([e.fScale, ...e.rowScale]).toEqual([scale, 1 / 8, 1, 1]);
      expect([p.f, ...p.g]).toEqual([3 * scale, ...g.map((v) => v * scale)]);
      expect([...p.c]).toEqual([1, 5, 7]);
      expect([...p.J]).toEqual([0.5 / 8, -700 / 8, 1, 99, 1e101, 0]);
      expect([[...e.scaledLower], [...e.scaledUpper]]).toEqual([
        [1, -Infinity, 0],
        [2, 5, Infinity],
      ]);
    }
  }
});

/** Rows: an equality, one side, two sides; variables: free, one side, two sides, fixed. Inside all of them. */
function innerPoint() {
  const p: Given = {
    ...{
      x: [0.3, 1.5, -2, 4],
      f: 0.7,
      g: [1, -2, 3, 7],
      J: [
        [1, 2, 0, 1],
        [0.5, 0, -1, 3],
        [2, -1, 1, 0],
      ],
      c: [0.4, 2, -0.5],
    },
    ...{
      rowLower: [0.1, 1.2, -1],
      rowUpper: [0.1, Infinity, 3],
      lower: [-Infinity, 1, -3, 4],
      upper: [Infinity, Infinity, 0.5, 4],
    },
  };
  const solve = solveAt(p);
  const at = new Interior(solve);
  at.s.set([0, 1.9, -0.25]);
  return { p, solve, at };
}

describe("the inner point of the interior-point method", () => {
  test("counts finite sides of what is neither equal nor fixed", () => {
    const { at } = innerPoint();
    expect([at.count, Array.from(at.slack), Array.from(at.fixed)]).toEqual([6, [0, 1, 1], [0, 0, 0, 1]]);
  });

  test("the barrier is (3a), its slope is its change along a step", () => {
    const { p, solve, at } = innerPoint();
    const mu = 0.03;
    const logs = [0.5, 1, 2.5, 0.7, 0.75, 3.25].reduce((s, d) => s + Math.log(d), 0);
    // One side only: x_1 - 1.5e-5 mu more for each unit (section 3.7).
    expect(at.barrier(solve.here, at.s, mu)).toBeCloseTo(0.7 - mu * logs + mu * 1e-5 * 1.5, 14);
    const [dx, ds] = [Float64Array.of(0.4, -0.2, 0.3, 5), Float64Array.of(9, 0.1, -0.3)];
    const [h, there] = [1e-5, solve.there];
    const moved = (t: number) => {
      there.x.set(p.x.map((v, j) => v + (j === 3 ? 0 : t * dx[j]!)));
      there.f = 0.7 + t * (0.4 * 1 + 0.2 * 2 + 0.3 * 3);
      return at.barrier(
        there,
        at.s.map((v, i) => v + t * ds[i]!),
        mu,
      );
    };
    expect(at.slope(dx, ds, mu)).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 8);
    solve.here.x[1] = 0.9;
    expect(at.barrier(solve.here, at.s, mu)).toBe(Infinity);
  });

  test("E_mu (5): with multipliers mu / distance it is the gradient of the barrier less J'y, or a row; then the largest product", () => {
    const { p, solve, at } = innerPoint();
    const mu = 0.03;
    at.resetDuals(mu);
    expect(Array.from(at.zl)).toEqual([0, mu / 0.5, mu / 1, 0]);
    expect(Array.from(at.zu)).toEqual([0, 0, mu / 2.5, 0]);
    expect(Array.from(at.vl)).toEqual([0, mu / (1.9 - 1.2), mu / 0.75]);
    expect(Array.from(at.vu)).toEqual([0, 0, mu / 3.25]);
    const z = new Float64Array(4);
    at.combine(z);
    expect(Array.from(z)).toEqual([0, mu / 0.5, mu - mu / 2.5, 0]);
    const check = (y: number[]) => {
      solve.y.set(y);
      const sum = [...at.zl, ...at.zu, ...at.vl, ...at.vu, ...y.map(Math.abs)].reduce((s, v) => s + v, 0);
      const size = Math.max(100, sum / (4 + 2 * 3)) / 100;
      const damping = [0, 1e-5, 0, 0];
      const rest = p.g.map(
        (g, j) =>
          g + mu * damping[j]! - at.zl[j]! + at.zu[j]! - column(p.J, j).reduce((s, v, i) => s + v * y[i]!, 0),
      );
      const slacks = [1, 2].map((i) => y[i]! - at.vl[i]! + at.vu[i]!);
      const products = [
        at.zl[1]! * 0.5,
        at.zl[2]! * 1,
        at.zu[2]! * 2.5,
        at.vl[1]! * 0.7,
        at.vl[2]! * 0.75,
        at.vu[2]! * 3.25,
      ].map((v) => v - mu);
      const rows = [0.4 - 0.1, 2 - 1.9, -0.5 + 0.25];
      const expected = Math.max(
        most([...rest.slice(0, 3), ...slacks, ...products].map((v) => Math.abs(v) / size)),
        most(rows.map(Math.abs)),
      );
      expect(at.error(mu)).toBeCloseTo(expected, 12);
      expect(at.theta(solve.here)).toBeCloseTo(0.3 + 0.1 + 0.25, 14);
      return expected;
    };
    // Each part is the largest once.
    check([0, 0, 0]);
    check([0, 5, 0]);
    check([0, 0, -5]);
    check([1000, 0, 0]);
    // What is left of everything else is 0: x_0, x_1 and x_2 by their gradients.
    solve.here.g.set([0, at.zl[1]! - 1e-5 * mu, at.zl[2]! - at.zu[2]!, 0]);
    for (const g of solve.here.g.keys()) (p.g as number[])[g] = solve.here.g[g]!;
    expect(check([0, 0, 0])).toBe(0.4 - 0.1);
    for (const v of [at.zl, at.zu, at.vl, at.vu])
      for (const i of v.keys()) {
        const old = v[i]!;
        if (old === 0) continue;
        for (const by of [20, 1e6]) {
          v[i] = by;
          check([0, 0, 0]);
        }
        v[i] = old;
      }
  });

  test("E_mu is relative to the mean multiplier, of every side, where that is above 100", () => {
    const solve = solveAt({
      x: [0.5],
      g: [0],
      J: [[1]],
      c: [2],
      lower: [0],
      upper: [1],
      rowLower: [1],
      rowUpper: [4],
    });
    for (const [zl, zu, vl, vu] of [
      [2400, 0, 0, 0],
      [0, 2400, 0, 0],
      [0, 0, 2400, 0],
      [0, 0, 0, 2400],
    ] as const) {
      const at = new Interior(solve);
      for (const [to, v] of [
        [at.zl, zl],
        [at.zu, zu],
        [at.vl, vl],
        [at.vu, vu],
        [at.s, 2],
      ] as const)
        to[0] = v;
      // 2400 of n + 2 m = 3 sides are 8 times 100; a distance of 2 is the only one above 1.
      expect(at.error(0)).toBeCloseTo((2400 / 8) * (vu > 0 ? 2 : 1), 10);
    }
  });

  test("the longest step keeps 1 - tau of every distance, and ends at 100 max(1, |x|)", () => {
    const { at } = innerPoint();
    const none = { dx: [0, 0, 0, 0], ds: [0, 0, 0] };
    const longest = ({ dx, ds }: { dx: number[]; ds: number[] }) =>
      at.longest(Float64Array.from(dx), Float64Array.from(ds), 0.9);
    expect(longest(none)).toBe(1);
    expect(longest({ ...none, dx: [3, 0, 0, 0] })).toBe(1);
    for (const [j, d, distance] of [
      [1, -2, 0.5],
      [2, -2, 1],
      [2, 5, 2.5],
    ] as const)
      expect(longest({ ...none, dx: [0, 0, 0, 0].with(j, d) })).toBeCloseTo(
        (0.9 * distance) / Math.abs(d),
        14,
      );
    for (const [i, d, distance] of [
      [1, -2, 0.7],
      [2, -2, 0.75],
      [2, 5, 3.25],
    ] as const)
      expect(longest({ ...none, ds: [0, 0, 0].with(i, d) })).toBeCloseTo((0.9 * distance) / Math.abs(d), 14);
    // A fixed variable and the slack of an equality bound nothing.
    expect(longest({ dx: [0, 0, 0, -7], ds: [-1e9, 1e9, 0] })).toBe(1);
    expect(longest({ ...none, dx: [-2000, 0, 0, 0] })).toBe((100 * 4) / 2000);
  });

  test("multipliers step by the linearised products (15b), and stay within 1e10 of mu / distance (16)", () => {
    const { solve, at } = innerPoint();
    const mu = 0.03;
    at.resetDuals(mu);
    const zeros = () => new Float64Array(4);
    const system = {
      ...{ dx: Float64Array.of(1, 0.4, -0.5, 0), ds: Float64Array.of(0, 0.35, -0.3) },
      ...{ dzl: zeros(), dzu: zeros(), dvl: zeros(), dvu: zeros(), dy: zeros() },
    } as unknown as NewtonSystem;
    const alpha = at.longestDual(mu, system, 0.9);
    // z d + (distance) dz = mu - z distance, and z distance = mu here.
    const expected = (d: number, distance: number) => (-mu * d) / distance ** 2;
    expect(system.dzl[1]).toBeCloseTo(expected(0.4, 0.5), 14);
    expect(system.dzl[2]).toBeCloseTo(expected(-0.5, 1), 14);
    expect(system.dzu[2]).toBeCloseTo(expected(0.5, 2.5), 14);
    expect(system.dvl[1]).toBeCloseTo(expected(0.35, 0.7), 14);
    expect(system.dvl[2]).toBeCloseTo(expected(-0.3, 0.75), 14);
    expect(system.dvu[2]).toBeCloseTo(expected(0.3, 3.25), 14);
    expect(alpha).toBe(1);
    expect(
      at.longestDual(mu, { ...system, dx: Float64Array.of(0, 1, 0, 0) } as NewtonSystem, 0.9),
    ).toBeCloseTo(0.45, 14);
    at.sTrial.set(at.s);
    at.accept(0.5, mu, { ...system, dzl: Float64Array.of(9, 1e12, -1e12, 9) } as NewtonSystem);
    expect(at.zl[1]! / ((1e10 * mu) / 0.5)).toBeCloseTo(1, 12);
    expect(at.zl[2]! / (mu / 1e10)).toBeCloseTo(1, 12);
    expect(at.zu[2]).toBeCloseTo(mu / 2.5, 14);
    expect([at.zl[0], at.zl[3]]).toEqual([0, 0]);
    expect(solve.here.x[1]).toBe(1.5);
  });

  test("starts inside by 1e-2 of max(1, |side|), or of the width; what others moved follows by no more than mu", () => {
    const { solve, at } = innerPoint();
    solve.here.x.set([5, -8, 0.5, 3]);
    solve.here.c.set([9, 1.2, -40]);
    at.pushInside();
    expect(Array.from(solve.here.x)).toEqual([5, 1.01, expect.closeTo(0.49, 14), 4]);
    at.start(0.1);
    expect([at.s[1], at.s[2]]).toEqual([1.2 + 1e-2 * 1.2, -0.99]);
    const wide = innerPoint();
    (wide.solve.upper as Float64Array)[2] = -2.9;
    wide.solve.here.x[2] = 8;
    wide.at.pushInside();
    expect(wide.solve.here.x[2]).toBeCloseTo(-2.9 - 1e-2 * 0.1, 14);
    wide.solve.here.x.set([0, 0, -2.9, 4]);
    wide.solve.here.c.set([9, 0, 9]);
    wide.at.follow(1e-3);
    expect(Array.from(wide.solve.here.x)).toEqual([0, 1 + 1e-8, -2.9 - 2.9e-8, 4]);
    expect(Array.from(wide.at.s)).toEqual([0, 1.2 + 1e-3, 3 - 1e-3]);
  });

  test("a step is tiny where every part of it is, and the rows are met", () => {
    const { solve, at } = innerPoint();
    const tiny = (dx: Vector, ds: Vector) => at.isTiny(Float64Array.from(dx), Float64Array.from(ds), 0.01);
    expect(tiny([0, 0, 0, 0], [0, 0, 0])).toBe(false);
    solve.here.c.set([0.1, at.s[1]!, at.s[2]! + 0.9e-4]);
    expect(tiny([0.0129, -0.0249, 0.029, 0.049], [9, 0.028, -0.0124])).toBe(true);
    expect(tiny([0.0131, 0, 0, 0], [0, 0, 0])).toBe(false);
    expect(tiny([0, 0, 0, 0], [0, 0, -0.0126])).toBe(false);
  });
});

describe("multipliers of least squares", () => {
  /** g = J'y of bounded multipliers, at a point where the run has stalled with enormous ones. */
  const stalled = (o: Partial<Given> & { true: Vector; given: Vector }) => {
    const J = [
      [1, 2, 0],
      [0, 1, -1],
      [3, 0, 1],
    ];
    const g = [0, 1, 2].map((j) => column(J, j).reduce((s, v, i) => s + v * o.true[i]!, 0));
    const solve = solveAt({
      x: [1, 1, 1],
      g,
      J,
      c: [1, 2, 3],
      rowLower: [1, 2, 3],
      rowUpper: [1, 2, 3],
      lower: [-9, -9, -9],
      upper: [9, 9, 9],
      ...o,
    });
    solve.y.set(o.given);
    const end = withoutMultipliers(solve, new Float64Array(3), null, true);
    return { end, y: Array.from(solve.y), z: Array.from(solve.z), solve };
  };
  const near = (v: Vector) => v.map((each) => expect.closeTo(each, 8));

  test("take the place of enormous ones where they do it", () => {
    const equal = stalled({ true: [2, -3, 0.5], given: [1e9, -1e9, 1e9] });
    expect([equal.end, equal.y]).toEqual([false, near([2, -3, 0.5])]);
    // Sides: rows 0 and 2 stand at a lower and an upper one; row 1 binds on neither.
    const free = { lower: [-Infinity, -9, -Infinity], upper: [Infinity, Infinity, 9] };
    const sides = { rowLower: [1, 0, -Infinity], rowUpper: [Infinity, 8, 3], ...free };
    const sided = stalled({ true: [2, 0, -0.5], given: [1e9, 0, -1e9], ...sides });
    expect([sided.end, sided.y]).toEqual([false, near([2, 0, -0.5])]);
    // A variable at its bound takes what is left.
    const g = [0.5 * 3 + 2, 4 + 7, 0.5];
    const held = stalled({
      true: [0, 0, 0],
      given: [1e9, 0, 1e9],
      g,
      lower: [-9, 1, -9],
      rowLower: [1, 0, 3],
      rowUpper: [1, 8, 3],
    });
    expect([held.end, held.y, held.z]).toEqual([false, near([2, 0, 0.5]), near([0, 7, 0])]);
  });

  test("prove nothing on the wrong side, and the run ends with what was given", () => {
    const wrong = stalled({
      true: [-2, 0, 0.5],
      given: [1e9, 0, 1e9],
      rowLower: [1, 0, 3],
      rowUpper: [8, 8, 3],
    });
    expect([wrong.end, wrong.y, wrong.solve.kkt]).toEqual([true, [1e9, 0, 1e9], Infinity]);
    expect(wrong.solve.detail).toMatch("the multipliers grow without end");
  });

  test("are not looked for while those that are there are of usual size", () => {
    // 1e4 times the largest gradient of f, which is 15 here: each times the largest gradient of its row, 3. No multiplier of row 2 does it.
    const open = { g: [15, 0, 0], rowLower: [0, 0, 3], rowUpper: [8, 8, 3] };
    const end = (size: number) => stalled({ true: [0, 0, 0], given: [0, 0, size], ...open }).end;
    expect([end(4.9e4), end(5.1e4)]).toEqual([false, true]);
  });
});

describe("strictly convex steps by the dual active-set method", () => {
  /** A random program with dense rows, rows of one entry, equalities and bounds. */
  const programOf = (seed: number) => {
    const random = new Random(seed, 3);
    const n = 1 + random.below(7);
    const m = random.below(9);
    const B = Array.from({ length: n * n }, () => random.normal());
    const H = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        for (let k = 0; k < n; k++) H[i * n + j]! += B[k * n + i]! * B[k * n + j]!;
        if (i === j) H[i * n + j]! += 0.1;
      }
    const J = Float64Array.from(
      { length: m * n },
      (_, k) => (random.below(3) ? random.normal() : 0) * 10 ** ((Math.floor(k / n) % 3) - 1),
    );
    const inside = Array.from({ length: n }, () => random.normal());
    const at = (i: number) => inside.reduce((s, v, j) => s + v * J[i * n + j]!, 0);
    const c = Float64Array.from({ length: m }, () => random.normal());
    // At most n - 1 equalities, so that the rows stay independent.
    const rowLower = Float64Array.from(
      { length: m },
      (_, i) => c[i]! + at(i) - (random.below(4) ? random.uniform() : 0),
    );
    const rowUpper = rowLower.map((v, i) =>
      i < Math.min(2, n - 1) ? c[i]! + at(i) : random.below(2) ? Infinity : v + 1.5,
    );
    for (let i = 0; i < Math.min(2, n - 1, m); i++) rowLower[i] = rowUpper[i]!;
    const low = Float64Array.from(inside, (v) => (random.below(2) ? -Infinity : v - random.uniform()));
    const high = Float64Array.from(inside, (v) => (random.below(2) ? Infinity : v + random.uniform()));
    const g = Float64Array.from({ length: n }, () => 10 * random.normal());
    return { n, m, H, g, J, c, rowLower, rowUpper, low, high, rowNoise: new Float64Array(m) };
  };

  test("every answer meets the rows, the signs and the gradient of the Lagrangian, which is the proof", () => {
    let binding = 0;
    for (let seed = 0; seed < 300; seed++) {
      const p = programOf(seed);
      const { n, m, H, g, J, c } = p;
      const qp = new DualActiveSet(n, m);
      expect(qp.solve(p), `${seed}`).toBe("solved");
      const { d, y, z } = qp;
      const size = Math.max(1, ...g.map(Math.abs), ...d.map(Math.abs));
      for (let j = 0; j < n; j++) {
        let r = g[j]! - z[j]!;
        for (let k = 0; k < n; k++) r += H[j * n + k]! * d[k]!;
        for (let i = 0; i < m; i++) r -= J[i * n + j]! * y[i]!;
        expect(Math.abs(r), `${seed}`).toBeLessThan(1e-8 * size * Math.max(1, ...y.map(Math.abs)));
        expect(d[j]! >= p.low[j]! - 1e-9 * size && d[j]! <= p.high[j]! + 1e-9 * size).toBe(true);
        if (z[j] !== 0) expect(d[j]).toBeCloseTo(z[j]! > 0 ? p.low[j]! : p.high[j]!, 6);
      }
      for (let i = 0; i < m; i++) {
        let v = c[i]!;
        for (let j = 0; j < n; j++) v += J[i * n + j]! * d[j]!;
        expect(v).toBeGreaterThan(p.rowLower[i]! - 1e-8 * size);
        expect(v).toBeLessThan(p.rowUpper[i]! + 1e-8 * size);
        if (y[i] === 0) continue;
        binding++;
        expect(v).toBeCloseTo(y[i]! > 0 ? p.rowLower[i]! : p.rowUpper[i]!, 6);
      }
    }
    expect(binding).toBeGreaterThan(200);
  });

  test("the unit of rows and of the objective changes nothing but the multipliers", () => {
    for (let seed = 0; seed < 60; seed++) {
      const p = programOf(seed);
      const solved = (row: number, objective: number) => {
        const by = (v: Float64Array, unit: number) => v.map((each) => each * unit);
        const scaled = {
          ...p,
          H: by(p.H, objective),
          g: by(p.g, objective),
          J: by(p.J, row),
          c: by(p.c, row),
        };
        const qp = new DualActiveSet(p.n, p.m);
        const end = qp.solve({ ...scaled, rowLower: by(p.rowLower, row), rowUpper: by(p.rowUpper, row) });
        return [
          end,
          Array.from(qp.d),
          Array.from(qp.y, (v) => (v * row) / objective),
          Array.from(qp.z, (v) => v / objective),
        ];
      };
      const whole = solved(1, 1);
      // Even powers of two, whose square roots round nothing.
      for (const row of [2 ** -40, 2 ** 40]) expect(solved(row, 1)).toEqual(whole);
      for (const objective of [2 ** -40, 2 ** 40]) expect(solved(1, objective)).toEqual(whole);
    }
  });

  test("rows that the others imply count as met, rows that contradict them are no step", () => {
    const p = {
      ...{
        n: 2,
        m: 3,
        H: Float64Array.of(1, 0, 0, 1),
        g: Float64Array.of(-1, -1),
        J: Float64Array.of(1, 1, 2, 2, 0, 0),
      },
      ...{
        c: new Float64Array(3),
        low: Float64Array.of(-9, -9),
        high: Float64Array.of(9, 9),
        rowNoise: new Float64Array(3),
      },
    };
    const solve = (rowLower: Vector, rowUpper: Vector) => {
      const qp = new DualActiveSet(2, 3);
      const end = qp.solve({
        ...p,
        rowLower: Float64Array.from(rowLower),
        rowUpper: Float64Array.from(rowUpper),
      });
      return [end, ...(end === "solved" ? qp.d : [])];
    };
    expect(solve([1, 2, 0], [1, 2, 0])).toEqual(["solved", expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
    expect(solve([1, 2 + 1e-10, 0], [1, 2 + 1e-10, 0])[0]).toBe("solved");
    expect(solve([1, 2.1, 0], [1, 2.1, 0])).toEqual(["infeasible"]);
    expect(solve([1, 2, 1e-3], [1, 2, Infinity])).toEqual(["infeasible"]);
    expect(
      new DualActiveSet(2, 3).solve({ ...p, H: Float64Array.of(1, 0, 2, 1), rowLower: p.c, rowUpper: p.c }),
    ).toBe("indefinite");
  });
});

describe("patterns", () => {
  const patternOf = (rows: readonly Vector[]) => ({
    rowPtr: Int32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]),
    colIdx: Int32Array.from(rows.flat()),
  });
  test("of full rows, and of one under the other", () => {
    expect(fullPattern(2, 3)).toEqual(
      patternOf([
        [0, 1, 2],
        [0, 1, 2],
      ]),
    );
    expect(stacked([patternOf([[1], [], [0, 2]]), patternOf([[2]])])).toEqual(
      patternOf([[1], [], [0, 2], [2]]),
    );
  });
  test("the union has every entry and the diagonal, ascending, and says where each part goes", () => {
    const row = (i: number) => fc.uniqueArray(fc.integer({ min: 0, max: i }), { maxLength: i + 1 });
    const triangle = fc.integer({ min: 1, max: 6 }).chain((n) => {
      const part = fc.tuple(...Array.from({ length: n }, (_, i) => row(i)));
      return fc.tuple(part, fc.array(part, { maxLength: 3 }));
    });
    fc.assert(
      fc.property(triangle, ([first, others]) => {
        const parts = [first, ...others].map((rows) => rows.map((each) => each.toSorted((a, b) => a - b)));
        const n = first.length;
        const whole = Array.from({ length: n }, (_, i) =>
          [...new Set([...parts.flatMap((rows) => rows[i]!), i])].sort((a, b) => a - b),
        );
        const union = unionOf(n, patternOf(parts[0]!), parts.slice(1).map(patternOf));
        expect({ rowPtr: union.rowPtr, colIdx: union.colIdx }).toEqual(patternOf(whole));
        whole.forEach((cols, i) => {
          expect(union.diagonal[i]).toBe(union.rowPtr[i]! + cols.length - 1);
        });
        const maps = [union.ofObjective, ...union.ofGroups];
        parts.forEach((rows, p) => {
          const { rowPtr, colIdx } = patternOf(rows);
          expect(Array.from(maps[p]!, (k) => union.colIdx[k])).toEqual([...colIdx]);
          for (let i = 0; i < n; i++)
            for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
              expect(maps[p]![k]).toBeGreaterThanOrEqual(union.rowPtr[i]!);
              expect(maps[p]![k]).toBeLessThan(union.rowPtr[i + 1]!);
            }
        });
        expect(union.most).toBe(Math.max(...parts.map((rows) => rows.flat().length)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("what binds", () => {
  /** The free variables, the rows held and whether something binds without a multiplier, strong sides only or weak ones as well. */
  const bindingAt = (lower: Vector, upper: Vector, rows: readonly [Vector, Vector], weakly: boolean) => {
    const [rowLower, rowUpper] = rows;
    const J = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    const solve = solveAt({ x: [0, 2, 3], g: [0, 0, 0], J, c: [0, 2], rowLower, rowUpper, lower, upper });
    const active = activeAt(solve, () => 1, weakly, 9)!;
    return { free: [...active.free], rows: [...active.rows], weak: active.weak };
  };
  const no = [-Infinity, -Infinity, -Infinity];
  const above = [Infinity, Infinity, Infinity];

  test("nothing does at a side that is infinite", () => {
    const rows = [
      [-Infinity, 0],
      [Infinity, Infinity],
    ] as const;
    for (const weakly of [true, false])
      expect(bindingAt(no, above, rows, weakly)).toEqual({ free: [0, 1, 2], rows: [], weak: false });
    expect([isAt(3, Infinity), isAt(-3, -Infinity), isAt(3, 3), isAt(3, 3 + 1e-5)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test("sides without a multiplier are weak, and held where that is asked for", () => {
    const rows = [
      [0, -9],
      [Infinity, 9],
    ] as const;
    const lower = [-Infinity, -Infinity, 3];
    expect(bindingAt(lower, above, rows, true)).toEqual({ free: [0, 1], rows: [0], weak: true });
    expect(bindingAt(lower, above, rows, false)).toEqual({ free: [0, 1, 2], rows: [], weak: true });
  });
});
