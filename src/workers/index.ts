// downhill/workers: a pool of threads for curveFitManyAsync, sampleAsync and minimizeGlobalAsync. No SharedArrayBuffer, so no special headers; the threads run
// a real file, so a Content-Security-Policy may keep its worker-src 'self'.

/// <reference lib="esnext.disposable" preserve="true" />
import type { JobPool } from "../expressions/many.js";
import type { ValuesPool } from "../global/pool.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import type { ChainPool } from "../sampling/chain-job.js";
import { type AnyWorker, startWorker } from "./thread.js";
import { failure, WorkerPool } from "./worker-pool.js";

export interface PoolOptions {
  /** Threads. Default: the number of processors that the host reports. */
  size?: number | undefined;
  /** Makes a worker that runs the file "downhill/worker-script", where a bundler does not find it by itself. */
  create?: (() => unknown) | undefined;
}

export interface Pool extends JobPool, ChainPool, ValuesPool, Disposable {
  /** Ends the threads; jobs under way reject with DISPOSED. A second call does nothing. */
  dispose(): void;
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
    const worker = create ? made(create) : startWorker();
    if (worker) return worker;
    throw new DownhillError("UNSUPPORTED", "pool: this host has no workers", {
      details: { missing: "Worker" },
    });
  });
}

/** What `create` gives; POOL_FAILED where that is no worker. */
function made(create: () => unknown): AnyWorker | undefined {
  let worker: unknown;
  try {
    worker = create();
  } catch (error) {
    throw failure(error);
  }
  const { postMessage, terminate } = (worker ?? {}) as Partial<Record<keyof AnyWorker, unknown>>;
  if (worker === undefined || (typeof postMessage === "function" && typeof terminate === "function"))
    return worker as AnyWorker | undefined;
  throw failure(new TypeError(`create gave ${quote(worker)}, which is no worker`));
}

/** Node before 21 has no navigator. */
function nodeProcessors(): number {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: "node:os"): { availableParallelism(): number } | undefined };
  };
  return process?.getBuiltinModule?.("node:os")?.availableParallelism() ?? 1;
}
