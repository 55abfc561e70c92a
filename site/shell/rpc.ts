// Calls into the worker: every solver runs there. A call can be cancelled, and reports its progress.

export interface JobContext {
  readonly signal: AbortSignal;
  progress(value: unknown): void;
}
/** A room of the worker: functions of one argument. */
// biome-ignore lint/suspicious/noExplicitAny: jobs of any argument and result are held together here
export type Jobs = Record<string, (args: any, context: JobContext) => unknown>;
type Args<F> = F extends (args: infer A, context: JobContext) => unknown ? A : never;
type Value<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

export class JobError extends Error {
  readonly code: string;
  constructor({ message, code }: { message: string; code: string }) {
    super(message);
    this.name = "JobError";
    this.code = code;
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  progress?: ((value: unknown) => void) | undefined;
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

function open(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    const call = waiting.get(data.id);
    if (!call) return;
    if ("progress" in data) {
      call.progress?.(data.progress);
      return;
    }
    waiting.delete(data.id);
    if (data.error) call.reject(new JobError(data.error));
    else call.resolve(data.value);
  };
  worker.onerror = (event) => {
    // What has broken answers no more: the next call begins with another.
    worker?.terminate();
    worker = null;
    const error = new JobError({
      message: event.message || "the worker did not start",
      code: "WORKER",
    });
    for (const call of waiting.values()) call.reject(error);
    waiting.clear();
  };
  return worker;
}

interface CallOptions {
  signal?: AbortSignal | undefined;
  progress?: ((value: never) => void) | undefined;
}

/** The jobs of one room, each as an asynchronous function. */
export function connect<J extends object>(room: string) {
  function call<K extends keyof J & string>(
    job: K,
    args: Args<J[K]>,
    o: CallOptions = {},
  ): Promise<Value<J[K]>> {
    const id = ++last;
    const port = open();
    return new Promise((resolve, reject) => {
      waiting.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        progress: o.progress as ((value: unknown) => void) | undefined,
      });
      o.signal?.addEventListener("abort", () => port.postMessage({ id, cancel: true }), { once: true });
      port.postMessage({ id, room, job, args });
    });
  }
  return {
    call,
    /** One call at a time: while it runs only the newest arguments wait, and what came between is passed over. */
    latest<K extends keyof J & string>(
      job: K,
      done: (value: Value<J[K]>, args: Args<J[K]>) => void,
      failed: (error: JobError) => void,
    ): (args: Args<J[K]>) => void {
      let busy = false;
      let next: { args: Args<J[K]> } | null = null;
      const start = async (args: Args<J[K]>): Promise<void> => {
        busy = true;
        try {
          const value = await call(job, args);
          done(value, args);
        } catch (error) {
          failed(error as JobError);
        }
        busy = false;
        const { args: newest } = next ?? {};
        next = null;
        if (newest !== undefined) void start(newest);
      };
      return (args) => {
        if (busy) next = { args };
        else void start(args);
      };
    },
  };
}
