import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { reduceOnPlateau, type Schedule, schedules } from "../../src/index.js";

/** What follows a warm-up; the option's name makes the linter think of promises. */
const then = (schedule: unknown) => ({ ["then" as const]: schedule }) as { then: Schedule };

const code = (wanted: string) => expect.objectContaining({ code: wanted });

test("piecewiseLinear falls to its last value and stays there", () => {
  const s = schedules.piecewiseLinear({ from: 1, to: 0.1, steps: 9 });
  expect([s(0), s(3), s(9), s(1000)].map((v) => +v.toFixed(12))).toEqual([1, 0.7, 0.1, 0.1]);
});

test("warmup rises, then starts the schedule that follows from its step 0", () => {
  const s = schedules.warmup({ from: 0, to: 1, steps: 4, ...then((t: number) => 100 + t) });
  expect([0, 1, 3, 4, 5].map(s)).toEqual([0, 0.25, 0.75, 100, 101]);
  expect(schedules.warmup({ from: 0, to: 1, steps: 4, ...then(1) })(9)).toBe(1);
});

test("a schedule keeps to the options it was made with", () => {
  const options = { from: 0, to: 1, steps: 4, ...then((t: number) => 100 + t) };
  const s = schedules.warmup(options);
  options.steps = 400;
  expect(s(5)).toBe(101);
});

test("sequence runs its parts one after the other; the last goes on", () => {
  const s = schedules.sequence([
    [2, (t) => t],
    [3, (t) => 10 + t],
    [1, (t) => 20 + t],
  ]);
  expect([0, 1, 2, 4, 5, 6, 7].map(s)).toEqual([0, 1, 10, 12, 20, 21, 22]);
});

test("cosine repeats as PyTorch's, or holds", () => {
  const wave = schedules.cosine({ lr: 1, steps: 10 });
  const held = schedules.cosine({ lr: 1, steps: 10, hold: true });
  expect([wave(0), wave(5), wave(10), wave(20)]).toEqual([1, 0.5, 0, 1]);
  expect([held(5), held(10), held(20)]).toEqual([0.5, 0, 0]);
});

test("cosineRestarts starts anew after periods that grow", () => {
  const s = schedules.cosineRestarts({ lr: 1, period: 2, mult: 3, min: 0.5 });
  expect([0, 1, 2, 5, 8].map(s)).toEqual([1, 0.75, 1, 0.75, 1]);
});

test("robbinsMonro warns exactly when a condition fails", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  expect(schedules.robbinsMonro({ lr: 1 }).warnings).toEqual([]);
  expect(schedules.robbinsMonro({ lr: 1, power: 0.51 }).warnings).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
  for (const power of [0.5, 0, 1.01]) {
    const { warnings } = schedules.robbinsMonro({ lr: 1, power });
    expect(warnings.map((w) => w.code)).toEqual(["W_ROBBINS_MONRO"]);
  }
  expect(warn).toHaveBeenCalledTimes(3);
  expect(schedules.robbinsMonro({ lr: 2, power: 1 })(3)).toBe(0.5);
  warn.mockRestore();
});

test("bad options are refused", () => {
  const wrong: (() => unknown)[] = [
    () => schedules.exponential({ lr: 1 } as never),
    () => schedules.exponential({ lr: -1, gamma: 0.9 }),
    () => schedules.exponential({ lr: 1, gamma: 0 }),
    () => schedules.step({ lr: 1, every: 0.5, gamma: 0.9 }),
    () => schedules.multiStep({ lr: 1, milestones: [5, 3], gamma: 0.9 }),
    () => schedules.cosine({ lr: 1, step: 5 } as never),
    () => schedules.oneCycle({ max: 1, steps: 10, anneal: "cos" as never }),
    () => schedules.cyclic({ min: 0, max: 1, mode: "saw" as never }),
    () => schedules.sequence([]),
    () => schedules.sequence([[1, 2 as never]]),
    () => schedules.sequence([{ steps: 3, lr: 1 } as never]),
    () => schedules.sequence([null as never]),
    () => schedules.warmup({ from: 0, to: 1, steps: 4, ...then("x") }),
    () => schedules.constant({} as never),
    () => schedules.warmup(undefined as never),
    () => schedules.warmup("x" as never),
    () => schedules.multiStep({ lr: 1, gamma: 0.5 } as never),
    () => schedules.cosine({ lr: 1, steps: 9, hold: "no" as never }),
    () => schedules.oneCycle({ max: 1, steps: 9, threePhase: 1 as never }),
    () => reduceOnPlateau({ lr: 1, factor: 1 }),
    () => reduceOnPlateau({} as never),
  ];
  for (const make of wrong) expect(make).toThrow(code("OPTION"));
});

