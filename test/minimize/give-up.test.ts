// What a run does that finds no lower point (give-up.ts): by itself, on objectives with known derivatives, with plain kernels.
import { describe, expect, test } from "vitest";
import { giveUp } from "../../src/minimize/give-up.js";
import { LONGER } from "../../src/minimize/hessian-differences.js";
import type { Solve } from "../../src/minimize/solve.js";

const FAILURE = { status: "failed", reason: "lineSearch" } as const;

interface Setting {
  x: number[];
  f(x: ArrayLike<number>): number;
  /** The gradient and the diagonal of the Hessian as the run knows them. */
  g(x: ArrayLike<number>): number[];
  hess: number[];
  bounds?: [lower: number[], upper: number[]];
  /** Steps of differences, and the noise of f: the gradient comes from differences. */
  steps?: number[];
  noise?: number;
}

/** Gives up, evaluates what is asked for, and tells how it ended and what was tried. */
function run({ x, f, g, hess, bounds, steps, noise = 0 }: Setting) {
  const n = x.length;
  const vectors: Record<string, Float64Array> = {};
  const view = (name: string) => {
    vectors[name] ??= new Float64Array(n * n);
    return vectors[name];
  };
  hess.forEach((v, j) => {
    view("hess")[j * n + j] = v;
  });
  if (bounds) [vectors.lower, vectors.upper] = bounds.map((v) => Float64Array.from(v)) as [never, never];
  if (steps) view("steps").set(steps);
  view("noise")[0] = noise;
  const point = (name: string) => {
    const at = { x: Float64Array.from(x), g: Float64Array.from(g(x)), f: f(x) };
    vectors[`${name}.x`] = at.x;
    vectors[`${name}.g`] = at.g;
    return { ...at, xp: `${name}.x`, gp: `${name}.g` };
  };
  const inBox = (v: number, j: number) => (bounds ? Math.min(Math.max(v, bounds[0][j]!), bounds[1][j]!) : v);
  const move = (_n: number, t: number, d: string, from: string, to: string) => {
    for (let j = 0; j < n; j++) vectors[to]![j] = inBox(vectors[from]![j]! + t * vectors[d]![j]!, j);
  };
  let accepted = false;
  const solve = {
    judged: true,
    n,
    bounded: bounds !== undefined,
    sides: bounds ? [vectors.lower, vectors.upper] : [null, null],
    within: inBox,
    room: (j: number): number => {
      const [v, slope] = [solve.here.x[j]!, solve.here.g[j]!];
      return bounds ? (slope > 0 ? v - bounds[0][j]! : bounds[1][j]! - v) : Infinity;
    },
    exact: !steps,
    hasHess: false,
    hasHessVec: false,
    error: 0,
    hidden: 0,
    decrease: NaN,
    here: point("here"),
    there: point("there"),
    s: new Float64Array(16).fill(1),
    lower: "lower",
    upper: "upper",
    hessian: "hessian",
    value: "value",
    derivative: "derivative",
    view,
    address(name: string) {
      view(name);
      return name;
    },
    gradientSize: (at: { g: Float64Array }) => Math.max(...at.g.map(Math.abs)),
    keep() {},
    accept() {
      accepted = true;
      [solve.here, solve.there] = [solve.there, solve.here];
    },
    measure() {},
    foundGradient() {},
    kernels: {
      firstNonFinite: (length: number, p: string) =>
        vectors[p]!.subarray(0, length).findIndex((v) => !Number.isFinite(v)),
      copyF64: (_n: number, a: string, b: string) => vectors[b]!.set(vectors[a]!),
      nrm2F64: (_n: number, p: string) => Math.hypot(...vectors[p]!),
      move,
      moveInBox: move,
      distance: (_n: number, a: string, b: string) =>
        Math.hypot(...vectors[a]!.map((v, j) => v - vectors[b]![j]!)),
      // Of a diagonal Hessian.
      newtonDirection(_n: number, h: string, _L: string, gradient: string, d: string) {
        let slope = 0;
        for (let j = 0; j < n; j++) {
          vectors[d]![j] = -vectors[gradient]![j]! / vectors[h]![j * n + j]!;
          slope += vectors[gradient]![j]! * vectors[d]![j]!;
        }
        return slope;
      },
    },
  };
  const tried: number[][] = [];
  const search = giveUp(solve as unknown as Solve, 0, FAILURE);
  for (;;) {
    const { done, value } = search.next();
    const from = { tried, accepted, decrease: solve.decrease, x: [...solve.here.x] };
    if (done) return { end: value, ...from };
    if ((value as unknown) === "value") {
      tried.push([...solve.there.x]);
      solve.there.f = f(solve.there.x);
    } else if ((value as unknown) === "derivative") solve.there.g.set(g(solve.there.x));
  }
}

