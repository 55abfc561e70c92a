// The two integrators alone, without a model: closed forms, exactness of their orders, symmetries that hold to the bit, the ways they
// end, and how many evaluations they may take for what they reach.
import { describe, expect, test } from "vitest";
import { integrate, type RightSide, type StepControl } from "../../src/fits/dormand-prince.js";
import { integrateStiff } from "../../src/fits/stiff.js";

type Slopes = (t: number, y: Float64Array, J: Float64Array) => void;
interface Run {
  done: boolean;
  /** The solution at the times reached. */
  ys: number[][];
  /** Evaluations of the right side, and where. */
  nfev: number;
  at: number[];
}

const usual = { tolerance: 1e-10, sizes: [], maxSteps: 1e5, maxStep: Infinity };

function explicit(
  f: RightSide,
  y0: number[],
  times: number[],
  given: Partial<StepControl> = {},
  t0 = 0,
): Run {
  const run: Run = { done: false, ys: [], nfev: 0, at: [] };
  const counted: RightSide = (t, y, dy) => {
    run.nfev++;
    run.at.push(t);
    f(t, y, dy);
  };
  const control = { ...usual, variables: y0.length, ...given };
  run.done = integrate(counted, t0, Float64Array.from(y0), times, control, (i, y) => {
    expect(i).toBe(run.ys.length);
    run.ys.push([...y]);
  });
  return run;
}

function stiff(
  f: RightSide,
  slopes: Slopes,
  y0: number[],
  times: number[],
  given: Partial<StepControl> = {},
  t0 = 0,
): Run {
  const run: Run = { done: false, ys: [], nfev: 0, at: [] };
  const counted: RightSide = (t, y, dy) => {
    run.nfev++;
    run.at.push(t);
    f(t, y, dy);
  };
  const control = { ...usual, variables: y0.length, ...given };
  run.done = integrateStiff(counted, slopes, t0, Float64Array.from(y0), times, control, (i, y) => {
    expect(i).toBe(run.ys.length);
    run.ys.push([...y]);
  });
  return run;
}

const worst = (run: Run, want: (i: number) => number[], scale = 1): number =>
  Math.max(...run.ys.flatMap((y, i) => want(i).map((v, j) => Math.abs(y[j]! - v) / scale)));

/** Kepler's orbit of eccentricity e from the near point: the position at time t by Newton on Kepler's equation. */
const E = 0.9;
const orbit: RightSide = (_, y, dy) => {
  const r = Math.sqrt(y[0]! * y[0]! + y[1]! * y[1]!);
  dy.set([y[2]!, y[3]!, -y[0]! / r / r / r, -y[1]! / r / r / r]);
};
const near = [1 - E, 0, 0, Math.sqrt((1 + E) / (1 - E))];
function kepler(t: number): number[] {
  let u = Math.PI;
  for (let k = 0; k < 60; k++) u -= (u - E * Math.sin(u) - (t % (2 * Math.PI))) / (1 - E * Math.cos(u));
  return [Math.cos(u) - E, Math.sqrt(1 - E * E) * Math.sin(u)];
}

const decay: RightSide = (_, y, dy) => {
  for (let i = 0; i < y.length; i++) dy[i] = -y[i]!;
};
const minusOne: Slopes = (_, y, J) => {
  for (let i = 0; i < y.length; i++) J[i * y.length + i] = -1;
};
const reversed =
  (f: RightSide): RightSide =>
  (t, y, dy) => {
    f(-t, y, dy);
    for (let i = 0; i < dy.length; i++) dy[i] = -dy[i]!;
  };
const times = [0.5, 1, 2, 3, 4, 5, 6, 7, 9, 12];

