// Activations against the functions of the platform, and their derivatives against closed forms.

import { expect, test } from "vitest";
import { activations as names } from "../../src/nn/layers.js";
import { activations, derivatives } from "../reference/nn.js";
import { Blocks, nnKernels, type Precision, ulps, variants } from "./memory.js";

const points = (precision: Precision): number[] => {
  const round = precision === "f64" ? (v: number) => v : Math.fround;
  const grid = Array.from({ length: 4001 }, (_, i) => round((i - 2000) / 125));
  const tiny = [1e-30, 1e-10, 1e-4, 0.3, 0.624, 0.626, 0.7].flatMap((v) => [round(v), round(-v)]);
  return [...grid, ...tiny, 0, -0, 30, -30, 80, -80];
};

/** Largest error in ulp, of the result or (for gelu, which cancels) of its input. */
const limits: Record<string, Record<Precision, number>> = {
  relu: { f64: 0, f32: 0 },
  leakyRelu: { f64: 1, f32: 1 },
  tanh: { f64: 2.5, f32: 2 },
  sigmoid: { f64: 3, f32: 3 },
  softplus: { f64: 3, f32: 3 },
  gelu: { f64: 12, f32: 6 },
};

for (const variant of variants) {
  for (const precision of ["f64", "f32"] as const) {
    for (const [kind, name] of names.entries()) {
      test(`${name} ${precision} ${variant} is right to a few ulp, in whole registers and tails`, () => {
        const { memory, kernel } = nnKernels(variant);
        const xs = points(precision);
        for (const n of [xs.length, 1, 2, 3, 5]) {
          const blocks = new Blocks(memory, precision);
          const x = blocks.place(xs.slice(-n), 1);
          const y = blocks.place(new Float64Array(n), 1);
          const slope = 0.01;
          kernel("activate", precision)(kind, n, x.byteOffset, y.byteOffset, slope);
          expect(blocks.intact()).toBe(true);
          let worst = 0;
          for (let i = 0; i < n; i++) {
            const expected = (activations[name] as (x: number) => number)(x[i] as number);
            const scale = precision === "f64" ? 2 ** -1022 : 2 ** -126;
            // Subnormal results may lose digits; the oracle of gelu is itself only good to 1e-15 of x.
            if (Math.abs(expected) < scale) expect(Math.abs((y[i] as number) - expected)).toBeLessThan(scale);
            else if (name === "gelu") {
              const unit = Math.abs(x[i] as number) * (precision === "f64" ? 2 ** -52 : 2 ** -23);
              worst = Math.max(worst, Math.abs((y[i] as number) - expected) / unit);
            } else worst = Math.max(worst, ulps(y[i] as number, expected, precision));
          }
          expect(worst).toBeLessThanOrEqual(limits[name]?.[precision] as number);
        }
      });

      test(`the derivative of ${name} ${precision} ${variant} is that of the closed form`, () => {
        const { memory, kernel } = nnKernels(variant);
        const blocks = new Blocks(memory, precision);
        const xs = points(precision).filter((v) => Math.abs(v) < 15 && v !== 0);
        const n = xs.length;
        const x = blocks.place(xs);
        const y = blocks.place(new Float64Array(n));
        const dy = blocks.place(new Float64Array(n).fill(2));
        const dx = blocks.place(new Float64Array(n));
        kernel("activate", precision)(kind, n, x.byteOffset, y.byteOffset, 0.01);
        const from = name === "gelu" || name === "softplus" ? x : y;
        kernel("activateBack", precision)(kind, n, from.byteOffset, dy.byteOffset, dx.byteOffset, 0.01);
        expect(blocks.intact()).toBe(true);
        const eps = precision === "f64" ? 2 ** -52 : 2 ** -23;
        for (let i = 0; i < n; i++) {
          const expected = 2 * (derivatives[name] as (x: number) => number)(x[i] as number);
          expect(Math.abs((dx[i] as number) - expected)).toBeLessThan(12 * eps);
        }
      });
    }
  }
}

test("activations pass NaN on and take infinities to their limits", () => {
  const { memory, kernel } = nnKernels();
  for (const precision of ["f64", "f32"] as const) {
    const limits: Record<string, number[]> = {
      relu: [Infinity, 0],
      leakyRelu: [Infinity, -Infinity],
      tanh: [1, -1],
      sigmoid: [1, 0],
      softplus: [Infinity, 0],
    };
    for (const [kind, name] of names.entries()) {
      const blocks = new Blocks(memory, precision);
      const x = blocks.place([Number.NaN, Infinity, -Infinity, 1e30, -1e30]);
      const y = blocks.place(new Float64Array(5));
      kernel("activate", precision)(kind, 5, x.byteOffset, y.byteOffset, 0.5);
      expect(y[0]).toBeNaN();
      const expected = limits[name];
      if (expected) expect([y[1], y[2]]).toEqual(expected);
      else expect([y[3], Math.abs(y[4] as number)]).toEqual([x[3], 0]);
    }
  }
});
