// Chains on spaces of one's own: a discrete chain against its exact transition matrix, detailed balance, an asymmetric proposal,
// limits and bad input.
import { describe, expect, test } from "vitest";
import { metropolisHastings } from "../../src/index.js";
import { chiSquareUpper } from "../../src/stats/distributions.js";

const weights = [1, 2, 4, 2, 1];
/** Proposal i - 1 or i + 1 with probability 1/2 each, round a circle of five. */
const circle = {
  start: 0,
  propose: (i: number, random: { below(n: number): number }) => (i + (random.below(2) ? 1 : 4)) % 5,
  logDensity: (i: number) => Math.log(weights[i]!),
};
const transition = [
  [0, 0.5, 0, 0, 0.5],
  [0.25, 0.25, 0.5, 0, 0],
  [0, 0.25, 0.5, 0.25, 0],
  [0, 0, 0.5, 0.25, 0.25],
  [0.5, 0, 0, 0.5, 0],
];

describe("five states with weights 1 2 4 2 1", () => {
  const run = metropolisHastings(circle, { draws: 10_000, warmup: 100, seed: 1 });
  const counts = transition.map((row) => row.map(() => 0));
  for (const chain of run.states) {
    for (let t = 1; t < chain.length; t++) counts[chain[t - 1]!]![chain[t]!]!++;
  }

  test("transitions follow the exact matrix (chi-square), and none is impossible", () => {
    let chi = 0;
    let dof = 0;
    transition.forEach((row, i) => {
      const total = counts[i]!.reduce((a, b) => a + b, 0);
      row.forEach((p, j) => {
        if (p === 0) expect(counts[i]![j]).toBe(0);
        else chi += (counts[i]![j]! - total * p) ** 2 / (total * p);
      });
      dof += row.filter((p) => p > 0).length - 1;
    });
    expect(chiSquareUpper(chi, dof)).toBeGreaterThan(1e-4);
  });

  test("detailed balance: as many go from i to j as from j to i", () => {
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < i; j++) {
        const [there, back] = [counts[i]![j]!, counts[j]![i]!];
        expect(Math.abs(there - back)).toBeLessThanOrEqual(4 * Math.sqrt(there + back) + 4);
      }
    }
  });

  test("acceptance is 0.7 and the stationary law is that of the weights", () => {
    const rate = run.acceptance.reduce((a, b) => a + b, 0) / 4;
    expect(Math.abs(rate - 0.7)).toBeLessThan(4 * Math.sqrt((0.7 * 0.3 * 2) / 40_000));
    for (let i = 0; i < 5; i++) {
      const share = run.derive((state) => (state === i ? 1 : 0));
      expect(Math.abs(share.mean - weights[i]! / 10)).toBeLessThan(4 * share.mcse);
    }
    expect(run.derive((state) => state).rHat).toBeLessThan(1.01);
  });
});

test("logRatio corrects a proposal that goes up more often than down", () => {
  // Poisson(4): up with probability 0.7 and down with 0.3.
  const draws = 20_000;
  const poisson = metropolisHastings(
    {
      start: 3,
      propose: (k: number, random) => (random.uniform() < 0.7 ? k + 1 : k - 1),
      logDensity: (k) => {
        if (k < 0) return -Infinity;
        let value = k * Math.log(4);
        for (let i = 2; i <= k; i++) value -= Math.log(i);
        return value;
      },
      logRatio: (from, to) => (to > from ? Math.log(0.3 / 0.7) : Math.log(0.7 / 0.3)),
    },
    { draws, seed: 2 },
  );
  const k = poisson.derive((state) => state);
  expect(Math.abs(k.mean - 4)).toBeLessThan(4 * k.mcse);
  expect(k.sd).toBeCloseTo(2, 0);
});

test("any state will do, and the seed fixes them", () => {
  const words = () =>
    metropolisHastings(
      {
        start: ["a", "b", "c"],
        propose(order, random) {
          const next = [...order];
          const i = random.below(2);
          [next[i], next[i + 1]] = [next[i + 1]!, next[i]!];
          return next;
        },
        logDensity: (order) => -order.indexOf("a"),
      },
      { draws: 50, seed: 3 },
    );
  expect(words().states).toEqual(words().states);
  const first = words();
  expect(first.states[0]).not.toEqual(first.states[1]);
  expect(first.report()).toContain("acceptance");
  expect(`${first}`).toContain("4 chains of 50 states");
});