describe("Dormand and Prince", () => {
  test.each([
    [1e-5, 1e-3, 710],
    [1e-8, 1e-6, 1330],
    [1e-11, 2e-9, 2620],
  ])(
    "an orbit of eccentricity 0.9 to tolerance %d: near Kepler, in so many evaluations",
    (tolerance, error, most) => {
      const run = explicit(orbit, near, times, { tolerance });
      expect(run.done).toBe(true);
      expect(worst(run, (i) => kepler(times[i]!))).toBeLessThan(error);
      expect(run.nfev).toBeLessThan(most);
      // Times inside a step cost three evaluations a step, and change no step.
      const end = explicit(orbit, near, times.slice(-1), { tolerance });
      expect(end.ys[0]).toEqual(run.ys.at(-1));
      expect((run.nfev - end.nfev) % 3).toBe(0);
      expect(run.nfev - end.nfev).toBeLessThanOrEqual(3 * (times.length - 1));
      // Backwards the same, to the bit.
      const back = explicit(
        reversed(orbit),
        near,
        times.map((t) => -t),
        { tolerance },
      );
      expect(back.ys).toEqual(run.ys);
      // A sensitivity that is as smooth as the variables costs nothing, and follows them.
      const along: RightSide = (t, y, dy) => {
        orbit(t, y, dy);
        dy.copyWithin(4, 0, 4);
      };
      const wide = explicit(along, [...near, ...near], times, { tolerance, variables: 4, sizes: [1] });
      expect(wide.ys).toEqual(run.ys.map((y) => [...y, ...y]));
    },
  );

  test("polynomials: degree 8 at the end of a step, degree 7 within, however loose the tolerance", () => {
    const at = [0.3, 0.9, 1.1, 1.9, 2];
    const run = explicit(
      (t, _, dy) => {
        dy[0] = 8 * t * t * t * t * t * t * t;
        dy[1] = 7 * t * t * t * t * t * t;
        dy[2] = 1;
      },
      [0, 0, 0],
      at,
      { tolerance: 0.1 },
    );
    run.ys.forEach((y, i) => {
      const t = at[i]!;
      expect(Math.abs(y[1]! / t ** 7 - 1)).toBeLessThan(5e-12);
      expect(Math.abs(y[2]! / t - 1)).toBeLessThan(1e-14);
    });
    expect(Math.abs(run.ys.at(-1)![0]! / 2 ** 8 - 1)).toBeLessThan(1e-13);
  });

  test("the first step; a scale of the solution changes nothing", () => {
    for (const tolerance of [1e-4, 1e-8, 1e-12]) {
      const root = Math.sqrt(Math.sqrt(Math.sqrt(tolerance)));
      const c = 0.05260015195876773;
      // |y / y'| or the span, times the eighth root of the tolerance.
      const fast = explicit((_, y, dy) => dy.set([-4 * y[0]!]), [1], [3], { tolerance });
      expect(fast.at[1]! / (0.25 * root * c)).toBeCloseTo(1, 12);
      for (const [y0, rate] of [
        [1, 0.01],
        [0, 1],
        [1, 0],
      ] as const) {
        const slow = explicit((_, __, dy) => dy.set([rate]), [y0], [3], { tolerance });
        expect(slow.at[1]! / (3 * root * c)).toBeCloseTo(1, 12);
      }
      const one = explicit(decay, [1, 2], [1, 5], { tolerance });
      expect(explicit(decay, [1024, 2048], [1, 5], { tolerance }).ys).toEqual(
        one.ys.map((y) => y.map((v) => 1024 * v)),
      );
    }
  });

  test.each([
    [1e-5, 600],
    [1e-8, 980],
    [1e-11, 1740],
  ])("a rate that jumps at 1, tolerance %d: closed form", (tolerance, most) => {
    const jump = (t: number) => (t < 1 ? 0.1 : 50);
    const run = explicit((t, y, dy) => dy.set([-jump(t) * y[0]!]), [1], [0.9, 1, 1.1], { tolerance });
    [0.09, 0.1, 5.1].forEach((x, i) => {
      expect(Math.abs(run.ys[i]![0]! / Math.exp(-x) - 1)).toBeLessThan(1000 * tolerance);
    });
    expect(run.nfev).toBeLessThan(most);
  });

  test("ends: times at the start, no step left, a pole, a rate that is no number", () => {
    expect(explicit(decay, [1], [])).toMatchObject({ done: true, nfev: 0 });
    expect(explicit(decay, [3], [2, 2], {}, 2)).toMatchObject({ done: true, nfev: 0, ys: [[3], [3]] });
    expect(explicit(decay, [3], [2, 3], {}, 2).ys[0]).toEqual([3]);
    expect(explicit(decay, [1], [1, 1]).ys[1]![0]).toBeCloseTo(Math.exp(-1), 9);
    // Twelve evaluations a step: as many steps as are needed, or one less.
    const needed = explicit(decay, [1], [3]).nfev / 12;
    expect(Number.isInteger(needed)).toBe(true);
    expect(explicit(decay, [1], [3], { maxSteps: needed }).done).toBe(true);
    expect(explicit(decay, [1], [3], { maxSteps: needed - 1 })).toMatchObject({ done: false, ys: [] });
    const pole = explicit((_, y, dy) => dy.set([y[0]! * y[0]!]), [1], [0.5, 0.99, 2]);
    expect(pole).toMatchObject({ done: false });
    expect(pole.ys.map(([u]) => u)).toEqual([expect.closeTo(2, 8), expect.closeTo(100, 4)]);
    const lost = explicit((t, y, dy) => dy.set([t > 1 ? NaN : -y[0]!]), [1], [0.5, 0.99, 1.5]);
    expect(lost.done).toBe(false);
    expect(lost.ys.map(([u]) => u)).toEqual([0.5, 0.99].map((t) => expect.closeTo(Math.exp(-t), 9)));
    expect(Math.min(...lost.at.filter((t) => t > 1)) - 1).toBeLessThan(1e-12);
    expect(lost.nfev).toBeLessThan(1000);
  });
});

