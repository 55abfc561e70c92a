// The pool itself: which thread does which job, and what becomes of a job whose thread fails or which nobody waits for.

/// <reference lib="esnext.disposable" preserve="true" />
import type { ManyAnswer, ManyData, ManyShape } from "../expressions/job.js";
import type { JobPool } from "../expressions/many.js";
import type { ValuesAnswer, ValuesJob, ValuesPool } from "../global/pool.js";
import { DownhillError } from "../runtime/errors.js";
import type { ChainAnswer, ChainJob, ChainPool } from "../sampling/chain-job.js";
import { buffersOf, type Reply, type Request, remakeError } from "./protocol.js";
import { type AnyWorker, Thread } from "./thread.js";

/** A request without its number, made anew whenever it is sent: what is sent may change hands. */
type Message = { readonly request: DistributiveOmit<Request, "id">; readonly transfer: ArrayBuffer[] };
type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

interface Job {
  readonly message: () => Message;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
  thread: Thread | null;
  /** Threads that ended under it. */
  lost: number;
}

/** Jobs that wait at a thread, so that it need not wait for its next one. */
const AHEAD = 2;
/** A start that failed is tried again so often, with pauses that double from the first, in milliseconds. */
const RETRIES = 2;
const PAUSE_MS = 100;
/** A job whose thread ended is done again, so often. */
const AGAIN = 2;
/** A thread that is still at a job which nobody waits for after so long ends, and another takes its place, in milliseconds. */
const GRACE_MS = 100;
/** With a limit of time, what has not heard of any thread waits no longer than that, but so long at least, in milliseconds. */
const FIRST_MS = 10_000;

/** The longest time of a timer, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** A timer that keeps no process alive. */
function after(ms: number, then: () => void): ReturnType<typeof setTimeout> {
  const timer = setTimeout(then, ms);
  (timer as { unref?(): void }).unref?.();
  return timer;
}

export class WorkerPool implements JobPool, ChainPool, ValuesPool, Disposable {
  readonly size: number;
  readonly #create: () => AnyWorker;
  readonly #threads = new Set<Thread>();
  readonly #jobs = new Map<number, Job>();
  #waiting: number[] = [];
  #last = 0;
  #disposed = false;
  /** Starts in a row that failed, and whether the next is being waited for. */
  #failures = 0;
  #pausing = false;
  /** A thread has answered. */
  #heard = false;