test("reduceOnPlateau counts NaN as no improvement, honours cooldown and min, and continues from its state", () => {
  const make = () => reduceOnPlateau({ lr: 1, factor: 0.5, patience: 1, cooldown: 2, min: 0.2 });
  const plateau = make();
  expect([5, NaN, 6, 6, 6, 6, 6, 6].map((m) => plateau.report(m))).toEqual([
    1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25,
  ]);
  const copy = make();
  copy.restore(JSON.parse(JSON.stringify(plateau.state())));
  const next = [6, 6, 6, 4, 6, 6];
  expect(next.map((m) => copy.report(m))).toEqual(next.map((m) => plateau.report(m)));
  expect(copy.lr).toBe(0.2);
  expect(() => copy.restore({} as never)).toThrow(code("SNAPSHOT"));
  expect(() => copy.report("1" as never)).toThrow(code("SHAPE"));
});

test("reduceOnPlateau has PyTorch's defaults: 0.1 after 10 bad epochs, 1e-4 relative, steps above 1e-8", () => {
  const plateau = reduceOnPlateau({ lr: 1 });
  const lrs = (metric: number, times: number) => Array.from({ length: times }, () => plateau.report(metric));
  expect(lrs(1, 1 + 10)).toEqual(Array(11).fill(1));
  expect(lrs(1, 1)).toEqual([0.1]);
  // No gain of 1e-4 is one; a greater one starts the count again.
  expect(lrs(1 - 0.99e-4, 10)).toEqual(Array(10).fill(0.1));
  expect(lrs(1 - 1.01e-4, 1 + 10)).toEqual(Array(11).fill(0.1));
  expect(lrs(1, 1)[0]).toBeCloseTo(0.01, 15);
  const small = (lr: number) => {
    const last = reduceOnPlateau({ lr });
    return Array.from({ length: 12 }, () => last.report(1)).at(-1);
  };
  expect(small(1.1e-8)).toBe(1.1e-8);
  expect(small(1.2e-8)).toBeCloseTo(1.2e-9, 20);
});

test("reduceOnPlateau of a negative metric that stands still shrinks the rate", () => {
  for (const mode of ["min", "max"] as const) {
    const plateau = reduceOnPlateau({ lr: 1, factor: 0.5, patience: 0, mode });
    expect([-8, -8, -8].map((metric) => plateau.report(metric))).toEqual([1, 0.5, 0.25]);
  }
});

test('reduceOnPlateau in mode "min" does with -m what mode "max" does with m', () => {
  const metrics = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(
      metrics,
      fc.constantFrom("relative", "absolute"),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (m, thresholdMode, threshold) => {
        const rates = (mode: "min" | "max", sign: number) => {
          const plateau = reduceOnPlateau({
            lr: 1,
            factor: 0.5,
            patience: 1,
            mode,
            thresholdMode,
            threshold,
          });
          return m.map((metric) => plateau.report(sign * metric));
        };
        expect(rates("min", -1)).toEqual(rates("max", 1));
      },
    ),
  );
});

