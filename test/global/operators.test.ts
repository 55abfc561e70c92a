// Crossover and mutation of real numbers against the laws that their papers give them.
import { expect, test } from "vitest";
import { cross, mutate, type RealCrossover } from "../../src/global/real-operators.js";
import { Random } from "../../src/random/philox.js";
import { normalCdf } from "../../src/stats/distributions.js";
import { kolmogorov } from "../random/kolmogorov.js";

const DRAWS = 20_000;

function children(kind: Exclude<RealCrossover, "rex">): Float64Array {
  const random = new Random(31);
  const out = new Float64Array(2 * DRAWS);
  const parents = Float64Array.of(0.4, 0.4, 0.6, 0.6);
  for (let k = 0; k < DRAWS; k++) cross(kind, 2, parents, 0, 1, out, k, random);
  return out;
}

function mutants(kind: "polynomial" | "gaussian", chance: number): Float64Array {
  const random = new Random(32);
  const out = new Float64Array(DRAWS).fill(0.5);
  for (let k = 0; k < DRAWS; k++) mutate(kind, 1, out, k, chance, 0.25, random);
  return out.map((v) => (v - 0.5) / 0.5);
}

test("sbx spreads children by Deb and Agrawal's law of index 15, on either side of the middle", () => {
  const spread = children("sbx").map((v) => Math.abs(v - 0.5) / 0.1);
  expect(kolmogorov(spread, (b) => (b < 1 ? 0.5 * b ** 16 : 1 - 0.5 * b ** -16))).toBeLessThan(1.95);
  const below = children("sbx").filter((v) => v < 0.5).length / (2 * DRAWS);
  expect(Math.abs(below - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / (2 * DRAWS)));
});

test("blx is uniform on the parents' interval and half of it more on both sides", () => {
  expect(kolmogorov(children("blx"), (v) => Math.min(1, Math.max(0, (v - 0.3) / 0.4)))).toBeLessThan(1.95);
});

test("arithmetic children lie on the parents' segment, uniformly", () => {
  const all = children("arithmetic");
  const first = all.filter((_, i) => i % 2 === 0);
  expect(all.filter((_, i) => i % 2 === 1)).toEqual(first);
  expect(kolmogorov(first, (v) => Math.min(1, Math.max(0, (v - 0.4) / 0.2)))).toBeLessThan(1.95);
});

test("polynomial mutation has the law of index 20, Gaussian mutation a tenth of the width", () => {
  const law = (d: number) => (d < 0 ? 0.5 * (1 + d) ** 21 : 1 - 0.5 * (1 - d) ** 21);
  expect(kolmogorov(mutants("polynomial", 1), law)).toBeLessThan(1.95);
  expect(kolmogorov(mutants("gaussian", 1), (d) => normalCdf(10 * d))).toBeLessThan(1.95);
  const changed = mutants("gaussian", 0.3).filter((d) => d !== 0).length / DRAWS;
  expect(Math.abs(changed - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / DRAWS));
});

test("children that would leave the cube stay on its side", () => {
  const random = new Random(33);
  const out = new Float64Array(2);
  for (let k = 0; k < 200; k++) {
    cross("blx", 2, Float64Array.of(0, 1, 0.02, 0.98), 0, 1, out, 0, random);
    mutate("gaussian", 2, out, 0, 1, 0.5, random);
    expect(out.every((v) => v >= 0 && v <= 1)).toBe(true);
  }
});
