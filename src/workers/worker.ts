// The file that the threads of a pool run, in Node and in browsers: it takes jobs and gives back answers.

import { runJob } from "../expressions/run-job.js";
import { runValues } from "../global/pool.js";
import { loadSync } from "../runtime/default.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import { runChains } from "../sampling/run-chains.js";
import { buffersOf, describeError, type Kind, type Reply, type Request, type Work } from "./protocol.js";

interface Port {
  postMessage(message: Reply, transfer: ArrayBuffer[]): void;
  on?(event: "message", listener: (message: Request) => void): void;
  onmessage?: ((event: { data: Request }) => void) | null;
}

interface Builtins {
  process?: { getBuiltinModule?(name: "node:worker_threads"): { parentPort: Port | null } | undefined };
}

const runtimes = new Map<string, Runtime>();

function runtimeOf(variant: "simd" | "relaxed"): Runtime {
  const runtime = runtimes.get(variant) ?? loadSync({ variant });
  runtimes.set(variant, runtime);
  return runtime;
}

function work(request: Request): Work[Kind]["out"] {
  if (request.kind === "chains") return runChains(request.input, runtimeOf(request.input.variant));
  if (request.kind === "values")
    return runValues(request.input, runtimeOf(request.input.variant) as CoreRuntime);
  const { shape, data } = request.input;
  return runJob(shape, data, runtimeOf(shape.variant));
}

function answer(port: Port, request: Request): void {
  const { id } = request;
  try {
    const result = work(request);
    port.postMessage({ id, answer: result }, buffersOf(result));
  } catch (error) {
    port.postMessage({ id, error: describeError(error) }, []);
  }
}

const node = (globalThis as Builtins).process?.getBuiltinModule?.("node:worker_threads");
const port = node?.parentPort ?? (globalThis as unknown as Port);
if (port.on) port.on("message", (message) => answer(port, message));
else port.onmessage = ({ data }) => answer(port, data);
port.postMessage({ ready: true }, []);
