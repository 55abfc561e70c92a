// Limits, cancellation, progress and the three loops, over the smallest method there is: x is halved until the
// run is ended from outside, f(x) = x^2.
import { afterEach, describe, expect, test, vi } from "vitest";
import { macrotask } from "../../src/driver/clock.js";
import { pull, run, runAsync } from "../../src/driver/run.js";
import {
  CHECK,
  type End,
  ITERATION,
  type Iteration,
  Measure,
  type Method,
  type Nested,
  type Task,
} from "../../src/driver/task.js";
import { readTolerances } from "../../src/driver/tolerances.js";
import type { Limits, Tolerances } from "../../src/driver/types.js";
import { Watch } from "../../src/driver/watch.js";
import { iterateCg, iterateGlobal } from "../../src/index.js";
import { DownhillError } from "../../src/runtime/errors.js";

const NEVER: Tolerances = { gradTol: 0, stepTol: 0, funTol: 0, target: -Infinity };

interface Fake {
  /** What an evaluation does, besides counting. */
  evaluate?: (call: number) => unknown;
  cost?: number;
  /** Iterations after which the method itself fails; default never. */
  fails?: number;
  /** The watch of the task that this one is part of. */
  within?: Watch;
}

type Halving = { x: number; fun: number; nfev: number; state: number[] };

function setUp(limits: Limits = {}, tolerances: Partial<Tolerances> = {}, fake: Fake = {}) {
  const { gradTol, stepTol, funTol, target } = { ...NEVER, ...tolerances };
  const measure = (name: string, tolerance: number) =>
    new Measure(name, tolerance, { status: "converged", reason: name });
  const gradient = measure("gradient", gradTol);
  const decrease = measure("fun", funTol);
  const step = measure("step", stepTol);
  const lowest = measure("target", target);
  const measures = [...(target === -Infinity ? [] : [lowest]), gradient, decrease, step];
  const watch = fake.within?.share(measures, 8) ?? new Watch("test", limits, measures, 1000);
  const x = new Float64Array([1024]);
  const seen = { calls: 0, closed: 0, released: 0 };
  const at = { fun: NaN, stepNorm: 0 };
  const evaluation = {
    kind: "call",
    cost: () => fake.cost ?? 1,
    run() {
      watch.nfev += fake.cost ?? 1;
      return fake.evaluate?.(++seen.calls);
    },
  } as const;
  function* halve(): Method<End> {
    try {
      yield evaluation;
      at.fun = lowest.value = x[0]! ** 2;
      gradient.value = 2 * x[0]!;
      yield CHECK;
      for (let i = 1; ; i++) {
        if (i === fake.fails) return { status: "failed", reason: "stalled" };
        const half = x[0]! / 2;
        yield evaluation;
        x[0] = x[0]! - half;
        const fun = x[0]! ** 2;
        decrease.value = (at.fun - fun) / at.fun;
        at.fun = lowest.value = fun;
        gradient.value = 2 * x[0]!;
        step.value = at.stepNorm = half;
        yield ITERATION;
      }
    } finally {
      seen.closed++;
    }
  }
  const task: Task<End, End & Halving, number[]> = {
    watch,
    method: halve(),
    look: () => ({
      nit: watch.nit,
      nfev: watch.nfev,
      x: x.slice(),
      fun: at.fun,
      gradNorm: gradient.value,
      stepNorm: at.stepNorm,
      elapsedMs: watch.elapsedMs,
    }),
    out: (end) => ({ ...end, x: x[0]!, fun: at.fun, nfev: watch.nfev, state: [...x] }),
    save: () => [...x],
    release: () => void seen.released++,
  };
  return { monitor: watch, task, x, seen };
}

/** The code of what a call throws. */
function codeOf(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as DownhillError).code;
  }
}

