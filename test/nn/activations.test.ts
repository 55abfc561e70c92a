// Activations against values of 50 digits, and their derivatives against closed forms.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { activations as names } from "../../src/nn/layers/table.js";
import { activations, derivatives } from "../reference/nn.js";
import { Blocks, nnKernels, type Precision, variants } from "./memory.js";

const golden = JSON.parse(
  readFileSync(new URL("../reference-data/activations.json", import.meta.url), "utf8"),
) as { x: number[] } & Record<string, [high: number, low: number][]>;

/** Largest error in ulp of the result, in both precisions: what assembly/nn/elementary.ts promises. */
const limits: Record<string, (x: number) => number> = {
  relu: () => 0,
  leakyRelu: () => 1,
  tanh: () => 1.3,
  sigmoid: () => 2,
  softplus: () => 2.5,
  gelu: (x) => (x >= -6 ? 4.5 : 45),
};

/** Distance in ulp of a value known as a double and a rest. */
function ulps(got: number, [high, low]: readonly [number, number], precision: Precision): number {
  const exponent = Math.floor(Math.log2(Math.abs(high))) - (precision === "f64" ? 52 : 23);
  return high === 0 ? Number(got !== 0) : Math.abs(got - high - low) / 2 ** exponent;
}

for (const variant of variants) {
  for (const precision of ["f64", "f32"] as const) {
    for (const [kind, name] of names.entries()) {
      test(`${name} ${precision} ${variant} keeps its bound on the error, in whole registers and tails`, () => {
        const { memory, kernel } = nnKernels(variant);
        const formula = activations[name] as (x: number) => number;
        const values = golden[name] ?? golden.x.map((x): [number, number] => [formula(x), 0]);
        for (const n of [values.length, 1, 2, 3, 5]) {
          const blocks = new Blocks(memory, precision);
          const x = blocks.place(golden.x.slice(-n), 1);
          const y = blocks.place(new Float64Array(n), 1);
          kernel("activate", precision)(kind, n, x.byteOffset, y.byteOffset, 0.01);
          expect(blocks.intact()).toBe(true);
          const broken: string[] = [];
          for (let i = 0; i < n; i++) {
            const [at, got] = [x[i] as number, y[i] as number];
            const expected = values.at(i - n) as [number, number];
            // Subnormal results may lose digits.
            const least = precision === "f64" ? 2 ** -1022 : 2 ** -126;
            const off = ulps(got, expected, precision);
            const fine =
              Math.abs(expected[0]) < least
                ? Math.abs(got - expected[0]) < least
                : off <= (limits[name] as (x: number) => number)(at);
            if (!fine) broken.push(`${name}(${at}) is ${got}: ${off} ulp`);
          }
          expect(broken).toEqual([]);
        }
      });

      test(`the derivative of ${name} ${precision} ${variant} is that of the closed form`, () => {
        const { memory, kernel } = nnKernels(variant);
        const blocks = new Blocks(memory, precision);
        const xs = golden.x.filter((v) => Math.abs(v) < 15);
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
