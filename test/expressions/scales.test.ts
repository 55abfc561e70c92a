// What points say of scales, by hand: extent, spacing, the finest distance that frequencies are looked for at.
import { expect, test } from "vitest";
import { extentOf } from "../../src/expressions/scales.js";

test("even points are as fine as their least distance, uneven ones a tenth of the mean", () => {
  // Multiples of 2: even. The middle distance of two is the larger one.
  expect(extentOf(Float64Array.of(8, 2, 4))).toEqual({
    min: 2,
    max: 8,
    span: 6,
    spacing: 4,
    finest: 2,
    size: 8,
  });
  const uneven = extentOf(Float64Array.of(0, 1, 2.5, 4.1));
  expect(uneven).toMatchObject({ min: 0, max: 4.1, span: 4.1, spacing: 1.5, size: 4.1 });
  expect(uneven.finest).toBeCloseTo(4.1 / 3 / 10, 15);
  // Equal points are no distance.
  expect(extentOf(Float64Array.of(-9, 1, 1, -9))).toMatchObject({
    span: 10,
    spacing: 10,
    finest: 10,
    size: 9,
  });
});

test("a single place has its own size for a span, and 0 has 1", () => {
  expect(extentOf(Float64Array.of(5, 5))).toMatchObject({ span: 5, spacing: 5, finest: 5, size: 5 });
  expect(extentOf(Float64Array.of(0, 0))).toMatchObject({ min: 0, span: 1, spacing: 1, finest: 1, size: 1 });
});