type Run = ReturnType<typeof setUp>;
const endOf = ({ status, reason }: End) => ({ status, reason });
const runSync = ({ task }: Run) => endOf(run(task));
const runLater = async ({ task }: Run) => endOf(await runAsync(task));
const runPulled = ({ task }: Run) => {
  const it = pull(task);
  for (const _ of it);
  return endOf(it.result);
};
const stopped = (reason: string) => ({ status: "stopped", reason });
const converged = (reason: string) => ({ status: "converged", reason });

/** Stops the clock; the function it gives is an evaluation that takes this many milliseconds. */
function clockOf(ms: number): () => unknown {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  return () => {
    clock += ms;
  };
}

afterEach(() => vi.restoreAllMocks());

describe.each([
  ["run", async (r: Run) => runSync(r)],
  ["runAsync", runLater],
  ["pull", async (r: Run) => runPulled(r)],
] as const)("%s", (_name, go) => {
  test("ends at each convergence test, at its inequality", async () => {
    const cases: [Partial<Tolerances>, string, number][] = [
      [{ target: 16 }, "target", 4], // fun = 16 <= 16 at x = 4
      [{ gradTol: 4 }, "gradient", 2],
      [{ stepTol: 2 }, "step", 2],
      [{ funTol: 0.75 }, "fun", 512], // each halving takes 3/4 of fun
    ];
    for (const [tolerances, reason, x] of cases) {
      const r = setUp({}, tolerances);
      expect(await go(r)).toEqual(converged(reason));
      expect([r.x[0], r.seen.closed]).toEqual([x, 1]);
    }
  });

  test("tests the start too: a converged start costs one evaluation and no iteration", async () => {
    const r = setUp({ maxIterations: 0 }, { gradTol: 2048 });
    expect(await go(r)).toEqual(converged("gradient"));
    expect([r.monitor.nit, r.monitor.nfev]).toEqual([0, 1]);
  });

  test("prefers convergence to a limit reached in the same iteration", async () => {
    const r = setUp({ maxIterations: 8, onIteration: () => "stop", every: 8 }, { gradTol: 8 });
    expect(await go(r)).toEqual(converged("gradient"));
    expect(r.monitor.nit).toBe(8);
  });

  test("stops after maxIterations", async () => {
    for (const maxIterations of [0, 1, 5]) {
      const r = setUp({ maxIterations });
      expect(await go(r)).toEqual(stopped("maxIterations"));
      expect([r.monitor.nit, r.monitor.nfev]).toEqual([maxIterations, maxIterations + 1]);
      expect(r.seen.closed).toBe(1);
    }
  });

  test("stops before an evaluation that maxEvaluations does not allow, whatever it costs", async () => {
    for (const [cost, maxEvaluations, nfev] of [
      [1, 1, 1],
      [1, 5, 5],
      [3, 10, 9],
      [3, 9, 9],
    ] as const) {
      const r = setUp({ maxEvaluations }, {}, { cost });
      expect(await go(r)).toEqual(stopped("maxEvaluations"));
      expect(r.monitor.nfev).toBe(nfev);
    }
  });

  test("stops at maxTimeMs: with 0 before the first evaluation", async () => {
    const r = setUp({ maxTimeMs: 0 });
    expect(await go(r)).toEqual(stopped("maxTime"));
    expect([r.seen.calls, r.monitor.nfev, r.seen.released]).toEqual([0, 0, 1]);
  });

  test("stops at maxTimeMs by the clock", async () => {
    const r = setUp({ maxTimeMs: 50 }, {}, { evaluate: clockOf(10) });
    expect(await go(r)).toEqual(stopped("maxTime"));
    expect([r.seen.calls, r.monitor.elapsedMs]).toEqual([5, 50]);
  });

  test("an evaluation that says it was interrupted ends the run with the reason", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const evaluate = (call: number) => {
      if (call === 3) clock = 99;
      return call !== 3;
    };
    const r = setUp({ maxTimeMs: 50 }, {}, { evaluate });
    expect(await go(r)).toEqual(stopped("maxTime"));
    expect(r.x[0]).toBe(512);
  });

  test('stops when onIteration returns "stop", and for nothing else', async () => {
    const answers = [undefined, true, "go", null, "stop"];
    const r = setUp({ onIteration: ({ nit }) => answers[nit - 1] });
    expect(await go(r)).toEqual(stopped("callback"));
    expect([r.monitor.nit, r.x[0]]).toEqual([5, 32]);
  });

  test("calls onIteration after every every-th iteration, with a copy of the best point", async () => {
    const seen: Iteration[] = [];
    const r = setUp({ maxIterations: 7, every: 3, onIteration: (it) => void seen.push(it) });
    await go(r);
    expect(
      seen.map(({ nit, nfev, x, fun, gradNorm, stepNorm }) => [nit, nfev, x[0], fun, gradNorm, stepNorm]),
    ).toEqual([
      [3, 4, 128, 128 ** 2, 256, 128],
      [6, 7, 16, 16 ** 2, 32, 16],
    ]);
    expect(seen.every(({ elapsedMs }) => elapsedMs >= 0)).toBe(true);
    expect(seen[0]?.x).not.toBe(r.x);
  });

  test("keeps in the trace what happened, whatever onIteration writes into what it gets", async () => {
    const seen: number[][] = [];
    const onIteration = (it: { -readonly [K in keyof Iteration]: Iteration[K] }) => {
      seen.push([it.nit, it.x[0]!, it.fun, it.elapsedMs]);
      it.x[0] = it.fun = it.nit = it.elapsedMs = -1;
    };
    const r = setUp({ maxIterations: 2, trace: true, onIteration });
    await go(r);
    expect(r.monitor.trace?.map((it) => [it.nit, it.x[0], it.fun, it.elapsedMs])).toEqual(seen);
    expect(seen.map(([nit, x]) => [nit, x])).toEqual([
      [1, 512],
      [2, 256],
    ]);
  });

  test("keeps every iteration in the trace when asked, whatever every says", async () => {
    const r = setUp({ maxIterations: 4, every: 2, trace: true });
    await go(r);
    expect(r.monitor.trace?.map(({ x }) => x[0])).toEqual([512, 256, 128, 64]);
    expect(setUp({ trace: false }).monitor.trace).toBeUndefined();
    expect(setUp().monitor.trace).toBeUndefined();
  });

  test("gives what the method itself ends with", async () => {
    const r = setUp({}, {}, { fails: 3 });
    expect(await go(r)).toEqual({ status: "failed", reason: "stalled" });
    expect(r.seen.closed).toBe(1);
  });

  test("lets the very error of a callback out and closes the method", async () => {
    const error = { not: "even an Error" };
    const fail = () => {
      throw error;
    };
    for (const r of [setUp({}, {}, { evaluate: fail }), setUp({ onIteration: fail })]) {
      await expect(go(r)).rejects.toBe(error);
      expect(r.seen.closed).toBe(1);
    }
  });
});