  constructor(size: number, create: () => AnyWorker) {
    this.size = size;
    this.#create = create;
    try {
      for (let i = 0; i < size; i++) this.#start();
    } catch (error) {
      this.dispose();
      throw error;
    }
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  #start(): void {
    const thread: Thread = new Thread(this.#create(), {
      reply: (reply) => this.#reply(thread, reply),
      lost: (cause) => this.#lost(thread, cause),
    });
    this.#threads.add(thread);
  }

  run(
    shape: ManyShape,
    data: ManyData,
    signal: AbortSignal | undefined,
    maxTimeMs?: number,
  ): Promise<ManyAnswer> {
    return this.#work(
      () => {
        const own = copyOf(data);
        return { request: { kind: "fits", input: { shape, data: own } }, transfer: buffersOf(own) };
      },
      signal,
      maxTimeMs,
    );
  }

  sample(job: ChainJob, signal: AbortSignal | undefined, maxTimeMs?: number): Promise<ChainAnswer> {
    return this.#work(() => ({ request: { kind: "chains", input: job }, transfer: [] }), signal, maxTimeMs);
  }

  evaluate(job: ValuesJob, signal: AbortSignal | undefined, maxTimeMs?: number): Promise<ValuesAnswer> {
    // Copied: the columns of the sum are the objective's own.
    return this.#work(() => ({ request: { kind: "values", input: job }, transfer: [] }), signal, maxTimeMs);
  }

  #work<Out>(message: () => Message, signal: AbortSignal | undefined, maxTimeMs = Infinity): Promise<Out> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) throw disposed();
      signal?.throwIfAborted();
      const id = ++this.#last;
      const abort = () => this.#drop(id, signal?.reason);
      const timer =
        this.#heard || maxTimeMs > LONGEST_MS
          ? undefined
          : after(Math.max(maxTimeMs, FIRST_MS), () => this.#unheard(id));
      const settle = <T>(then: (value: T) => void) => {
        return (value: T) => {
          signal?.removeEventListener("abort", abort);
          clearTimeout(timer);
          then(value);
        };
      };
      const job = { message, resolve: settle(resolve), reject: settle(reject), thread: null, lost: 0 };
      this.#jobs.set(id, job);
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(id);
      this.#revive();
      this.#feed();
    });
  }

  /** A pool whose threads have all ended starts anew for the next job. */
  #revive(): void {
    if (this.#threads.size > 0 || this.#pausing) return;
    this.#failures = 0;
    this.#restart();
  }

  #restart(): void {
    try {
      this.#start();
    } catch (error) {
      this.#failed(error);
    }
    this.#feed();
  }

  /** Waiting jobs go to the threads that have least to do. */
  #feed(): void {
    while (this.#waiting.length > 0) {
      let free: Thread | null = null;
      for (const thread of this.#threads)
        if (thread.load < AHEAD && thread.load < (free?.load ?? AHEAD)) free = thread;
      if (!free) return;
      const id = this.#waiting.shift()!;
      const job = this.#jobs.get(id);
      if (!job) continue;
      job.thread = free;
      const { request, transfer } = job.message();
      free.send({ id, ...request } as Request, transfer);
    }
  }

  #reply(thread: Thread, reply: Reply): void {
    this.#failures = 0;
    this.#heard = true;
    if ("ready" in reply) {
      this.#look(thread);
      return;
    }
    thread.done(reply.id);
    const job = this.#jobs.get(reply.id);
    // More threads than the machine has memory for: those that have some go on.
    if (job && "error" in reply && reply.error.code === "OUT_OF_MEMORY" && this.#threads.size > 1) {
      this.#threads.delete(thread);
      thread.end();
      this.#reassign(thread);
      return;
    }
    this.#jobs.delete(reply.id);
    this.#feed();
    this.#look(thread);
    if (!job) return;
    if ("answer" in reply) job.resolve(reply.answer as never);
    else job.reject(remakeError(reply.error));
  }

  /** A job that nobody waits for any more: its answer will be thrown away, unless its thread ends before. */
  #drop(id: number, reason: unknown): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    job?.reject(reason);
    if (job?.thread) this.#look(job.thread);
  }

  /** A thread at a job that nobody waits for is looked at again a little later: short ones come to an end by themselves. */
  #look(thread: Thread): void {
    const { at, worked } = thread;
    // Before it has answered it is loading, which the next one would have to do as well.
    if (at === undefined || !worked || this.#jobs.has(at)) return;
    after(GRACE_MS, () => {
      if (this.#disposed || thread.at !== at || !this.#threads.delete(thread)) return;
      thread.end();
      this.#reassign(thread);
      this.#restart();
    });
  }

  #unheard(id: number): void {
    if (!this.#heard) this.#drop(id, failure(new Error("none has answered within the limit of time")));
  }

  /** The jobs of a thread that is gone are done by others. */
  #reassign(thread: Thread): void {
    const again: number[] = [];
    for (const [id, job] of this.#jobs) {
      if (job.thread !== thread) continue;
      job.thread = null;
      again.push(id);
    }
    this.#waiting = [...again, ...this.#waiting];
    this.#feed();
  }

  #lost(thread: Thread, cause: unknown): void {
    if (this.#disposed || !this.#threads.delete(thread)) return;
    for (const [id, job] of this.#jobs) {
      // A job that ends every thread it meets would end them all.
      if (job.thread === thread && ++job.lost > AGAIN) this.#drop(id, failure(cause));
    }
    const idle = thread.load === 0;
    this.#reassign(thread);
    if (!thread.worked) this.#failed(cause);
    else if (!idle || this.#jobs.size > 0) this.#restart();
  }

  /** A start failed: it is tried again after a pause, and in the end nobody waits for it. */
  #failed(cause: unknown): void {
    if (this.#disposed || this.#pausing) return;
    if (this.#failures++ < RETRIES) {
      this.#pausing = true;
      const again = () => {
        this.#pausing = false;
        if (!this.#disposed) this.#restart();
      };
      after(PAUSE_MS * (1 << this.#failures), again);
      return;
    }
    if (this.#threads.size === 0) for (const id of [...this.#jobs.keys()]) this.#drop(id, failure(cause));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const id of [...this.#jobs.keys()]) this.#drop(id, disposed());
    for (const thread of this.#threads) thread.end();
    this.#threads.clear();
  }
}

export const failure = (cause: unknown): DownhillError => {
  if (cause instanceof DownhillError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new DownhillError("POOL_FAILED", `pool: a thread failed: ${words}`, {
    hint: "where a bundler does not find the worker by itself, give pool({ create: () => new Worker(...) }) that runs downhill/worker-script",
    details: { cause },
    cause,
  });
};

const disposed = (): DownhillError => new DownhillError("DISPOSED", "this pool was disposed");

/** Data of its own: what is sent must not take the caller's arrays away, nor drag whole buffers along. */
function copyOf(data: ManyData): ManyData {
  const copy = (values: Float64Array | null) => (values ? values.slice() : null);
  return {
    count: data.count,
    y: data.y.slice(),
    starts: data.starts.slice(),
    columns: copy(data.columns),
    weights: copy(data.weights),
    lower: copy(data.lower),
    upper: copy(data.upper),
  };
}
