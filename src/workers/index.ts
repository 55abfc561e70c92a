// downhill/workers: a pool of threads for curveFitManyAsync. No SharedArrayBuffer, so no special headers; the threads run
// a real file, so a Content-Security-Policy may keep its worker-src 'self'.

/// <reference lib="esnext.disposable" preserve="true" />
import type { ManyAnswer, ManyData, ManyShape } from "../expressions/job.js";
import type { JobPool } from "../expressions/many.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { buffersOf, type Reply, remakeError } from "./protocol.js";
import { type AnyWorker, startWorker, Thread } from "./thread.js";

export interface PoolOptions {
  /** Threads. Default: the number of processors that the host reports. */
  size?: number | undefined;
  /** Makes a worker that runs the file "downhill/worker-script", where a bundler does not find it by itself. */
  create?: (() => unknown) | undefined;
}

export interface Pool extends JobPool, Disposable {
  /** Ends the threads; jobs under way reject with DISPOSED. A second call does nothing. */
  dispose(): void;
}

interface Job {
  readonly shape: ManyShape;
  readonly data: ManyData;
  readonly resolve: (answer: ManyAnswer) => void;
  readonly reject: (error: unknown) => void;
  thread: Thread | null;
}

/** Jobs that wait at a thread, so that it need not wait for its next one. */
const AHEAD = 2;

class WorkerPool implements Pool {
  readonly size: number;
  readonly #create: () => AnyWorker;
  readonly #threads = new Set<Thread>();
  readonly #jobs = new Map<number, Job>();
  readonly #waiting: number[] = [];
  #last = 0;
  #disposed = false;

  constructor(size: number, create: () => AnyWorker) {
    this.size = size;
    this.#create = create;
    for (let i = 0; i < size; i++) this.#start();
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  #start(): void {
    const thread: Thread = new Thread(this.#create(), {
      reply: (reply) => this.#reply(thread, reply),
      lost: (error) => this.#lost(thread, error),
    });
    this.#threads.add(thread);
  }

  run(shape: ManyShape, data: ManyData, signal: AbortSignal | undefined): Promise<ManyAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) throw disposed();
      signal?.throwIfAborted();
      const id = ++this.#last;
      const abort = () => this.#drop(id, signal?.reason);
      const settle = <T>(then: (value: T) => void) => {
        return (value: T) => {
          signal?.removeEventListener("abort", abort);
          then(value);
        };
      };
      this.#jobs.set(id, { shape, data, resolve: settle(resolve), reject: settle(reject), thread: null });
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(id);
      this.#feed();
    });
  }

  /** Waiting jobs go to the threads that have least to do. */
  #feed(): void {
    while (this.#waiting.length > 0) {
      let free: Thread | null = null;
      for (const thread of this.#threads)
        if (thread.load < AHEAD && thread.load < (free?.load ?? AHEAD)) free = thread;
      if (!free) return;
      const id = this.#waiting.shift() as number;
      const job = this.#jobs.get(id);
      if (!job) continue;
      job.thread = free;
      const data = copyOf(job.data);
      free.send({ id, shape: job.shape, data }, buffersOf(data));
    }
  }

  #reply(thread: Thread, reply: Reply): void {
    thread.done();
    const job = this.#jobs.get(reply.id);
    this.#jobs.delete(reply.id);
    this.#feed();
    if (!job) return;
    if ("answer" in reply) job.resolve(reply.answer);
    else job.reject(remakeError(reply.error));
  }

  /** A job that nobody waits for any more: its answer will be thrown away. */
  #drop(id: number, reason: unknown): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    job?.reject(reason);
  }

  #lost(thread: Thread, error: Error): void {
    if (this.#disposed || !this.#threads.delete(thread)) return;
    for (const [id, job] of this.#jobs) if (job.thread === thread) this.#drop(id, error);
    // A thread that cannot even start would be started for ever: only one that has worked is replaced.
    if (thread.load > 0 || this.#threads.size > 0) this.#start();
    else for (const id of this.#jobs.keys()) this.#drop(id, error);
    this.#feed();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const id of [...this.#jobs.keys()]) this.#drop(id, disposed());
    for (const thread of this.#threads) thread.end();
    this.#threads.clear();
  }
}

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

/**
 * Starts a pool of threads. Its threads load while the first jobs wait; an idle pool does not keep a Node process alive.
 *
 * @throws DownhillError OPTION; UNSUPPORTED where the host has no workers.
 */
export function pool(options: PoolOptions = {}): Pool {
  checkKeys("pool", options, ["size", "create"]);
  const { create } = options;
  if (create !== undefined && typeof create !== "function")
    throw optionError("pool", "create", create, "a function");
  const processors = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator
    ?.hardwareConcurrency;
  const size = numberOption("pool", "size", options.size, processors ?? nodeProcessors(), {
    min: 1,
    max: 1024,
    integer: true,
  });
  return new WorkerPool(size, () => {
    const worker = create ? (create() as AnyWorker) : startWorker();
    if (worker) return worker;
    throw new DownhillError("UNSUPPORTED", "pool: this host has no workers", {
      details: { missing: "Worker" },
    });
  });
}

/** Node before 21 has no navigator. */
function nodeProcessors(): number {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } | undefined };
  };
  return process?.getBuiltinModule?.("node:os")?.availableParallelism() ?? 1;
}