describe("a signal", () => {
  test("that is aborted ends a synchronous run before the first evaluation", () => {
    const r = setUp({ signal: AbortSignal.abort() });
    expect(runSync(r)).toEqual(stopped("abort"));
    expect(r.seen.calls).toBe(0);
  });

  test("aborted by a callback ends a synchronous run at the next evaluation", () => {
    const controller = new AbortController();
    const r = setUp(
      { signal: controller.signal },
      {},
      {
        evaluate(call) {
          if (call === 3) controller.abort();
        },
      },
    );
    expect(runSync(r)).toEqual(stopped("abort"));
    expect([r.seen.calls, r.x[0], r.seen.closed]).toEqual([3, 256, 1]);
  });

  test("rejects an asynchronous run with its reason, the same object", async () => {
    for (const reason of [new Error("enough"), "text", undefined]) {
      const controller = new AbortController();
      const onIteration = ({ nit }: Iteration) => {
        if (nit === 2) controller.abort(reason);
      };
      const r = setUp({ signal: controller.signal, onIteration });
      const caught = await runLater(r).catch((error: unknown) => error);
      expect(caught).toBe(controller.signal.reason);
      expect([r.monitor.nit, r.seen.closed]).toEqual([2, 1]);
    }
  });

  test("whose reason is an error of ours carries the best point in details.best", async () => {
    const controller = new AbortController();
    const reason = new DownhillError("OPTION", "the user left", { details: { page: 3 } });
    const r = setUp({
      signal: controller.signal,
      onIteration: ({ nit }) => void (nit === 4 && controller.abort(reason)),
    });
    await expect(runLater(r)).rejects.toBe(reason);
    expect(reason.details).toEqual({ page: 3, best: { x: new Float64Array([64]), fun: 4096 } });
    r.x[0] = 0;
    expect((reason.details.best as { x: Float64Array }).x[0]).toBe(64);
  });

  test("whose reason is of two runs, or frozen, says of each run where it stood", async () => {
    const controller = new AbortController();
    const reason = new DownhillError("OPTION", "the user left", { details: { page: 3 } });
    const stopAt = (at: number) => ({
      signal: controller.signal,
      onIteration: ({ nit }: Iteration) => void (nit === at && controller.abort(reason)),
    });
    const caught = (r: Run) => runLater(r).catch((error: unknown) => error);
    expect(await caught(setUp(stopAt(4)))).toBe(reason);
    // Aborted before its first evaluation.
    const second = (await caught(setUp(stopAt(9)))) as DownhillError;
    expect(second).toMatchObject({ code: "OPTION", message: "the user left", cause: reason });
    expect(second.details).toEqual({ page: 3, best: { x: new Float64Array([1024]), fun: NaN } });
    expect(reason.details).toMatchObject({ best: { fun: 4096 } });

    const other = new AbortController();
    const frozen = Object.freeze(new DownhillError("OPTION", "frozen"));
    other.abort(frozen);
    const third = (await caught(setUp({ signal: other.signal }))) as DownhillError;
    expect([third.message, third.cause, frozen.details]).toEqual(["frozen", frozen, {}]);
  });

  test("aborted from a timer ends an asynchronous run whose callbacks never wait", async () => {
    const controller = new AbortController();
    const endless = { gradTol: -1, stepTol: -1, funTol: -1 };
    const r = setUp({ signal: controller.signal, maxIterations: Infinity }, endless);
    setTimeout(() => controller.abort(new Error("timer")), 20);
    await expect(runLater(r)).rejects.toThrow("timer");
    expect(r.monitor.nit).toBeGreaterThan(0);
  });
});

