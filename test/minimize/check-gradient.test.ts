// checkGradient where differences know little: along variables that bounds fix, and of functions known to fewer digits than they have.
import { describe, expect, test } from "vitest";
import { checkGradient, type ObjectiveParts } from "../../src/index.js";
import { confirmedSlope } from "../../src/minimize/surest-slope.js";
import { uniform } from "../kernels/instance.js";

test("a variable that bounds fix is not spoken of", () => {
  const f: ObjectiveParts = {
    fun: ([x, y]) => x! ** 2 + y! ** 3,
    grad: ([x, y], g) => g.set([2 * x!, 3 * y! ** 2]),
  };
  const fixed = checkGradient(f, [1, 1], { bounds: { lower: [-5, 1], upper: [5, 1] } });
  expect([fixed.ok, fixed.worst.index]).toEqual([true, 0]);
  const other = checkGradient(f, [1, 1], { bounds: { lower: [1, -5], upper: [1, 5] } });
  expect([other.ok, other.worst.index]).toEqual([true, 1]);
  const wrong = checkGradient({ ...f, grad: (_x, g) => g.set([7, 4]) }, [1, 1], {
    bounds: { lower: [1, -5], upper: [1, 5] },
  });
  expect([wrong.ok, wrong.worst.index, wrong.worst.given]).toEqual([false, 1, 4]);
  const all = checkGradient(f, [1, 1], { bounds: { lower: 1, upper: 1 } });
  expect([all.ok, all.worst.expected]).toEqual([true, NaN]);
  const none = checkGradient({ ...f, grad: (_x, g) => g.set([7, NaN]) }, [1, 1], {
    bounds: { lower: 1, upper: 1 },
  });
  expect([none.ok, none.worst.index]).toEqual([false, 1]);
});

describe("a function known to few digits", () => {
  const smooth: readonly ObjectiveParts[] = [
    {
      fun: ([x, y]) => x! ** 2 + Math.sin(y!),
      grad: ([x, y], g) => g.set([2 * x!, Math.cos(y!)]),
    },
    {
      fun: ([x, y]) => Math.exp(x! / 3) + y! ** 4 / 10,
      grad: ([x, y], g) => g.set([Math.exp(x! / 3) / 3, 0.4 * y! ** 3]),
    },
    {
      fun: ([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
      grad: ([x, y], g) => g.set([-2 * (1 - x!) - 400 * x! * (y! - x! ** 2), 200 * (y! - x! ** 2)]),
    },
    {
      fun: ([x, y]) => Math.log(1 + x! ** 2) + Math.cos(3 * y!) * x!,
      grad: ([x, y], g) => g.set([(2 * x!) / (1 + x! ** 2) + Math.cos(3 * y!), -3 * Math.sin(3 * y!) * x!]),
    },
  ];
  const known: Record<string, (f: number) => number> = {
    "all digits": (f) => f,
    "single precision": Math.fround,
    "six decimals": (f) => Math.round(f / 1e-6) * 1e-6,
    "eight digits": (f) => Number(f.toPrecision(8)),
  };
  /** How many of 200 gradients, times 1 + `off` in their last component, are said to be wrong. */
  const called = (round: (f: number) => number, off: number): number => {
    let count = 0;
    const draw = uniform(99);
    for (let i = 0; i < 200; i++) {
      const { fun, grad } = smooth[i % smooth.length]!;
      const seen: ObjectiveParts = {
        fun: (x) => round(fun!(x) as number),
        grad(x, g) {
          grad!(x, g);
          g[1] = g[1]! * (1 + off);
        },
      };
      if (!checkGradient(seen, [2 * draw(), 2 * draw()]).ok) count++;
    }
    return count;
  };

  test.each(Object.entries(known))("%s: right ones pass, wrong ones do not", (name, round) => {
    expect(called(round, 0)).toBeLessThanOrEqual(name === "all digits" ? 0 : 10);
    expect(called(round, 0.1)).toBeGreaterThan(name === "all digits" ? 198 : 180);
    if (name === "all digits") expect(called(round, 1e-4)).toBeGreaterThan(198);
  });

  test("the reported ones", () => {
    const [first] = smooth as [ObjectiveParts];
    const rounded = { ...first, fun: (x: Float64Array) => known["six decimals"]!(first.fun!(x) as number) };
    expect(checkGradient(rounded, [1, 1])).toMatchObject({ ok: true });
    const squares = {
      fun: ([x, y]: Float64Array) => Math.fround(x! ** 2 + y! ** 2),
      grad: ([x, y]: Float64Array, g: Float64Array) => g.set([2 * x!, 2 * y!]),
    };
    expect(checkGradient(squares, [1, 1])).toMatchObject({ ok: true });
  });

  test("steps to which nothing answers, and no room for one", () => {
    const slope = (f: (t: number) => number, h: number, room = Infinity) => {
      const work = confirmedSlope(f(0), h, room);
      let next = work.next();
      while (!next.done) next = work.next(f(next.value));
      return next.value;
    };
    const stairs = (t: number) => Math.round((3 * t) / 1e-6) * 1e-6;
    expect(Math.abs(slope(stairs, 1e-9)!.value - 3)).toBeLessThan(1e-3);
    expect(slope(() => 4, 1e-6)!.value).toBe(0);
    expect(slope(stairs, 1, 1)).toBeNull();
  });
});

test("what lies within the error of differences is not called exact", () => {
  const cubic = {
    fun: ([x, y]: Float64Array) => Math.exp(x!) + y! ** 3,
    grad: ([x]: Float64Array, g: Float64Array) => {
      g[0] = Math.exp(x!);
      g[1] = 0;
    },
  };
  const check = checkGradient(cubic, [1, 0]);
  expect(check.ok).toBe(true);
  expect(check.message).toMatch(
    /agrees with differences within their own error, \d\.\de-\d+ of the largest entry$/,
  );
});

test("a gradient of zeros is compared in numbers, not in shares of nothing", () => {
  const check = checkGradient(
    { fun: ([x]: Float64Array) => Math.cos(x!), grad: (_, g) => void g.fill(0) },
    [0],
  );
  expect(check.message).toMatch(/^the gradient agrees with differences/);
  expect(check.message).not.toMatch(/Infinity|NaN/);
  const uneven = {
    fun: ([x]: Float64Array) => Math.exp(-x! * x!) + 1e-9 * x! ** 3,
    grad: (_: Float64Array, g: Float64Array) => void g.fill(0),
  };
  expect(checkGradient(uneven, [1e-14]).message).not.toMatch(/Infinity|NaN/);
});
