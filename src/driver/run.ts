// The loops of the house: synchronous, asynchronous, pulled. They answer what a method asks for, count, and end the run at
// a limit or a convergence test. None knows which method it runs.

import { DownhillError } from "../runtime/errors.js";
import { forget, isPromise } from "../runtime/promises.js";
import { abortReason } from "./abort.js";
import { ABORTED, Clock } from "./clock.js";
import type { Ask, End, Iteration, Nested, Requests, Stopped, Task } from "./task.js";
import { type Counts, countsOf, LEFT, withCounts } from "./watch.js";

/** Runs the task to its end; when a callback throws, the method is closed and the same error comes out. */
export function run<E extends End, Out>(task: Task<E, Out>): Out {
  try {
    for (;;) {
      const end = advance(task);
      if (end) return conclude(task, end);
    }
  } finally {
    finish(task);
  }
}

/** To the end of the next iteration, and null; or to the end of the run, and why it ended. */
function advance<E extends End>(task: Task<E, unknown>): E | Stopped | null {
  const { watch, method } = task;
  if (!watch.begun) {
    watch.begun = true;
    const end = watch.interrupted();
    if (end) return end;
  }
  for (;;) {
    const next = method.next();
    if (next.done) return next.value;
    const ask = next.value;
    if (ask.kind === "call") {
      const end = watch.counts ? watch.before(ask.cost()) : watch.interrupted();
      if (end) return end;
      const done = ask.run();
      if (done === undefined) continue;
      if (isPromise(done)) throw refused(watch.where, "a callback", done);
      const why = done === false ? watch.before(1) : null;
      if (why) return why;
    } else if (ask.kind === "iteration") {
      const end = watch.after(ask.iterations, task);
      const late = watch.takeLate();
      if (late) throw refused(watch.where, "onIteration", late);
      return end as E | Stopped | null;
    } else if (ask.kind === "check") {
      const end = watch.check();
      if (end) return end as E | Stopped;
    } else {
      ask.result = run(ask.task);
      watch.absorb(ask.task.watch);
    }
  }
}

/** What is asked after the end, then the answer. */
function conclude<E extends End, Out>(task: Task<E, Out>, end: E | Stopped): Out {
  const more = task.after?.(end);
  if (!more) return task.out(end);
  for (;;) {
    const next = more.next();
    if (next.done) return task.out(next.value);
    const done = (next.value as { run(): unknown }).run();
    if (isPromise(done)) throw refused(task.watch.where, "a callback", done);
  }
}

/** Lets the method's own `finally` blocks run, wherever it stands, and gives the memory back. */
function finish<E extends End>(task: Task<E, unknown>): void {
  try {
    (task.method as Requests<End>).return?.(LEFT);
  } finally {
    task.release();
  }
}

/** As `run`, with a macrotask at least every 8 ms; an abort rejects with the reason of the signal, at once. */
export async function runAsync<E extends End, Out>(task: Task<E, Out>): Promise<Out> {
  const { watch } = task;
  watch.clock ??= new Clock(watch.signal);
  const { clock } = watch;
  try {
    const end = await advanceAsync(task, clock);
    if (end.reason === "abort") throw abortReason(task);
    const more = task.after?.(end);
    const last = more ? await answerRest(more, end, clock) : end;
    if (last.reason === "abort") throw abortReason(task);
    return task.out(last);
  } finally {
    // A callback that is still running keeps the memory it was lent.
    if (clock.pending) clock.pending.then(finish.bind(null, task), finish.bind(null, task));
    else finish(task);
  }
}

async function advanceAsync<E extends End>(task: Task<E, unknown>, clock: Clock): Promise<E | Stopped> {
  const { watch, method } = task;
  watch.begun = true;
  const over = watch.interrupted();
  if (over) return over;
  for (;;) {
    const next = method.next();
    if (next.done) return next.value;
    const ask = next.value;
    if (clock.due) await clock.turn();
    const answered = answer(task, ask, clock);
    const end = isPromise(answered) ? await answered : answered;
    if (end) return end as E | Stopped;
  }
}

/** Answers one request; how the run ends, or null. Not asynchronous by itself, so that nothing is promised where nothing waits. */
function answer<E extends End>(
  task: Task<E, unknown>,
  ask: Ask,
  clock: Clock,
): End | null | Promise<End | null> {
  const { watch } = task;
  if (ask.kind === "call") {
    const end = watch.before(watch.counts ? ask.cost() : 0);
    if (end) return end;
    const done = ask.run();
    if (isPromise(done)) return settled(task, done, clock);
    return done === false ? watch.before(1) : null;
  }
  if (ask.kind === "iteration") {
    const end = watch.after(ask.iterations, task);
    const late = watch.takeLate();
    return late ? heard(end, late, clock) : end;
  }
  return ask.kind === "check" ? watch.check() : nested(task, ask);
}

async function settled<E extends End>(
  { watch }: Task<E, unknown>,
  late: PromiseLike<unknown>,
  clock: Clock,
): Promise<End | null> {
  const value = await clock.wait(late);
  return value === false || value === ABORTED ? watch.before(1) : null;
}