describe("an asynchronous run", () => {
  test("waits for promises of evaluations", async () => {
    let running = 0;
    const evaluate = async () => {
      expect(++running).toBe(1);
      await macrotask();
      running--;
    };
    const r = setUp({ maxIterations: 5 }, {}, { evaluate });
    expect(await runLater(r)).toEqual(stopped("maxIterations"));
    expect(r.seen.calls).toBe(6);
  });

  test("rejects with the very error of a rejected evaluation and closes the method", async () => {
    const error = new Error("in the callback");
    const r = setUp({}, {}, { evaluate: (call) => (call === 3 ? Promise.reject(error) : undefined) });
    await expect(runLater(r)).rejects.toBe(error);
    expect([r.seen.calls, r.seen.closed]).toEqual([3, 1]);
  });

  test("gives the event loop a macrotask after every 8 ms of work", async () => {
    const evaluate = clockOf(3);
    let turns = 0;
    let ended = false;
    const count = async () => {
      while (!ended) {
        await macrotask();
        turns++;
      }
    };
    const counting = count();
    // One evaluation and one test each iteration, 3 ms an evaluation: a turn every third evaluation.
    const r = setUp({ maxIterations: 30 }, {}, { evaluate });
    await runLater(r);
    ended = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(10);
    expect(turns).toBeLessThanOrEqual(12);
  });

  test("that is short gives none", async () => {
    vi.spyOn(performance, "now").mockReturnValue(0);
    const turn = vi.spyOn(globalThis, "setImmediate");
    await runLater(setUp({ maxIterations: 200 }));
    expect(turn).not.toHaveBeenCalled();
  });

  test("runs where there is no setImmediate, as in browsers", async () => {
    vi.stubGlobal("setImmediate", undefined);
    let timer = false;
    setTimeout(() => {
      timer = true;
    }, 0);
    for (let i = 0; i < 1000 && !timer; i++) await macrotask();
    vi.unstubAllGlobals();
    expect(timer).toBe(true);
  });
});

