// What depends on the data alone is worked out once and read as further variables: the same bits as from the whole model.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compiled } from "../../src/models/compiled.js";
import { hoist } from "../../src/models/invariant.js";
import { parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import type { CoreRuntime } from "../../src/runtime/runtime.js";
import { expression, NAMES } from "./expressions.js";
import { runEmitted, runSteady } from "./harness.js";

const RUNS = Number(process.env.DOWNHILL_RUNS ?? 1000);
const p = [1.3, 0.7, 2.1];
const series = (m: number, from: number, step: number): number[] =>
  Array.from({ length: m }, (_, i) => from + i * step);
const hoisted = (source: string) => hoist(program(parse(source, NAMES), 1));

describe("columns of the data", () => {
  // Each call of the variables alone is one: NIST's ENSO has a sine and a cosine of the year.
  it.each([
    ["a + b*cos(2*pi*x/12) + c*sin(2*pi*x/12) + sin(a*x)", 2],
    ["a*log(x) + b", 1],
    ["a*sin(exp(x) + t) + b", 1], // exp(x) is part of the column
    ["a*exp(x) + b*sin(exp(x))", 2],
    ["a*exp(-b*x) + c", 0],
    ["a*exp(2) + b*x", 0], // no data in it
    ["a*x^2 + b*x + sqrt(t)", 0], // no calls
    ["exp(x) > a ? b : c*t", 1],
  ])("of %s are %i", (source, count) => {
    const { program: over, columns } = hoisted(source);
    expect(columns.length).toBe(count);
    expect(over.variables).toBe(2);
    expect(runSteady(source, NAMES, [series(5, 0.5, 0.2), series(5, 1, 0.1)], p).columns).toBe(count);
  });

  it("come to the bits of the whole model, at any number of points", () => {
    const source = "a + b*cos(2*pi*x/12) + c*exp(-t)*log(x)^a + sin(x*t + a) + erf(t)";
    for (let m = 0; m <= 67; m++) {
      const x = [series(m, 0.25, 0.3), series(m, 1, 0.1)];
      const { columns, ...steady } = runSteady(source, NAMES, x, p);
      expect(columns).toBe(6); // with those of the derivatives
      expect(steady).toEqual(runEmitted(source, NAMES, x, p));
      expect(steady.intact).toBe(true);
    }
  });

  it("come to the bits of the whole model, for random ones", () => {
    let moved = 0;
    const point = fc.integer({ min: -3000, max: 3000 }).map((v) => v / 1000);
    const points = fc.array(fc.tuple(point, point), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(expression, points, fc.tuple(point, point, point), (source, xt, q) => {
        const x = [xt.map(([v]) => v), xt.map(([, t]) => t)];
        const { columns, ...steady } = runSteady(source, NAMES, x, q);
        if (columns > 0) moved++;
        expect(steady).toEqual(runEmitted(source, NAMES, x, q));
      }),
      { numRuns: RUNS },
    );
    expect(moved).toBeGreaterThan(RUNS / 10);
  });

  it("are one where the model needs no more of them", () => {
    const sum = Array.from({ length: 100 }, (_, k) => `sin(${k + 1}*x)`).join(" + ");
    expect(hoisted(`a*(${sum}) + b`).columns.length).toBe(1);
  });

  it("take no second module where there are none, or where products are fused", () => {
    const [simd, relaxed] = [{ variant: "simd" }, { variant: "relaxed" }] as CoreRuntime[];
    const plain = compiled("a*exp(-b*x)", { variables: ["x"], params: ["a", "b"] });
    expect(plain.steady(simd!).code).toBe(plain.code);
    const seasonal = compiled("a*sin(x) + b", { variables: ["x"], params: ["a", "b"] });
    expect(seasonal.steady(simd!).code).not.toBe(seasonal.code);
    expect(seasonal.steady(simd!)).toBe(seasonal.steady(simd!));
    expect(seasonal.steady(relaxed!)).toEqual({ code: seasonal.code, variables: 1, columns: 0 });
  });
});
