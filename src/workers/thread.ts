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
type WorkerClass = new (url: URL, options: { type: "module"; name: string }) => AnyWorker;

interface Host {
  process?: { getBuiltinModule?(name: "node:worker_threads"): { Worker: WorkerClass } | undefined };
  Worker?: WorkerClass;
}

export interface Listener {
  reply(reply: Reply): void;
  /** The thread is gone. */
  lost(error: Error): void;
}

/** A thread that runs dist/worker.js; undefined where the host has none. */
export function startWorker(): AnyWorker | undefined {
  const host = globalThis as Host;
  // Node first: it has no Worker of its own among its globals.
  const Class = host.process?.getBuiltinModule?.("node:worker_threads")?.Worker ?? host.Worker;
  return Class && new Class(new URL("./worker.js", import.meta.url), { type: "module", name: "downhill" });
}

export class Thread {
  readonly #worker: AnyWorker;
  /** Jobs under way. */
  load = 0;

  constructor(worker: AnyWorker, listener: Listener) {
    this.#worker = worker;
    const lost = (what: unknown) => {
      const message = (what as { message?: string } | null)?.message ?? `it ended with ${String(what)}`;
      listener.lost(new Error(`a thread of the pool failed: ${message}`));
    };
    if (worker.on) {
      worker.on("message", (reply: Reply) => listener.reply(reply));
      worker.on("error", lost);
      worker.on("exit", lost);
    } else {
      worker.addEventListener?.("message", ({ data }: { data: Reply }) => listener.reply(data));
      worker.addEventListener?.("error", lost);
    }
    // An idle thread does not keep the process alive.
    worker.unref?.();
  }

  send(request: Request, transfer: ArrayBuffer[]): void {
    if (this.load++ === 0) this.#worker.ref?.();
    this.#worker.postMessage(request, transfer);
  }

  done(): void {
    if (--this.load === 0) this.#worker.unref?.();
  }

  end(): void {
    this.#worker.terminate();
  }
}

export type { AnyWorker };