test.each([
  [{ maxIterations: -1 }, "maxIterations must be an integer >= 0, got -1"],
  [{ maxIterations: 1.5 }, "maxIterations"],
  [{ maxIterations: "10" }, 'got "10"'],
  [{ maxEvaluations: 0 }, "maxEvaluations must be an integer >= 1, got 0"],
  [{ maxTimeMs: NaN }, "maxTimeMs must be a number >= 0, got NaN"],
  [{ every: 0 }, "every must be an integer >= 1, got 0"],
  [{ every: Infinity }, "every"],
  [{ signal: {} }, "signal must be an AbortSignal (controller.signal), got an object with keys (none)"],
  [{ signal: null }, "signal must be an AbortSignal (controller.signal), got null"],
  [{ onIteration: "log" }, 'onIteration must be a function, got "log"'],
  [{ trace: "true" }, 'trace must be true or false, got "true"'],
])("the limits %j are OPTION", (limits, message) => {
  expect(() => setUp(limits as Limits)).toThrow(
    expect.objectContaining({ code: "OPTION", message: expect.stringContaining(`test: `) }),
  );
  expect(() => setUp(limits as Limits)).toThrow(message);
});

test("limits may be infinite, and undefined stands for the default", () => {
  const limits = { maxIterations: Infinity, maxEvaluations: Infinity, maxTimeMs: Infinity };
  expect(runSync(setUp(limits, { gradTol: 1 }))).toEqual(converged("gradient"));
  const none = { maxIterations: undefined, every: undefined, signal: undefined, trace: undefined };
  expect(runSync(setUp(none, { gradTol: 1 }))).toEqual(converged("gradient"));
});

test("with all tolerances zero a run still ends: at its limit, or where nothing is left to gain", () => {
  const r = setUp({ maxIterations: Infinity });
  expect(runSync(r)).toEqual(converged("step")); // half of the least double is 0 <= 0
  expect(r.x[0]).toBe(5e-324);
});

test("tolerances are numbers >= 0, the target any number", () => {
  const defaults = { gradTol: 1e-8, stepTol: 1e-9, funTol: 1e-10 };
  expect(readTolerances("fit", {}, defaults)).toEqual({ ...defaults, target: -Infinity });
  expect(readTolerances("fit", { gradTol: 0, target: -3 }, defaults)).toEqual({
    ...defaults,
    gradTol: 0,
    target: -3,
  });
  for (const wrong of [{ gradTol: -1 }, { stepTol: NaN }, { funTol: Infinity }, { target: NaN }]) {
    expect(() => readTolerances("fit", wrong, defaults)).toThrow(expect.objectContaining({ code: "OPTION" }));
  }
});

describe("promises in a synchronous run are CALLBACK_RESULT, and their rejection ends nothing", () => {
  const rejected = () => Promise.reject(new Error("nobody waits"));
  test.each([
    ["of an evaluation", () => setUp({}, {}, { evaluate: rejected })],
    ["of onIteration", () => setUp({ onIteration: rejected })],
  ])("%s", async (_name, make) => {
    for (const go of [runSync, runPulled]) {
      const r = make();
      expect(() => go(r)).toThrow(
        expect.objectContaining({ code: "CALLBACK_RESULT", hint: expect.stringContaining("testAsync") }),
      );
      expect([r.seen.closed, r.seen.released]).toEqual([1, 1]);
    }
    await macrotask();
  });
});

