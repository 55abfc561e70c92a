// The order in which values come, the counts of what is evaluated, and what a callback does to a search: none of them changes the
// answer, and none is lost.
import { describe, expect, test } from "vitest";
import {
  binary,
  cmaes,
  evolve,
  globalSearch,
  minimizeGlobal,
  minimizeGlobalAsync,
  multistart,
  permutation,
} from "../../src/index.js";

const methods = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"] as const;
const later = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), ms));

describe("several calls at a time", () => {
  test("a call that fails leaves no promise behind whose rejection nobody hears", async () => {
    const unheard: unknown[] = [];
    const note = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", note);
    try {
      for (const [second, message] of [
        [() => Promise.reject(new Error("bad input")), "bad input"],
        [
          () => {
            throw new Error("bad input");
          },
          "bad input",
        ],
        [() => "3" as never, "number"],
      ] as const) {
        let calls = 0;
        const f = (): number | Promise<number> => {
          if (++calls === 2) return second();
          return new Promise((_, no) => setTimeout(() => no(new Error("late")), 2));
        };
        const options = { method: "differentialEvolution", concurrency: 4 } as const;
        await expect(minimizeGlobalAsync(f, { lower: [0], upper: [1] }, options)).rejects.toThrow(message);
      }
      await later(10, 0);
      expect(unheard).toEqual([]);
    } finally {
      process.off("unhandledRejection", note);
    }
  });

  test("a value that comes when the search is over is written into nobody's memory", async () => {
    const box = { lower: [-1], upper: [1] };
    const bowl = ([x]: Float64Array) => (x! - 0.3) ** 2;
    const options = { method: cmaes({ portfolio: false }), seed: 1, maxEvaluations: 300, concurrency: 6 };
    const calm = minimizeGlobal(bowl, box, options);
    let release = (): void => undefined;
    const stale = new Promise<number>((resolve) => {
      release = () => resolve(-1e9);
    });
    let calls = 0;
    const fails = () => (++calls === 3 ? Promise.reject(new Error("third")) : stale);
    await expect(minimizeGlobalAsync(fails, box, options)).rejects.toThrow("third");
    // A search in the memory that the failed one gave back: some of a generation is there when the late values come.
    const slow = (x: Float64Array): number | Promise<number> => {
      if (calls++ % 6 !== 0) return bowl(x);
      release();
      return later(1, bowl(x));
    };
    calls = 3;
    const r = await minimizeGlobalAsync(slow, box, options);
    expect([...r.x, r.fun, r.nit]).toEqual([...calm.x, calm.fun, calm.nit]);
  });

  test("of equal values the first row's point is the answer, whichever comes first", async () => {
    const parity = ([x]: Float64Array) => x! % 2;
    const plateau = ([x]: Float64Array) => (x! > 0 ? 0 : 1);
    for (const [f, box] of [
      [parity, { lower: [0], upper: [9], integer: [0] }],
      [plateau, { lower: [-1], upper: [1] }],
      [() => NaN, { lower: [-1], upper: [1] }],
    ] as const)
      for (const method of methods) {
        const options = { method, seed: 3, maxEvaluations: 60 };
        const plain = minimizeGlobal(f, box, options);
        let calls = 0;
        // Later calls answer first.
        const reverse = (x: Float64Array) => later(8 - (calls++ % 8), f(x));
        const several = await minimizeGlobalAsync(reverse, box, { ...options, concurrency: 8 });
        const asked = globalSearch(box, options);
        while (!asked.done)
          for (const point of asked.ask().reverse()) if (!asked.done) asked.tell([f(point)], [point]);
        expect([method, ...several.x, ...asked.result.x]).toEqual([method, ...plain.x, ...plain.x]);
      }
  });
});

describe("ask and tell", () => {
  test("copies of equal points take one place each, in boxes of whole numbers and choices", () => {
    const box = { lower: [0, 0], upper: [3, 3], integer: [0, 1] };
    const f = ([x, y]: ArrayLike<number> & Iterable<number>) => (x! - 2) ** 2 + (y! - 1) ** 2;
    for (const method of methods) {
      const options = { method, seed: 1, maxEvaluations: 120 };
      const search = globalSearch(box, options);
      while (!search.done) {
        const copies = search.ask().map((x) => structuredClone(x));
        search.tell(copies.map(f), copies);
      }
      expect([...search.result.x]).toEqual([...minimizeGlobal(f, box, options).x]);
    }
    const named = globalSearch(
      { a: { choices: ["x", "y"] } },
      { method: "genetic", seed: 1, maxEvaluations: 40 },
    );
    while (!named.done) {
      const copies = named.ask().map((x) => structuredClone(x));
      named.tell(
        copies.map(({ a }) => (a === "y" ? 0 : 1)),
        copies,
      );
    }
    expect(named.result.values).toEqual({ a: "y" });
  });

  test("but no point is told twice: the object, a copy more than there are, one beside its own copy", () => {
    const search = globalSearch({ lower: [0], upper: [1] }, { seed: 1, method: "differentialEvolution" });
    const [a, b] = search.ask() as [Float64Array, Float64Array];
    const told = (...points: Float64Array[]) =>
      search.tell(
        points.map(() => 1),
        points,
      );
    for (const points of [
      [a, a],
      [a.slice(), a.slice()],
      [a.slice(), a],
      [b, a, b.slice()],
    ])
      expect(() => told(...points)).toThrow("a point is given twice");
    expect(() => told(Float64Array.of(7))).toThrow("does not wait");
    told(b.slice(), a);
    expect(() => told(a)).toThrow("does not wait");
    search.dispose();
  });

  test("takes the options that it obeys, and no others", () => {
    const box = { lower: [0], upper: [1] };
    for (const [option, value, hint] of [
      ["onIteration", () => 0, "the loop is yours"],
      ["trace", true, "the loop is yours"],
      ["every", 2, "the loop is yours"],
      ["concurrency", 2, "in any order"],
      ["polish", false, "minimizeGlobal"],
      ["feasTol", 1, "minimizeGlobal"],
      ["equality", [() => 0], "minimizeGlobal"],
      ["inequality", [() => 0], "minimizeGlobal"],
    ] as const)
      expect(() => globalSearch(box, { [option]: value } as never)).toThrow(
        expect.objectContaining({ code: "OPTION", hint: expect.stringContaining(hint) }),
      );
    const answer = (o: object, f: () => number = () => 1) => {
      const search = globalSearch(box, { seed: 1, ...o });
      while (!search.done) search.tell(search.ask().map(f));
      return search.result;
    };
    expect(answer({ maxIterations: 3 })).toMatchObject({ reason: "maxIterations", nit: 3 });
    expect(answer({ maxTimeMs: 0 })).toMatchObject({ reason: "maxTime", nfev: 0 });
    expect(answer({ signal: AbortSignal.abort() })).toMatchObject({ reason: "abort", nfev: 0 });
    expect(answer({ target: 2 }).reason).toBe("target");
  });
});

