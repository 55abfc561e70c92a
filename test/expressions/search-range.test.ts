// A search for starts uses the points that it is given: more local fits, shorter periods; what it advises is more than that.

import { describe, expect, test } from "vitest";
import { curveFit } from "../../src/index.js";

/** Points of [0, 1), uneven. */
const uneven = (count: number, seed: number): number[] => {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  }).sort((a, b) => a - b);
};

describe("periods below the mean distance of uneven points", () => {
  const x = uneven(60, 3).map((u) => 1000 * u);
  const y = x.map((v, i) => 30 * Math.cos((2 * Math.PI * v) / 0.731 + 1) + 5 + 5 * Math.sin(97 * i * i));
  const wave = { model: "K*cos(2*pi*x/P + w) + g", x, y };

  test("are found by more points, or in a range, and doubted where they are not", () => {
    const few = curveFit(wave);
    expect(few.r2).toBeLessThan(0.5);
    const [warning] = few.warnings.filter(({ code }) => code === "W_OTHER_MINIMUM");
    expect(warning).toBeDefined();
    for (const asked of [{ starts: 10_000 }, { params: { K: {}, P: { min: 0.5, max: 10 }, w: {}, g: {} } }]) {
      const fit = curveFit({ ...wave, ...asked });
      expect(fit.values.P).toBeCloseTo(0.731, 3);
      // One fit alone found it, and all others are far above: no alarm.
      expect(fit.warnings.map(({ code }) => code)).not.toContain("W_OTHER_MINIMUM");
    }
  });
});

test("of a number of starts a twentieth is fitted, and the advice is another number", () => {
  const x = Array.from({ length: 30 }, (_, i) => i / 3);
  const y = x.map((t, i) => Math.sin(3.1 * t) + 0.4 * t * t + 3 * Math.sin(97 * i * i));
  const asked = {
    model: (t: number, { a, k, w }: Record<"a" | "k" | "w", number>) => a * Math.sin(k * t + w),
    x,
    y,
    params: { a: { min: -5, max: 5 }, k: { min: 0.1, max: 20 }, w: { min: -3.2, max: 3.2 } },
  };
  const few = curveFit({ ...asked, starts: 100 });
  const many = curveFit({ ...asked, starts: 600 });
  expect(few.starts!.polished).toBe(8);
  expect(many.starts!.polished).toBe(30);
  expect(many.rss).toBeLessThanOrEqual(few.rss * (1 + 1e-9));
  for (const { starts, warnings } of [few, many])
    for (const { code, message } of warnings)
      if (code === "W_OTHER_MINIMUM")
        expect(message).toMatch(new RegExp(`starts: ${10 * starts!.tried}|bounds$`));
});

test("messages that say what to do", () => {
  const data = { x: [0, 1, 2, 3], y: [3, 2, 1, 0.6] };
  expect(() => curveFit({ ...data, model: "a*exp(-b*x)", params: { a: {} } as never })).toThrow(
    /add b: \{\} to params/,
  );
  expect(() => curveFit({ ...data, model: "aa*exp(-b*x)", params: { a: {}, b: {} } as never })).toThrow(
    /did you mean/,
  );
  const model = (t: number, { a, b }: Record<"a" | "b", number>) => a * Math.exp(-b * t);
  for (const starts of [50, undefined])
    expect(() => curveFit({ ...data, model, params: { a: {}, b: {} }, starts })).toThrow(
      /min and max, for each/,
    );
  const line = curveFit({ ...data, model: "a + b*x" });
  for (const options of [{ bla: 1 }, { level: 2 }, { kind: "x" }, { sigma: -1 }])
    expect(() => line.calibrate(2, options as never)).toThrow(/^calibrate: /);
});
