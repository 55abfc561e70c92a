// The two drivers: they answer a method's requests, count, and end the run at a limit or a convergence test.
// Neither knows which method it runs.

import { DownhillError } from "../runtime/errors.js";
import type { Monitor } from "./monitor.js";
import type { Ask, Progress, Requests, Termination } from "./types.js";

/** Longest stretch of an asynchronous run without giving the event loop a macrotask, in milliseconds. */
const SLICE_MS = 8;

export interface Problem {
  readonly progress: Progress;
  /** Function calls the answer will cost at most; asked before `answer`. */
  cost(ask: Ask): number;
  /** Evaluates what is asked for and counts it; false when it was interrupted. A promise only in an asynchronous run. */
  answer(ask: Ask): boolean | PromiseLike<boolean>;
}

/** The clock of an asynchronous run: when the event loop is due a turn. Problems that evaluate many times for one request look at it too. */
export class Turns {
  #since = performance.now();

  get due(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  async give(): Promise<void> {
    await macrotask();
    this.#since = performance.now();
  }
}

/** What ends the run before this request is answered; null when it is to be answered. */
function before(ask: Ask, problem: Problem, monitor: Monitor): Termination | null {
  if (ask.kind === "iteration") return monitor.afterIteration(problem.progress);
  if (ask.kind === "check") return monitor.check(problem.progress);
  return monitor.beforeEvaluation(problem.cost(ask));
}

const evaluates = (ask: Ask): boolean => ask.kind === "evaluate" || ask.kind === "differentiate";

/** Runs the method to its end; when a callback throws, the method is closed and the same error comes out. */
export function drive(method: Requests, problem: Problem, monitor: Monitor): Termination {
  try {
    return run(method, problem, monitor);
  } finally {
    close(method);
  }
}

/** As `drive`, with a macrotask at least every SLICE_MS; an abort rejects with the reason of the signal. */
export async function driveAsync(
  method: Requests,
  problem: Problem,
  monitor: Monitor,
  signal: AbortSignal | undefined,
  turns = new Turns(),
): Promise<Termination> {
  try {
    const end = await runAsync(method, problem, monitor, turns);
    if (end.reason === "abort") throw abortReason(signal, problem.progress);
    return end;
  } finally {
    close(method);
  }
}

/** Lets the method's own `finally` blocks run, wherever it stands. */
export function close(method: Requests): void {
  method.return({ status: "stopped", reason: "callback" });
}

function run(method: Requests, problem: Problem, monitor: Monitor): Termination {
  for (;;) {
    const end = advance(method, problem, monitor);
    if (end) return end;
  }
}

/** Runs to the end of the next iteration, and gives null; or to the end of the run, and gives why it ended. */
export function advance(method: Requests, problem: Problem, monitor: Monitor): Termination | null {
  for (;;) {
    const next = method.next();
    if (next.done) return next.value;
    const ask = next.value;
    if (evaluates(ask)) {
      const end = monitor.counts ? monitor.beforeEvaluation(problem.cost(ask)) : monitor.interrupted();
      if (end) return end;
      if (problem.answer(ask) !== false) continue;
      const why = monitor.interrupted();
      if (why) return why;
    } else if (ask.kind === "iteration") {
      const end = monitor.afterIteration(problem.progress);
      refuseLate(monitor.takeLate());
      return end;
    } else {
      const end = monitor.check(problem.progress);
      if (end) return end;
    }
  }
}

async function runAsync(
  method: Requests,
  problem: Problem,
  monitor: Monitor,
  turns: Turns,
): Promise<Termination> {
  let next = method.next();
  while (!next.done) {
    const ask = next.value;
    if (turns.due) await turns.give();
    let end = before(ask, problem, monitor);
    const late = ask.kind === "iteration" ? monitor.takeLate() : null;
    if (late && (await late) === "stop" && end?.status !== "converged")
      end = { status: "stopped", reason: "callback" };
    if (!end && evaluates(ask)) {
      const answer = problem.answer(ask);
      if ((typeof answer === "boolean" ? answer : await answer) === false) end = monitor.interrupted();
    }
    if (end) return end;
    next = method.next();
  }
  return next.value;
}

/** A synchronous run cannot wait for what onIteration promises. */
function refuseLate(late: PromiseLike<unknown> | null): void {
  if (!late) return;
  // Nobody will wait for it: its rejection must not end the process.
  late.then(undefined, () => undefined);
  throw new DownhillError("CALLBACK_RESULT", "onIteration returned a Promise", {
    hint: "a synchronous run cannot wait for it: use the function's Async twin",
  });
}

/** The reason of the signal, with the best point in `details.best` when it is an error of ours. */
function abortReason(signal: AbortSignal | undefined, progress: Progress): unknown {
  const reason: unknown = signal?.reason;
  if (reason instanceof DownhillError) {
    const best = { x: progress.x.slice(), fun: progress.fun };
    Object.defineProperty(reason, "details", { value: { ...reason.details, best }, configurable: true });
  }
  return reason;
}

/** A turn of the event loop: timers, input and rendering go first. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => void };
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
