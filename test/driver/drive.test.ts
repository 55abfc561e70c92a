// Limits, cancellation, progress and the two drivers, over the smallest method there is: x is halved until the
// run is ended from outside, f(x) = x^2.
import { afterEach, describe, expect, test, vi } from "vitest";
import { drive, driveAsync, macrotask, type Problem } from "../../src/driver/drive.js";
import { Monitor, readTolerances } from "../../src/driver/monitor.js";
import type { Ask, Iteration, Limits, Method, Progress, Tolerances } from "../../src/driver/types.js";
import { DownhillError } from "../../src/runtime/errors.js";

const NEVER: Tolerances = { gradTol: 0, stepTol: 0, funTol: 0, target: -Infinity };
const EVALUATE: Ask = { kind: "evaluate" };
const ITERATION: Ask = { kind: "iteration" };
const CHECK: Ask = { kind: "check" };

interface Fake {
  /** What an evaluation does, besides counting. */
  evaluate?: (call: number) => boolean | PromiseLike<boolean>;
  cost?: number;
  /** Iterations after which the method itself fails; default never. */
  fails?: number;
}

function setUp(limits: Limits = {}, tolerances: Partial<Tolerances> = {}, fake: Fake = {}) {
  const monitor = new Monitor("test", limits, { ...NEVER, ...tolerances }, 1000);
  const x = new Float64Array([1024]);
  const seen = { calls: 0, closed: 0 };
  const progress: Progress = {
    x,
    fun: NaN,
    gradNorm: Infinity,
    stepNorm: 0,
    gradient: Infinity,
    step: Infinity,
    decrease: Infinity,
  };
  const problem: Problem = {
    progress,
    cost: () => fake.cost ?? 1,
    answer() {
      monitor.nfev += fake.cost ?? 1;
      return fake.evaluate?.(++seen.calls) ?? true;
    },
  };
  function* halve(): Method {
    try {
      yield EVALUATE;
      progress.fun = (x[0] as number) ** 2;
      progress.gradient = progress.gradNorm = 2 * (x[0] as number);
      yield CHECK;
      for (let i = 1; ; i++) {
        if (i === fake.fails) return { status: "failed", reason: "stalled" };
        const step = (x[0] as number) / 2;
        yield EVALUATE;
        x[0] = (x[0] as number) - step;
        const fun = (x[0] as number) ** 2;
        progress.decrease = (progress.fun - fun) / progress.fun;
        progress.fun = fun;
        progress.gradient = progress.gradNorm = 2 * (x[0] as number);
        progress.step = progress.stepNorm = step;
        yield ITERATION;
      }
    } finally {
      seen.closed++;
    }
  }
  return { monitor, problem, progress, x, seen, method: halve() };
}

type Run = ReturnType<typeof setUp>;
const run = ({ method, problem, monitor }: Run) => drive(method, problem, monitor);
const runAsync = ({ method, problem, monitor }: Run, signal?: AbortSignal) =>
  driveAsync(method, problem, monitor, signal);
const stopped = (reason: string) => ({ status: "stopped", reason });
const converged = (reason: string) => ({ status: "converged", reason });

/** Stops the clock; the function it gives is an evaluation that takes this many milliseconds. */
function clockOf(ms: number): () => boolean {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  return () => {
    clock += ms;
    return true;
  };
}

afterEach(() => vi.restoreAllMocks());

describe.each([
  ["drive", async (r: Run) => run(r)],
  ["driveAsync", (r: Run, signal?: AbortSignal) => runAsync(r, signal)],
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
    expect([r.seen.calls, r.monitor.nfev, r.seen.closed]).toEqual([0, 0, 1]);
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
    expect(seen[0]?.x).not.toBe(r.progress.x);
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
    expect(run(r)).toEqual(stopped("abort"));
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
          return true;
        },
      },
    );
    expect(run(r)).toEqual(stopped("abort"));
    expect([r.seen.calls, r.x[0], r.seen.closed]).toEqual([3, 256, 1]);
  });

  test("rejects an asynchronous run with its reason, the same object", async () => {
    for (const reason of [new Error("enough"), "text", undefined]) {
      const controller = new AbortController();
      const onIteration = ({ nit }: Iteration) => {
        if (nit === 2) controller.abort(reason);
      };
      const r = setUp({ signal: controller.signal, onIteration });
      const caught = await runAsync(r, controller.signal).catch((error: unknown) => error);
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
    await expect(runAsync(r, controller.signal)).rejects.toBe(reason);
    expect(reason.details).toEqual({ page: 3, best: { x: new Float64Array([64]), fun: 4096 } });
    r.x[0] = 0;
    expect((reason.details.best as { x: Float64Array }).x[0]).toBe(64);
  });

  test("aborted from a timer ends an asynchronous run whose callbacks never wait", async () => {
    const controller = new AbortController();
    const endless = { gradTol: -1, stepTol: -1, funTol: -1 };
    const r = setUp({ signal: controller.signal, maxIterations: Infinity }, endless);
    setTimeout(() => controller.abort(new Error("timer")), 20);
    await expect(runAsync(r, controller.signal)).rejects.toThrow("timer");
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
      return true;
    };
    const r = setUp({ maxIterations: 5 }, {}, { evaluate });
    expect(await runAsync(r)).toEqual(stopped("maxIterations"));
    expect(r.seen.calls).toBe(6);
  });

  test("rejects with the very error of a rejected evaluation and closes the method", async () => {
    const error = new Error("in the callback");
    const r = setUp({}, {}, { evaluate: (call) => (call === 3 ? Promise.reject(error) : true) });
    await expect(runAsync(r)).rejects.toBe(error);
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
    await runAsync(r);
    ended = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(10);
    expect(turns).toBeLessThanOrEqual(12);
  });

  test("that is short gives none", async () => {
    vi.spyOn(performance, "now").mockReturnValue(0);
    const turn = vi.spyOn(globalThis, "setImmediate");
    await runAsync(setUp({ maxIterations: 200 }));
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
  [{ signal: {} }, "signal must be an AbortSignal, got an object with keys (none)"],
  [{ signal: null }, "signal must be an AbortSignal, got null"],
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
  expect(run(setUp(limits, { gradTol: 1 }))).toEqual(converged("gradient"));
  const none = { maxIterations: undefined, every: undefined, signal: undefined, trace: undefined };
  expect(run(setUp(none, { gradTol: 1 }))).toEqual(converged("gradient"));
});

test("with all tolerances zero a run still ends: at its limit, or where nothing is left to gain", () => {
  const r = setUp({ maxIterations: Infinity });
  expect(run(r)).toEqual(converged("step")); // half of the least double is 0 <= 0
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
