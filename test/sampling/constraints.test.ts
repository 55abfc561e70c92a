// Constraints as they are written: bounds that do not belong to a kind, limits in the wrong order, sizes and priors that say nothing.
import { describe, expect, test } from "vitest";
import { compileDensity, sample } from "../../src/index.js";

const code = (name: string) => expect.objectContaining({ code: name });
const flat = (constraints: readonly object[]) => ({
  logDensityGrad: (_: Float64Array, g: Float64Array) => {
    g.fill(0);
    return 0;
  },
  constraints: constraints as never,
});

describe("bounds that do not belong to their kind are refused, in a density and in text", () => {
  test.each([
    { kind: "simplex", size: 3, lower: 0 },
    { kind: "positive", upper: 2 },
    { kind: "positive", lower: 1 },
    { kind: "real", lower: 0 },
    { kind: "lower", lower: 0, upper: 1 },
    { kind: "upper", lower: 0, upper: 1 },
    { kind: "ordered", size: 2, upper: 1 },
    { kind: "interval", lower: 0 },
    { kind: "interval", lower: 0, upper: Infinity },
    { kind: "lower" },
    { lower: 2, upper: 1 },
    { lower: 1, upper: 1 },
    { lower: Number.NaN },
    { kind: "simplex" },
    { kind: "unitVector", size: 1 },
    { kind: "correlation", size: 3 },
    { kind: "positve" },
    { size: 0 },
  ])("%j", (constraint) => {
    expect(() => sample(flat([constraint]), "random", { draws: 1 })).toThrow(code("OPTION"));
    expect(() => compileDensity("0", { params: { a: constraint as never } })).toThrow(code("OPTION"));
  });
});

test("bounds alone say their kind", () => {
  const p = sample(flat([{ name: "a", lower: 2, upper: 5 }]), "random", { seed: 1 });
  expect(p.mean[0]).toBeCloseTo(3.5, 0);
  expect(Math.min(...p.draws)).toBeGreaterThan(2);
  expect(Math.max(...p.draws)).toBeLessThan(5);
  const half = compileDensity("-a", { params: { a: { lower: 2, upper: Infinity } } });
  expect(half.constraints[0]).toMatchObject({ kind: "lower", lower: 2 });
});

test("a prior that is not about its parameter, and priors about nothing, are refused", () => {
  const params = (prior: string) => ({ params: { a: { prior }, b: { prior: "normal(0, 1)" } } });
  expect(() => compileDensity("0", params("normal(b, 0, 1)"))).toThrow(/the prior of a does not mention it/);
  expect(() => compileDensity("0", params("3"))).toThrow(code("EXPRESSION"));
  expect(() => compileDensity("0", params("normal(c, 0, 1)"))).toThrow(code("EXPRESSION"));
  expect(compileDensity("0", params("normal(b, a, 1)")).logDensity([1, 1])).toBeCloseTo(-0.5, 12);
  expect(() => compileDensity("0", { params: ["a"], priors: ["normal(zz, 0, 1)"] })).toThrow(
    code("EXPRESSION"),
  );
});
