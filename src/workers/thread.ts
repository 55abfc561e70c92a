// One thread, the same to its pool whether it is a Worker of Node or of a browser.

import type { Reply, Request } from "./protocol.js";

/** What Node's and the browser's Worker have in common, and where they differ. */
interface AnyWorker {
  postMessage(message: Request, transfer: ArrayBuffer[]): void;
  terminate(): unknown;
  on?(event: string, listener: (value: never) => void): void;
  addEventListener?(event: string, listener: (event: never) => void): void;
  ref?(): void;
  unref?(): void;
}
type WorkerClass = new (url: URL, options: { type?: "module"; name: string }) => AnyWorker;

interface Host {
  process?: { getBuiltinModule?(name: "node:worker_threads"): { Worker: WorkerClass } | undefined };
}

export interface Listener {
  reply(reply: Reply): void;
  /** The thread is gone. */
  lost(cause: unknown): void;
}

declare const Worker: WorkerClass | undefined;

/**
 * A thread that runs dist/worker.js; undefined where the host has none. The literal `new Worker(new URL(...))` is what bundlers
 * look for; the branch of Node is hidden from them.
 */
export function startWorker(): AnyWorker | undefined {
  const NodeWorker = (globalThis as Host).process?.getBuiltinModule?.("node:worker_threads")?.Worker;
  // Node first: it has no Worker of its own among its globals.
  if (NodeWorker) {
    const here = import.meta.url;
    return new NodeWorker(new URL(/* webpackIgnore: true */ /* @vite-ignore */ "./worker.js", here), {
      name: "downhill",
    });
  }
  if (typeof Worker !== "function") return undefined;
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "downhill" });
}

/** A thread that has not said that it is ready after so long does not answer, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What a worker's error event, an error or an exit code has to say. */
function wordsOf(what: unknown): string {
  if (typeof what === "number") return `it ended with ${what}`;
  const message = (what as { message?: unknown } | null)?.message;
  return typeof message === "string" && message !== "" ? message : "its script could not be loaded";
}

export class Thread {
  readonly #worker: AnyWorker;
  readonly #timer: ReturnType<typeof setTimeout>;
  /** Jobs that were sent and have not come back: it does them in their order. */
  readonly #sent: number[] = [];
  /** It has answered. */
  worked = false;

  constructor(worker: AnyWorker, listener: Listener) {
    this.#worker = worker;
    const lost = (what: unknown) => {
      clearTimeout(this.#timer);
      const { cause } = what as { cause?: unknown };
      listener.lost(new Error(wordsOf(what), cause === undefined ? undefined : { cause }));
    };
    const heard = (reply: Reply) => {
      clearTimeout(this.#timer);
      this.worked = true;
      listener.reply(reply);
    };
    this.#timer = setTimeout(() => {
      this.end();
      lost({ message: `it has not answered for ${PATIENCE_MS / 1000} s` });
    }, PATIENCE_MS);
    (this.#timer as { unref?(): void }).unref?.();
    if (worker.on) {
      worker.on("message", heard);
      worker.on("error", lost);
      worker.on("exit", lost);
    } else {
      worker.addEventListener?.("message", ({ data }: { data: Reply }) => heard(data));
      worker.addEventListener?.("error", lost);
    }
    // An idle thread does not keep the process alive.
    worker.unref?.();
  }

  /** Jobs under way. */
  get load(): number {
    return this.#sent.length;
  }

  /** The job it is at. */
  get at(): number | undefined {
    return this.#sent[0];
  }

  send(request: Request, transfer: ArrayBuffer[]): void {
    if (this.#sent.push(request.id) === 1) this.#worker.ref?.();
    this.#worker.postMessage(request, transfer);
  }

  done(id: number): void {
    this.#sent.splice(this.#sent.indexOf(id), 1);
    if (this.load === 0) this.#worker.unref?.();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#worker.terminate();
  }
}

export type { AnyWorker };
