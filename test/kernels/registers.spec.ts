import { lanes, madd, maxLanes, nmadd, sumLanes, zero } from "../../assembly/simd";

describe("registers", () => {
  test("a register holds two doubles or four floats", () => {
    expect(lanes<f64>()).toBe(2);
    expect(lanes<f32>()).toBe(4);
  });

  test("madd adds the product, nmadd takes it away", () => {
    expect(sumLanes<f64>(madd<f64>(f64x2(2, 3), f64x2(5, 7), f64x2(100, 1000)))).toBe(1131);
    expect(sumLanes<f64>(nmadd<f64>(f64x2(2, 3), f64x2(5, 7), f64x2(100, 1000)))).toBe(1069);
    expect(sumLanes<f32>(madd<f32>(f32x4(1, 2, 3, 4), f32x4(1, 1, 1, 2), zero()))).toBe(14);
  });

  test("the sum of four floats is (0 + 2) + (1 + 3)", () => {
    expect(sumLanes<f32>(f32x4(1e8, 1, -1e8, 1))).toBe(2);
  });

  test("the largest lane is found wherever it stands", () => {
    expect(maxLanes<f64>(f64x2(-3, -2))).toBe(-2);
    expect(maxLanes<f32>(f32x4(1, 9, 3, 4))).toBe(9);
    expect(maxLanes<f32>(f32x4(1, 2, 3, 8))).toBe(8);
  });

  test("a NaN in any lane makes the largest lane NaN", () => {
    expect(isNaN(maxLanes<f64>(f64x2(1, NaN)))).toBe(true);
    expect(isNaN(maxLanes<f32>(f32x4(1, 2, <f32>NaN, 8)))).toBe(true);
  });
});