/** After what onIteration promised. */
async function heard(end: End | null, late: PromiseLike<unknown>, clock: Clock): Promise<End | null> {
  const value = await clock.wait(late);
  if (value === ABORTED) return { status: "stopped", reason: "abort" };
  return value === "stop" && (end === null || end.status === "stopped") ? LEFT : end;
}

async function nested<E extends End>({ watch }: Task<E, unknown>, ask: Nested): Promise<null> {
  ask.result = await runAsync(ask.task);
  watch.absorb(ask.task.watch);
  return null;
}

async function answerRest<E extends End>(
  more: Requests<E | Stopped>,
  end: E | Stopped,
  clock: Clock,
): Promise<E | Stopped> {
  for (;;) {
    const next = more.next();
    if (next.done) return next.value;
    if (clock.due) await clock.turn();
    const done = (next.value as { run(): unknown }).run();
    if (isPromise(done) && (await clock.wait(done)) === ABORTED)
      return { ...end, reason: "abort" } as Stopped;
  }
}

/** A synchronous run cannot wait. */
export function refused(where: string, what: string, promise: PromiseLike<unknown>): DownhillError {
  forget(promise);
  // Of iterateCg it is cgAsync.
  const twin = where
    .replace(/Async$/, "")
    .replace(/^iterate(?=$|Global|Con)/, "minimize")
    .replace(/^iterate(.)/, (_, first: string) => first.toLowerCase());
  return new DownhillError("CALLBACK_RESULT", `${where}: ${what} returned a Promise`, {
    hint: `a synchronous run cannot wait for it: ${twin}Async takes asynchronous callbacks`,
  });
}

/** A run that the caller pulls, one iteration at a time. */
export interface Pulled<Out, State = unknown, I extends Iteration = Iteration> extends IterableIterator<I> {
  /** The answer so far; final once the iteration is over. After `break` its status is stopped/callback. */
  readonly result: Out;
  /** Everything to go on from here; survives structuredClone and JSON. Taken between two iterations: REENTRANT in a callback. */
  state(): State;
}

/** `resumed`: the task was put where a saved one stood, and may be over already. */
export function pull<E extends End, Out, State>(
  task: Task<E, Out, State>,
  resumed = false,
): Pulled<Out, State> {
  return new Pull(task, resumed);
}

class Pull<E extends End, Out, State> implements Pulled<Out, State> {
  readonly #task: Task<E, Out, State>;
  #running = false;
  /** Over after an iteration that was still to be yielded: the memory is there, its state can still be taken. */
  #ending: E | Stopped | null = null;
  #over = false;
  #result: Out | null = null;
  /** Before the end was looked at, which a run that goes on from the state does again. */
  #counts: Counts | null = null;

  constructor(task: Task<E, Out, State>, resumed: boolean) {
    this.#task = task;
    const over = resumed ? task.watch.check() : null;
    if (over) this.#conclude(over as E | Stopped);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Iteration, undefined> {
    const done = { done: true, value: undefined } as const;
    const { watch } = this.#task;
    this.#enter("is pulled");
    if (this.#ending) this.#close();
    if (this.#over) return done;
    const before = watch.nit;
    this.#running = true;
    try {
      const end = advance(this.#task);
      if (end) this.#conclude(end);
      // The last iteration is yielded as the others are.
      if (!end || watch.nit > before) return { done: false, value: this.#task.look() };
    } catch (error) {
      this.#close();
      throw error;
    } finally {
      this.#running = false;
    }
    this.#close();
    return done;
  }

  /** What `break` calls: the best point is kept, the memory goes back. */
  return(): IteratorResult<Iteration, undefined> {
    this.#enter("is pulled");
    if (!this.#over) {
      this.#running = true;
      try {
        if (!this.#ending) this.#conclude(LEFT);
      } finally {
        this.#running = false;
        this.#close();
      }
    }
    return { done: true, value: undefined };
  }

  /** Within a callback the run stands between what it was and what it will be. */
  #enter(what: string): void {
    if (!this.#running) return;
    throw new DownhillError(
      "REENTRANT",
      `${this.#task.watch.where}: the iterator ${what} from one of its own callbacks`,
      { hint: "wait until next() has returned" },
    );
  }

  #conclude(end: E | Stopped): void {
    this.#counts = countsOf(this.#task.watch);
    this.#task.ending?.();
    this.#result = conclude(this.#task, end);
    this.#ending = end;
  }

  #close(): void {
    this.#over = true;
    this.#ending = null;
    finish(this.#task);
  }

  get result(): Out {
    if (this.#result) return this.#result;
    if (!this.#over) return this.#task.out(LEFT);
    throw new DownhillError("DISPOSED", `${this.#task.watch.where}: the run ended with an error`);
  }

  state(): State {
    this.#enter("is asked for its state");
    const task = this.#task;
    if (!this.#over && task.save) return withCounts(task.watch, this.#counts, () => task.save!());
    throw new DownhillError("DISPOSED", `${task.watch.where}: the run is over, its memory went back`, {
      hint: "take the state before the loop ends",
    });
  }
}