test("limits, a start without density, and bad input", () => {
  const code = (c: string) => expect.objectContaining({ code: c });
  const stopped = metropolisHastings(circle, { maxEvaluations: 30 });
  expect(stopped).toMatchObject({ status: "stopped", reason: "maxEvaluations", success: false });
  expect(stopped.states.every((chain) => chain.length === stopped.states[0]!.length)).toBe(true);
  expect(metropolisHastings({ ...circle, logDensity: () => NaN })).toMatchObject({
    status: "failed",
    reason: "nonFinite",
  });
  let seen = 0;
  metropolisHastings(circle, { draws: 5, onIteration: () => void seen++ });
  expect(seen).toBe(5);
  const bad =
    (space: unknown, options: object = {}) =>
    () =>
      metropolisHastings(space as never, options as never);
  expect(bad(null)).toThrow(code("OPTION"));
  for (const name of ["propose", "logDensity"])
    for (const value of [1, undefined]) expect(bad({ ...circle, [name]: value })).toThrow(code("OPTION"));
  expect(bad({ ...circle, logRatio: 1 })).toThrow(code("OPTION"));
  expect(bad({ ...circle, logRatio: undefined }, { draws: 1 })).not.toThrow();
  expect(bad({ ...circle, logdensity: 1 })).toThrow(code("OPTION"));
  expect(bad(circle, { draws: 0 })).toThrow(code("OPTION"));
  expect(bad(circle, { chain: 2 })).toThrow(code("OPTION"));
  expect(bad({ ...circle, logDensity: () => "1" })).toThrow(code("CALLBACK_RESULT"));
  expect(bad({ ...circle, logRatio: () => "1" })).toThrow(code("CALLBACK_RESULT"));
});

test("chains that take no proposal say so", () => {
  const walk = (spread: number) =>
    metropolisHastings(
      { start: 0, propose: (x, random) => x + spread * random.normal(), logDensity: (x) => -0.5 * x * x },
      { draws: 200, seed: 1 },
    );
  expect(walk(2).warnings).toEqual([]);
  const still = walk(1e9);
  expect(still.warnings).toEqual([
    { code: "W_LOW_ESS", message: expect.stringContaining("4 of 4 chains never left their start") },
  ]);
  expect(still.report()).toContain("propose states that are nearer");
});

test("a state that is written into, and an infinite density, are refused", () => {
  const normal = (s: readonly number[]) => -(s[0]! ** 2) / 2;
  const moved = {
    start: [0.5],
    propose: (s: number[], random: { normal(): number }) => {
      s[0] = s[0]! + random.normal();
      return s;
    },
    logDensity: normal,
  };
  expect(() => metropolisHastings(moved, { draws: 20 })).toThrow(
    expect.objectContaining({ code: "CALLBACK_RESULT", message: expect.stringMatching(/propose changed/) }),
  );
  const changed = { code: "CALLBACK_RESULT", message: expect.stringMatching(/propose changed/) };
  // Though another one is given back, and where every state has the same density.
  const copied = (s: number[], random: { normal(): number }) => [...moved.propose(s, random)];
  expect(() => metropolisHastings({ ...moved, propose: copied })).toThrow(expect.objectContaining(changed));
  const swap = (s: { order: number[] }) => {
    s.order.reverse();
    return s;
  };
  const flat = { start: { order: [1, 2, 3] }, propose: swap, logDensity: () => 0 };
  expect(() => metropolisHastings(flat)).toThrow(expect.objectContaining(changed));
  const spike = { ...moved, propose: () => [0], logDensity: ([v]: number[]) => (v === 0 ? Infinity : 0) };
  expect(() => metropolisHastings(spike, { draws: 20 })).toThrow(/logDensity gave Infinity/);
  // Staying where one is is a proposal too.
  let calls = 0;
  const noisy = (s: readonly number[]) => normal(s) + 0.01 * Math.sin(calls++);
  const still = { ...moved, propose: (s: number[]) => s, logDensity: noisy };
  expect(metropolisHastings(still, { draws: 20 }).status).toBe("completed");
});