describe("Newton's step finds what is left", () => {
  // f = ((x - 1)^2 + 64 (y - 2)^2) / 2
  const bowl = {
    f: (x: ArrayLike<number>) => ((x[0]! - 1) ** 2 + 64 * (x[1]! - 2) ** 2) / 2,
    g: (x: ArrayLike<number>) => [x[0]! - 1, 64 * (x[1]! - 2)],
    hess: [1, 64],
  };
  const wide: [number[], number[]] = [
    [-9, -9],
    [9, 9],
  ];
  test.each([
    ["without bounds", undefined],
    ["within bounds", wide],
  ] as const)("%s: in one step", (_name, bounds) => {
    const r = run({ ...bowl, x: [3, 5], ...(bounds ? { bounds: bounds as never } : {}) });
    expect(r).toMatchObject({ end: null, accepted: true, x: [1, 2], tried: [[1, 2]], decrease: Infinity });
  });
  test("a variable that is held has no part in it, and the other stops at its bound", () => {
    const held = run({
      ...bowl,
      x: [3, 5],
      bounds: [
        [3, -9],
        [9, 9],
      ],
    });
    expect(held).toMatchObject({ end: null, x: [3, 2] });
    const cut = run({
      ...bowl,
      x: [3, 5],
      bounds: [
        [2, -9],
        [9, 9],
      ],
    });
    expect(cut).toMatchObject({ end: null, x: [2, 2] });
    const fixed = run({
      ...bowl,
      x: [3, 5],
      bounds: [
        [-9, 5],
        [9, 5],
      ],
    });
    expect(fixed).toMatchObject({ end: null, x: [1, 5] });
  });
  test("shorter ones where the whole one is no lower: a quarter, a quarter of that, and once more", () => {
    // The gradient is right, the Hessian is a sixtieth of what it is.
    const r = run({ f: (x) => x[0]! ** 2, g: (x) => [2 * x[0]!], hess: [2 / 60], x: [1] });
    expect(r.tried.map(([x]) => x)).toEqual([1, 0.25, 0.0625, 0.015625].map((share) => 1 - 60 * share));
    expect(r).toMatchObject({ end: null, accepted: true });
  });
  test("where none is lower the run fails as it was about to", () => {
    const r = run({ ...bowl, g: (x) => bowl.g(x).map((v) => -v), x: [3, 5], bounds: wide });
    expect(r).toMatchObject({ end: FAILURE, accepted: false, decrease: NaN, x: [3, 5] });
    expect(r.tried.length).toBe(4);
  });
  test("a minimum, inside or at its bounds, is one: nothing is tried", () => {
    expect(run({ ...bowl, x: [1, 2] })).toMatchObject({ end: FAILURE, decrease: 0, tried: [] });
    expect(
      run({
        ...bowl,
        x: [3, 5],
        bounds: [
          [3, 5],
          [9, 9],
        ],
      }),
    ).toMatchObject({ decrease: 0, tried: [] });
    // What the bounds let it gain is lost in rounding: |g| times the room is no more than 1e-13 |f|.
    const f = bowl.f([3, 5]);
    const near = (room: number) =>
      run({
        ...bowl,
        x: [3, 5],
        bounds: [
          [3 - (room * f) / 2, 5],
          [9, 9],
        ],
      }).decrease;
    expect(near(0.9e-13)).toBe(0);
    expect(near(1.2e-13)).toBe(Infinity);
  });
});

describe("a slope that differences are sure of, along which they see no curvature", () => {
  const h = 1e-4;
  // A valley: least at 30 in x, of no visible curvature there; the error of a slope is noise / h.
  const valley = (noise: number, curvature = 0, bounds?: [number[], number[]]) =>
    run({
      f: (x) => Math.abs(x[0]! - 30) + x[1]! ** 2,
      g: (x) => [Math.sign(x[0]! - 30), 2 * x[1]!],
      hess: [curvature, 2],
      x: [1, 0],
      steps: [h, h],
      noise: noise * h,
      ...(bounds ? { bounds } : {}),
    });
  test("is followed in steps that grow fourfold, for as long as f falls, and to the bound", () => {
    const r = valley(0.4);
    const expected = Array.from({ length: 9 }, (_, k) => 1 + LONGER * h * 4 ** k);
    expect(r.tried.length).toBe(9);
    r.tried.forEach(([x, y], k) => {
      expect(x).toBeCloseTo(expected[k]!, 12);
      expect(y).toBe(0);
    });
    expect(r).toMatchObject({ end: null, accepted: true });
    expect(r.x[0]).toBeCloseTo(expected[7]!, 12);
    const bounded = valley(0.4, 0, [
      [-9, -9],
      [9, 9],
    ]);
    expect(bounded.x).toEqual([9, 0]);
  });
  test("not where it may be 0, nor where the curvature shows", () => {
    const first = 1 + LONGER * h;
    expect(valley(0.49).tried[0]![0]).toBeCloseTo(first, 12);
    expect(valley(0.51).accepted).toBe(false);
    // Differences with steps of 20 h see curvatures of 10 times the error over 20 h.
    const seen = (10 * 0.4) / (LONGER * h);
    expect(valley(0.4, 0.99 * seen).tried[0]![0]).toBeCloseTo(first, 12);
    expect(valley(0.4, 1.01 * seen).tried.length).toBeLessThan(8);
  });
});