describe("extrapolated linearly implicit Euler", () => {
  test.each([
    [1e-5, 1e-4, 660],
    [1e-8, 1e-7, 2100],
    [1e-11, 1e-10, 8700],
  ])(
    "decay to tolerance %d: the exponential, in so many evaluations; backwards and scaled the same",
    (tolerance, error, most) => {
      const at = [1, 5, 30];
      const run = stiff(decay, minusOne, [1, 2], at, { tolerance });
      expect(run.done).toBe(true);
      expect(worst({ ...run, ys: run.ys.slice(0, 1) }, () => [Math.exp(-1), 2 * Math.exp(-1)])).toBeLessThan(
        error,
      );
      expect(worst(run, (i) => [Math.exp(-at[i]!), 2 * Math.exp(-at[i]!)])).toBeLessThan(error);
      expect(run.nfev).toBeLessThan(most);
      const plusOne: Slopes = (t, y, J) => {
        minusOne(t, y, J);
        for (let i = 0; i < J.length; i++) J[i] = -J[i]!;
      };
      const back = stiff(
        reversed(decay),
        plusOne,
        [1, 2],
        at.map((t) => -t),
        { tolerance },
      );
      expect(back.ys).toEqual(run.ys);
      const large = stiff(decay, minusOne, [1024, 2048], at, { tolerance });
      expect(large.ys).toEqual(run.ys.map((y) => y.map((v) => 1024 * v)));
      // 1 / 100 of |y / y'|, in two halves.
      expect(run.at[1]).toBeCloseTo(0.005, 14);
    },
  );

  test("a smooth solution beside a rate of a million takes less than 70 evaluations", () => {
    const rate = 1e6;
    const f: RightSide = (t, y, dy) => dy.set([-rate * (y[0]! - Math.cos(t)) - Math.sin(t)]);
    const at = [1, 5, 10];
    const run = stiff(f, (_, __, J) => J.set([-rate]), [1], at, { tolerance: 1e-8 });
    expect(worst(run, (i) => [Math.cos(at[i]!)])).toBeLessThan(1e-8);
    expect(run.nfev).toBeLessThan(70);
  });

  test("two rates mixed, whose matrix wants pivots: the closed form", () => {
    const at = [0.001, 0.1, 1, 10];
    const run = stiff(
      (_, y, dy) => dy.set([998 * y[0]! + 1998 * y[1]!, -999 * y[0]! - 1999 * y[1]!]),
      (_, __, J) => J.set([998, 1998, -999, -1999]),
      [1, 0],
      at,
      { tolerance: 1e-8 },
    );
    const [slow, fast] = [at.map((t) => Math.exp(-t)), at.map((t) => Math.exp(-1000 * t))];
    expect(worst(run, (i) => [2 * slow[i]! - fast[i]!, fast[i]! - slow[i]!])).toBeLessThan(1e-8);
    expect(run.nfev).toBeLessThan(4200);
  });

  test("three rates, two of them mixed, with the sensitivities to two of the values at the start", () => {
    // A = V D inverse(V); exp(A t) is the same with exp(D t).
    const V = [
      [1, 0, 0],
      [0, 2, -1],
      [0, -1, 1],
    ];
    const inverse = [
      [1, 0, 0],
      [0, 1, 1],
      [0, 1, 2],
    ];
    const mixed = (d: number[]) =>
      V.map((row) =>
        inverse[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * d[k]! * inverse[k]![j]!, 0)),
      );
    const rates = [-50, -1, -1000];
    const A = mixed(rates);
    const f: RightSide = (_, y, dy) => {
      for (let i = 0; i < 3; i++) {
        dy[i] = A[i]!.reduce((sum, a, j) => sum + a * y[j]!, 0);
        for (let k = 0; k < 2; k++)
          dy[3 + 2 * i + k] = A[i]!.reduce((sum, a, j) => sum + a * y[3 + 2 * j + k]!, 0);
      }
    };
    const at = [0.01, 0.5, 3];
    const run = stiff(f, (_, __, J) => J.set(A.flat()), [1, 2, 3, 1, 0, 0, 1, 0, 0], at, {
      tolerance: 1e-8,
      variables: 3,
      sizes: [1, 2],
    });
    const want = (i: number) => {
      const M = mixed(rates.map((d) => Math.exp(d * at[i]!)));
      return [...M.map(([a, b, c]) => a! + 2 * b! + 3 * c!), ...M.flatMap(([a, b]) => [a!, b!])];
    };
    expect(run.ys.length).toBe(3);
    expect(run.nfev).toBeLessThan(2350);
    expect(worst(run, want)).toBeLessThan(1e-6);
    expect(
      Math.max(...run.ys.flatMap((y, i) => [0, 1, 2].map((j) => Math.abs(y[j]! - want(i)[j]!)))),
    ).toBeLessThan(2e-8);
  });

  test("quadrature of a cubic: exact, as the fifth row of the table is of order five", () => {
    const run = stiff(
      (t, _, dy) => dy.set([4 * t * t * t]),
      () => {},
      [0],
      [1, 2],
      { tolerance: 1e-4 },
    );
    expect(run.ys).toEqual([[expect.closeTo(1, 12)], [expect.closeTo(16, 12)]]);
    expect(run.nfev).toBeLessThan(40);
  });

  describe("sensitivities", () => {
    const w = 50;
    /** y' = -y, and s' = -s + c cos(wt), which is that of a parameter of this size. */
    const sensitive = (c: number, size: number, tolerance: number) =>
      stiff(
        (t, y, dy) => dy.set([-y[0]!, -y[1]! + c * Math.cos(w * t)]),
        (_, __, J) => J.set([-1]),
        [1, 0],
        [1, 2],
        {
          tolerance,
          variables: 1,
          sizes: [size],
        },
      );
    const exact = (t: number) => (Math.cos(w * t) + w * Math.sin(w * t) - Math.exp(-t)) / (1 + w * w);

    test("of a parameter that is 0 are controlled too, to half of 1e-7", () => {
      for (const size of [0, 1]) {
        const run = sensitive(1, size, 1e-11);
        [1, 2].forEach((t, i) => {
          expect(Math.abs(run.ys[i]![1]! - exact(t))).toBeLessThan(5e-8);
        });
        expect(run.nfev).toBeLessThan(3500);
      }
    });

    test("are followed however small they are beside y / p", () => {
      const alone = stiff(decay, minusOne, [1], [1, 2], { tolerance: 1e-8 }).nfev;
      for (const size of [1, 1e-3]) {
        const beside = sensitive(1e-9, size, 1e-8);
        expect(beside.nfev).toBeLessThan(3 * alone);
        expect(Math.abs(beside.ys[0]![1]! - 1e-9 * exact(1))).toBeLessThan(1e-13);
      }
      const followed = sensitive(1e-9, 1e9, 1e-8);
      expect(followed.nfev).toBeGreaterThan(1.5 * alone);
      expect(Math.abs(followed.ys[0]![1]! - 1e-9 * exact(1))).toBeLessThan(1e-14);
    });
  });

  test("ends: times at the start, no step left, a pole, a rate that is no number", () => {
    const tolerance = 1e-8;
    expect(stiff(decay, minusOne, [1], [])).toMatchObject({ done: true, nfev: 0 });
    expect(stiff(decay, minusOne, [3], [2, 2], {}, 2)).toMatchObject({ done: true, nfev: 0, ys: [[3], [3]] });
    expect(stiff(decay, minusOne, [1], [0, 1, 1], { tolerance }).ys.map(([u]) => u)).toEqual(
      [0, 1, 1].map((t) => expect.closeTo(Math.exp(-t), 7)),
    );
    // One Jacobian a step.
    let steps = 0;
    const slopes: Slopes = (t, y, J) => {
      steps++;
      minusOne(t, y, J);
    };
    stiff(decay, slopes, [1], [3], { tolerance });
    const needed = steps;
    expect(stiff(decay, slopes, [1], [3], { tolerance, maxSteps: needed }).done).toBe(true);
    expect(stiff(decay, slopes, [1], [3], { tolerance, maxSteps: needed - 1 })).toMatchObject({
      done: false,
      ys: [],
    });
    const square: Slopes = (_, y, J) => J.set([2 * y[0]!]);
    const pole = stiff((_, y, dy) => dy.set([y[0]! * y[0]!]), square, [1], [0.5, 0.99, 2], { tolerance });
    expect(pole.done).toBe(false);
    expect(pole.ys.map(([u]) => u)).toEqual([expect.closeTo(2, 7), expect.closeTo(100, 3)]);
    const lost = stiff((t, y, dy) => dy.set([t > 1 ? NaN : -y[0]!]), minusOne, [1], [0.5, 1, 1.5], {
      tolerance,
    });
    expect(lost.done).toBe(false);
    expect(lost.ys.map(([u]) => u)).toEqual([0.5, 1].map((t) => expect.closeTo(Math.exp(-t), 7)));
    expect(Math.min(...lost.at.filter((t) => t > 1)) - 1).toBeLessThan(1e-12);
    expect(lost.nfev).toBeLessThan(300);
  });
});