test("what looks at minima counts its calls, and keeps to the limit", () => {
  let calls = 0;
  const funGrad = ([x, y]: Float64Array, g: Float64Array) => {
    calls++;
    g.set([2 * x! + 3 * Math.cos(3 * x!), 2 * (y! - 1)]);
    return x! ** 2 + (y! - 1) ** 2 + Math.sin(3 * x!);
  };
  const box = { lower: [-3, -3], upper: [3, 3] };
  const counted = <R extends { nfev: number }>(run: () => R): R => {
    calls = 0;
    const r = run();
    expect(r.nfev).toBe(calls);
    return r;
  };
  const whole = counted(() => multistart({ funGrad }, box, { seed: 1 }));
  expect(whole.minima[0]!.isMinimum).toBe(true);
  // As many as the runs themselves take: what comes after them is left out.
  const cut = counted(() => multistart({ funGrad }, box, { seed: 1, maxEvaluations: whole.nfev - 14 }));
  expect([cut.nfev <= whole.nfev - 14, cut.minima[0]!.isMinimum]).toEqual([true, null]);
  for (const method of ["cmaes", "differentialEvolution"] as const)
    expect(counted(() => minimizeGlobal({ funGrad }, box, { method, seed: 1 })).minima[0]!.isMinimum).toBe(
      true,
    );
});

describe("onIteration and trace of a multistart", () => {
  const valley = ([x, y]: Float64Array) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;
  const box = { lower: [-2, -2], upper: [2, 2] };
  const options = { seed: 1, starts: 5 };
  const whole = multistart(valley, box, { ...options, trace: true });

  test('"stop" ends it, wherever in a run it comes', async () => {
    expect(whole.nit).toBeGreaterThan(50);
    for (let at = 1; at <= whole.nit; at++) {
      let calls = 0;
      const r = multistart(valley, box, { ...options, onIteration: () => (++calls === at ? "stop" : 0) });
      // A run that converges in the same iteration has its point; after the last one there is nothing left to stop.
      if (at === whole.nit) expect(r.status).toBe("converged");
      else expect([at, r.status, r.reason, r.nit, calls]).toEqual([at, "stopped", "callback", at, at]);
    }
  });

  test("sees counts that grow and the best point of all, in the trace too", () => {
    for (const sign of [1, -1]) {
      const f = (x: Float64Array) => sign * valley(x);
      const seen: { nit: number; nfev: number; x: ArrayLike<number>; fun: number }[] = [];
      const r = multistart(f, box, {
        ...options,
        maximize: sign === -1,
        trace: true,
        onIteration: (it) => seen.push(it),
      });
      expect([seen.length, r.trace!.length]).toEqual([r.nit, r.nit]);
      for (const list of [seen, r.trace!])
        list.forEach(({ nit, nfev, x, fun }, k) => {
          expect(nit).toBe(k + 1);
          expect(f(Float64Array.from(x))).toBe(fun);
          if (k === 0) return;
          expect(nfev).toBeGreaterThan(list[k - 1]!.nfev);
          expect(sign * fun).toBeLessThanOrEqual(sign * list[k - 1]!.fun);
        });
      expect(seen.at(-1)!.fun).toBe(r.fun);
      expect(r.trace!.at(-1)!.nfev).toBeLessThanOrEqual(r.nfev);
    }
  });
});

test("evolve lends copies: what a fitness writes reaches nobody", () => {
  const ones = (bits: Iterable<number>) => Array.from(bits).reduce((a, b) => a + b, 0);
  const fitness = (b: Uint8Array) => {
    const sum = ones(b);
    b.fill(0);
    return sum;
  };
  const r = evolve({ genome: binary(10), fitness, seed: 1, maxIterations: 30 });
  expect(ones(r.best)).toBe(r.fitness);
  const calm = evolve({ genome: binary(10), fitness: ones, seed: 1, maxIterations: 30 });
  expect([...r.best]).toEqual([...calm.best]);
  const order = evolve({ genome: permutation(5), fitness: (p) => -p.reverse()[0]!, seed: 1 });
  expect([order.fitness, order.best[4]]).toEqual([-0, 0]);
  const lists = evolve({
    genome: {
      create: (random) => [random.below(9)],
      crossover: (a) => a,
      mutate: (_, random) => [random.below(9)],
    },
    fitness: (list: number[]) => list.pop()!,
    seed: 1,
    maxIterations: 20,
  });
  expect(lists.best).toEqual([8]);
});