test("an abort rejects at once while a callback's promise is pending; the memory goes back when that settles", async () => {
  const controller = new AbortController();
  let settle = () => {};
  const pending = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const r = setUp(
    { signal: controller.signal },
    {},
    {
      evaluate(call) {
        if (call !== 3) return undefined;
        setTimeout(() => controller.abort(new Error("now")), 1);
        return pending;
      },
    },
  );
  await expect(runLater(r)).rejects.toThrow("now");
  expect(r.seen.released).toBe(0);
  settle();
  await macrotask();
  expect(r.seen.released).toBe(1);
});

test("a task within a task has what is left of the budget, and its counts are added", async () => {
  for (const later of [false, true]) {
    const outer = setUp({ maxEvaluations: 20 });
    const inner: Run[] = [];
    const ends: End[] = [];
    function* twice(): Method<End> {
      for (let i = 0; i < 3; i++) {
        const made = setUp({}, {}, { within: outer.monitor });
        const ask: Nested<End> = { kind: "task", task: made.task };
        yield ask;
        inner.push(made);
        ends.push(ask.result!);
      }
      return { status: "completed", reason: "tries" };
    }
    const task = { ...outer.task, method: twice() };
    const end = endOf(later ? await runAsync(task) : run(task));
    expect(end).toEqual({ status: "completed", reason: "tries" });
    expect(ends.map(endOf)).toEqual([
      stopped("maxIterations"),
      stopped("maxIterations"),
      stopped("maxEvaluations"),
    ]);
    expect([outer.monitor.nfev, outer.monitor.nit]).toEqual([20, 17]);
    expect(inner.every(({ seen }) => seen.released === 1 && seen.closed === 1)).toBe(true);
  }
});

describe("a pulled run", () => {
  test("yields every iteration, the last one too, with the answer so far and a state", () => {
    const r = setUp({ maxIterations: 4 });
    const it = pull(r.task);
    const seen: number[][] = [];
    for (const { nit, x } of it) {
      seen.push([nit, x[0]!, it.result.x]);
      expect(it.state()).toEqual([x[0]]);
    }
    expect(seen).toEqual([
      [1, 512, 512],
      [2, 256, 256],
      [3, 128, 128],
      [4, 64, 64],
    ]);
    expect(endOf(it.result)).toEqual(stopped("maxIterations"));
    expect(() => it.state()).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(r.seen.released).toBe(1);
  });

  test("that is left keeps its answer and gives the memory back", () => {
    const r = setUp();
    const it = pull(r.task);
    for (const { nit } of it) if (nit === 3) break;
    expect(endOf(it.result)).toEqual(stopped("callback"));
    expect([it.result.x, r.seen.released]).toEqual([128, 1]);
    expect(it.next()).toEqual({ done: true, value: undefined });
  });

  test("pulled, or asked for its state, from its own callbacks is REENTRANT", () => {
    const codes: (string | undefined)[] = [];
    const again = () => {
      for (const call of [() => it.next(), () => it.return?.(), () => it.state()]) codes.push(codeOf(call));
    };
    const r = setUp(
      { onIteration: ({ nit }) => void (nit === 1 && again()) },
      {},
      { evaluate: (call) => void (call === 3 && again()) },
    );
    // What is asked after the end is a callback, too.
    const after = function* (end: End): Method<End> {
      yield { kind: "call", cost: () => 1, run: again };
      return end;
    };
    const it = pull({ ...r.task, after });
    it.next();
    it.next();
    expect(codes).toEqual(Array(6).fill("REENTRANT"));
    expect(it.state()).toEqual([256]);
    it.return?.();
    expect(codes).toEqual(Array(9).fill("REENTRANT"));
  });
});

test("a promise in a pulled run names the twin that there is", () => {
  const later = async () => 1;
  const search = iterateGlobal(later as never, { lower: [0], upper: [1] });
  expect(() => search.next()).toThrow(/: minimizeGlobalAsync takes/);
  const solver = iterateCg((async () => undefined) as never, [1, 2]);
  expect(() => solver.next()).toThrow(/: cgAsync takes/);
});
