// What counts as progress, and what a search without derivatives does where differences help no more.

import { expect, test } from "vitest";
import { cmaes } from "../../src/global/cmaes.js";
import { genetic } from "../../src/global/genetic.js";
import { iterateGlobal, minimizeGlobal } from "../../src/global/minimize-global.js";
import { isLower } from "../../src/global/ranking.js";

/** The sharp ridge of BBOB (f13), turned by 45 degrees in its first two variables: no derivative on the axis, where the minimum lies. */
const ridge = (x: ArrayLike<number>) => {
  const [a, b] = [(x[0]! - 1 + x[1]! + 2) / Math.SQRT2, (x[0]! - 1 - x[1]! - 2) / Math.SQRT2];
  let off = b * b;
  for (let j = 2; j < x.length; j++) off += x[j]! * x[j]!;
  return a * a + 100 * Math.sqrt(off);
};
const box = (n: number) => ({ lower: new Array<number>(n).fill(-5), upper: new Array<number>(n).fill(5) });

test("any number is lower than none, a rounding is not lower", () => {
  expect([
    isLower(1, Infinity),
    isLower(-1e300, Infinity),
    isLower(Infinity, Infinity),
    isLower(1, 1),
    isLower(1 - 1e-12, 1),
    isLower(0.9, 1),
    isLower(-1.1, -1),
    isLower(NaN, 1),
  ]).toEqual([true, true, false, false, false, true, true, false]);
});

test("a genetic search without limits goes on for as long as its best becomes lower", () => {
  // Families of children need some thousand evaluations to come down the ridge; standing still was once counted from the beginning.
  const method = genetic({ local: false, patience: 40 });
  const result = minimizeGlobal(ridge, box(3), { method, seed: 1 });
  expect(result.nit).toBeGreaterThan(200);
  expect(result.fun).toBeLessThan(1e-5);
});

test("annealing ends where differences fail by a short run of CMA-ES, which a state takes up to the bit", () => {
  const options = { method: "simulatedAnnealing", seed: 2, maxEvaluations: 9000 } as const;
  const plain = minimizeGlobal(ridge, box(4), options);
  expect(plain.fun).toBeLessThan(1e-8);
  const whole = iterateGlobal(ridge, box(4), options);
  const states: unknown[] = [];
  for (const { nit } of whole) if (nit % 97 === 50) states.push(structuredClone(whole.state()));
  const sides = states.map((state) => (state as { search: { side: [string] | null } }).search.side?.[0]);
  expect(sides).toContain("cma");
  for (const [i, resume] of states.entries()) {
    if (sides[i] !== "cma" && i > 2) continue;
    const rest = iterateGlobal(ridge, box(4), { ...options, resume: resume as never });
    for (const _ of rest);
    expect(rest.result.x).toEqual(plain.x);
  }
});

test("without a limit a run of CMA-ES ends early at a minimum that an earlier one has found", () => {
  const bowl = (x: Float64Array) => x.reduce((sum, v, j) => sum + (j + 1) * (v - 1) ** 2, 0);
  const method = cmaes({ portfolio: false });
  const free = minimizeGlobal(bowl, box(4), { method, seed: 1 });
  const held = minimizeGlobal(bowl, box(4), { method, seed: 1, maxEvaluations: free.nfev });
  expect(free).toMatchObject({ status: "converged", reason: "fun" });
  expect(free.fun).toBeLessThan(1e-15);
  // The same evaluations are enough for fewer runs where each goes to the end.
  expect(free.restarts).toBeGreaterThan(held.restarts);
});