test('reduceOnPlateau in mode "max" and with an absolute threshold', () => {
  const up = reduceOnPlateau({ lr: 1, mode: "max", patience: 0, threshold: 0.1, thresholdMode: "absolute" });
  expect([0, 0.2, 0.25, 0.5].map((m) => up.report(m))).toEqual([1, 1, 0.1, 0.1]);
});

test("reduceOnPlateau takes infinite metrics as PyTorch does, and keeps them through JSON", () => {
  // Nothing is better than the first best of mode "min", Infinity; -Infinity is, and nothing after it.
  const make = () => reduceOnPlateau({ lr: 1, factor: 0.5, patience: 0, cooldown: Infinity });
  expect(make().report(Infinity)).toBe(0.5);
  expect(reduceOnPlateau({ lr: 1, mode: "max", patience: 0 }).report(-Infinity)).toBe(0.1);
  const plateau = make();
  expect([-Infinity, 3].map((m) => plateau.report(m))).toEqual([1, 0.5]);
  const copy = make();
  copy.restore(JSON.parse(JSON.stringify(plateau.state())));
  expect(copy.state()).toEqual(plateau.state());
  const state = plateau.state();
  for (const bad of [{ lr: NaN }, { lr: -1 }, { bad: -1 }, { bad: 0.5 }, { cooling: null }, { best: "3" }]) {
    expect(() => copy.restore({ ...state, ...bad } as never)).toThrow(code("SNAPSHOT"));
  }
  expect(copy.state()).toEqual(plateau.state());
});

test("parts of 0 steps are left out", () => {
  expect(schedules.warmup({ from: 0, to: 1, steps: 0, ...then((t: number) => 100 + t) })(0)).toBe(100);
  const s = schedules.sequence([
    [0, (t) => -t],
    [2, (t) => t],
    [0, (t) => -t],
    [1, (t) => 100 + t],
  ]);
  expect([0, 1, 2, 3].map(s)).toEqual([0, 1, 100, 101]);
});

test("oneCycle and cyclic have PyTorch's defaults", () => {
  // OneCycleLR: pct_start 0.3, div_factor 25, final_div_factor 1e4, momentum 0.95 to 0.85 and back, by cosines.
  const one = schedules.oneCycle({ max: 1, steps: 100 });
  const close = (got: number[], want: number[]) => {
    got.forEach((v, i) => {
      expect(v).toBeCloseTo(want[i]!, 14);
    });
  };
  close([0, 14.5, 29, 64, 99].map(one), [0.04, 0.52, 1, (1 + 4e-6) / 2, 4e-6]);
  close([0, 14.5, 29, 64, 99].map(one.momentum), [0.95, 0.9, 0.85, 0.9, 0.95]);
  // CyclicLR: 2000 steps up and as many down, momentum 0.9 to 0.8 and back.
  const wave = schedules.cyclic({ min: 1, max: 3 });
  close([0, 1000, 2000, 3000, 4000, 5000].map(wave), [1, 2, 3, 2, 1, 2]);
  close([0, 1000, 2000, 3000, 4000, 5000].map(wave.momentum), [0.9, 0.85, 0.8, 0.85, 0.9, 0.85]);
});

test("oneCycle begins at its top where the rise is one step, and is a number everywhere", () => {
  for (const threePhase of [false, true])
    for (const anneal of ["cosine", "linear"] as const)
      for (const [steps, rise] of [
        [10, 0.1],
        [2, 0.5],
        [1, 1],
        [4, 0.25],
        [10, 0],
      ] as const) {
        const one = schedules.oneCycle({ max: 2, steps, rise, anneal, threePhase });
        for (let t = 0; t < steps; t++) {
          expect([steps, rise, t, one(t) > 0, one.momentum(t) > 0]).toEqual([steps, rise, t, true, true]);
          expect(one(t)).toBeLessThanOrEqual(2);
        }
        if (rise * steps === 1) expect([one(0), one.momentum(0)]).toEqual([2, 0.85]);
      }
});
