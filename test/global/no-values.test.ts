// Functions that have a value in a small part of the box, NaN elsewhere: no search gives up before its limit, none claims a point
// beside which it broke off. The minima are known in closed form.
import { describe, expect, test } from "vitest";
import { LocalSearch } from "../../src/global/local-search.js";
import { binary, evolve, iterateGlobal, minimizeGlobal } from "../../src/index.js";

const methods = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const;

/** (x - middle)^2 / share^2 + y^2 in the last `share` of the box, 0 at [1 - share / 2, 0]. */
const corner =
  (share: number) =>
  ([x, y]: Float64Array): number =>
    x! > 1 - share ? ((x! - 1 + share / 2) / share) ** 2 + y! * y! : NaN;
const box = { lower: [0, -1], upper: [1, 1] };

describe.each(methods)("%s", (method) => {
  test("uses its evaluations to find where f has values at all", () => {
    for (const share of [0.1, 0.01])
      for (let seed = 0; seed < 8; seed++) {
        const r = minimizeGlobal(corner(share), box, { method, seed, maxEvaluations: 4000 });
        expect([share, seed, r.fun < (share < 0.1 ? Infinity : 1e-6)]).toEqual([share, seed, true]);
        expect(r.nfev).toBe(4000);
      }
  });

  test("gives up without a limit, and says at a limit that there was nothing", () => {
    const r = minimizeGlobal(() => NaN, box, { method });
    expect([r.status, r.reason]).toEqual(["failed", "nonFinite"]);
    const cut = minimizeGlobal(() => NaN, box, { method, maxEvaluations: 1500 });
    expect([cut.nfev, cut.reason]).toEqual([1500, "maxEvaluations"]);
    expect(cut.message).toContain("every evaluation gave NaN or Infinity; has it values in the box?");
  });
});

test("cmaes looks about another mean when a generation has no value, and a saved search does the same", () => {
  const seen: number[] = [];
  minimizeGlobal(
    ([x]) => {
      seen.push(x!);
      return NaN;
    },
    { lower: [0], upper: [1] },
    { maxEvaluations: 600, seed: 3 },
  );
  // In every tenth of the box.
  expect(new Set(seen.map((x) => Math.min(9, Math.floor(10 * x)))).size).toBe(10);
  const options = { maxEvaluations: 900, seed: 5 };
  const whole = minimizeGlobal(corner(0.02), box, options);
  const run = iterateGlobal(corner(0.02), box, options);
  for (let k = 0; k < 4; k++) expect(run.next().value!.fun).toBeNaN();
  const rest = iterateGlobal(corner(0.02), box, {
    ...options,
    resume: JSON.parse(JSON.stringify(run.state())),
  });
  run.return?.();
  for (const _ of rest);
  expect([...rest.result.x, rest.result.nfev]).toEqual([...whole.x, whole.nfev]);
});

test("evolve goes on to its limit where nothing has had a value yet", () => {
  const options = { genome: binary(4), fitness: () => NaN, seed: 1, popSize: 4 };
  expect(evolve(options).reason).toBe("nonFinite");
  expect(evolve({ ...options, maxEvaluations: 300 })).toMatchObject({ reason: "maxEvaluations", nfev: 300 });
});

test("genetic claims no point beside which its local search broke off, and finds the minimum", () => {
  const strip = ([x, y]: Float64Array) => (x! > 0.99 ? ((x! - 0.995) / 0.01) ** 2 + y! * y! : NaN);
  const diagonal = ([x, y]: Float64Array) =>
    Math.abs(y! - x!) <= 0.02 ? (x! - 0.3) ** 2 + 3 * (y! - 0.31) ** 2 : NaN;
  for (const [f, lower] of [
    [strip, [0, -1]],
    [diagonal, [-1, -1]],
  ] as const)
    for (let seed = 0; seed < 12; seed++) {
      const r = minimizeGlobal(f, { lower, upper: [1, 1] }, { method: "genetic", seed });
      if (r.reason === "nonFinite") continue;
      expect([seed, r.status, r.fun < 1e-8]).toEqual([seed, "converged", true]);
    }
});

describe("a local search", () => {
  const search = (f: (u: Float64Array) => number, start: readonly number[], most = 400): LocalSearch => {
    const n = start.length;
    const s = new LocalSearch(start, f(Float64Array.from(start)), most, new Float64Array(n).fill(1));
    for (let over = false; !over; over = s.tell()) {
      s.ask();
      for (let k = 0; k < s.rows; k++) s.values[k] = f(s.points.subarray(k * n, (k + 1) * n));
    }
    return s;
  };

  test("takes its differences closer by where a value is missing", () => {
    const s = search(([x, y]) => (x! > 0.5 ? (x! - 0.6) ** 2 + (y! - 0.2) ** 2 : NaN), [0.5 + 2e-5, 0.7]);
    expect(s.settled).toBe(true);
    expect([...s.point]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.2, 6)]);
  });

  test("is settled neither beside a point without a value nor for want of evaluations, but at a kink", () => {
    // The slope leads across the border: f is lower only where it has no value.
    expect(search(([x]) => (x! > 0.5 ? x! : NaN), [0.5 + 1e-9]).settled).toBe(false);
    expect(search(([x]) => (x! > 0.5 ? x! * x! : NaN), [0.6], 400).settled).toBe(false);
    expect(search(([x]) => x! ** 4 - x!, [0.1], 5).settled).toBe(false);
    expect(search(([x]) => Math.abs(x! - 0.4), [0.4]).settled).toBe(true);
    expect(search(([x]) => (x! - 0.4) ** 2, [0.1]).settled).toBe(true);
  });
});

test("fun is what f gives at x, where no point has a value too", () => {
  for (const method of methods)
    for (const f of [() => NaN, () => Infinity]) {
      const r = minimizeGlobal(f, box, { method, maxEvaluations: 200 });
      expect([method, r.fun]).toEqual([method, f()]);
    }
});

test("constraints that are met only where f has no value are not said to be met nowhere", () => {
  const inside = ([x]: Float64Array): number => 0.5 - x!;
  const f = ([x, y]: Float64Array): number => (x! <= 0.6 ? NaN : x! + y!);
  const r = minimizeGlobal(f, box, { seed: 2, inequality: [inside] });
  expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
  expect(r.message).toBe("every point that satisfies the constraints gave NaN or Infinity");
  const none = minimizeGlobal(f, box, { seed: 2, inequality: [() => -1], maxEvaluations: 4000 });
  expect(none.violation).toBe(1);
  const never = minimizeGlobal(
    ([x]) => x!,
    { lower: [0], upper: [3], integer: [0] },
    { inequality: [() => -1] },
  );
  expect(never.message).toBe("no point that was looked at satisfies the constraints");
  // A saved search knows it too.
  const run = iterateGlobal(f, box, { seed: 2, inequality: [inside] });
  for (let k = 0; k < 30; k++) run.next();
  const rest = iterateGlobal(f, box, {
    seed: 2,
    inequality: [inside],
    resume: JSON.parse(JSON.stringify(run.state())),
  });
  run.return?.();
  for (const _ of rest);
  expect(rest.result.message).toBe(r.message);
});
