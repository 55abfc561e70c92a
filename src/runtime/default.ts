// The default runtime (made lazily, synchronously, on first use), independent runtimes, and the choice of
// the runtime a solve runs in.

import { DownhillError, quote } from "./errors.js";
import { PAGE } from "./pages.js";
import { blocked, chooseVariant, isModule } from "./rooms.js";
import { CoreRuntime, outOfMemory, type Runtime } from "./runtime.js";
import { checkBytes, checkRuntimeOptions, MAX_BYTES, type RuntimeOptions } from "./settings.js";
import type { Bytes, FetchResponse, WasmModule } from "./wasm-types.js";
import { type Workspace, type WorkspaceSpec, workspaceBytes } from "./workspace.js";

let defaults: RuntimeOptions = {};
let shared: CoreRuntime | null = null;

/**
 * Sets options of the default runtime before its first use, on top of those set before; afterwards OPTION.
 *
 * @example
 * configure({ memoryBytes: 128 * 2 ** 20, variant: "auto" }); // before the first use
 */
export function configure(options: RuntimeOptions): void {
  checkRuntimeOptions("configure", options);
  if (shared && !shared.disposed) {
    throw new DownhillError("OPTION", "configure: the default runtime is already in use", {
      hint: "call configure before anything else, or pass a runtime of your own",
    });
  }
  defaults = { ...defaults, ...options };
}

export function defaultRuntime(): CoreRuntime {
  if (!shared || shared.disposed) shared = new CoreRuntime(defaults);
  return shared;
}

/**
 * A new runtime, independent of the default one.
 *
 * @example
 * const runtime = loadSync({ debug: true });
 * runtime.memory.used; // 0
 * runtime.dispose();
 */
export function loadSync(options: RuntimeOptions = {}): Runtime {
  return new CoreRuntime(options);
}

/** What `load` takes for a module: compiled, as bytes, or as the response of a fetch. */
export type LoadSource = WasmModule | Bytes | FetchResponse;

export interface LoadOptions extends Omit<RuntimeOptions, "wasm"> {
  wasm?: Readonly<Record<string, LoadSource | PromiseLike<LoadSource>>> | undefined;
}

/**
 * As `loadSync`, but the values of `wasm` may also be responses or promises, and compile off the main thread.
 *
 * @example
 * const runtime = await load({ memoryBytes: 2 ** 20 });
 * solve([[2]], [4], { runtime }); // in a memory of its own
 * runtime.dispose();
 */
export async function load(options: LoadOptions = {}): Promise<Runtime> {
  chooseVariant(checkRuntimeOptions("load", options as RuntimeOptions).variant);
  const { wasm, ...rest } = options;
  if (!wasm) return new CoreRuntime(rest);
  const names = Object.keys(wasm);
  const modules = await Promise.all(names.map(async (name) => compile(name, await wasm[name])));
  return new CoreRuntime({
    ...rest,
    wasm: Object.fromEntries(names.map((name, i) => [name, modules[i] as WebAssembly.Module])),
  });
}

async function compile(name: string, source: LoadSource | undefined): Promise<WebAssembly.Module> {
  if (isModule(source)) return source;
  // A module has no shape of its own, so that nothing seems to be left.
  const rest: unknown = source;
  const response = typeof Response === "function" && rest instanceof Response ? rest : null;
  if (response && !response.ok) {
    throw new DownhillError(
      "OPTION",
      `load: wasm[${quote(name)}] came with HTTP status ${response.status} from ${quote(response.url)}`,
      { details: { option: "wasm", value: name, status: response.status } },
    );
  }
  const bytes = checkBytes("load", name, response ? await response.arrayBuffer() : rest);
  return WebAssembly.compile(bytes).catch((cause) => {
    throw blocked(cause);
  });
}

/** For questions to a result that outlives its runtime: the default runtime answers once that one is disposed. */
export function unlessDisposed(given: Runtime | undefined): Runtime | undefined {
  return given instanceof CoreRuntime && given.disposed ? undefined : given;
}

/** The runtime among a function's options: the one given, or the default. */
export function chosenRuntime(given: Runtime | undefined): CoreRuntime {
  if (given === undefined) return defaultRuntime();
  if (!(given instanceof CoreRuntime)) {
    throw new DownhillError("OPTION", `runtime must come from load() or loadSync(), got ${quote(given)}`);
  }
  if (given.disposed) throw new DownhillError("DISPOSED", "this runtime was disposed");
  return given;
}

/** For calls that may come to their end without a runtime: a wrong one is refused all the same. */
export function checkRuntime(given: Runtime | undefined): void {
  if (given !== undefined) chosenRuntime(given);
}

/**
 * The workspace of a solve. Without a runtime given it comes from the default runtime, or, when it does not
 * fit there, from a runtime made for it and released with it. OUT_OF_MEMORY carries the bytes asked for.
 */
export function takeWorkspace<
  F64 extends string = never,
  F32 extends string = never,
  I32 extends string = never,
>(given: Runtime | undefined, spec: WorkspaceSpec<F64, F32, I32>): Workspace<F64, F32, I32> {
  const runtime = chosenRuntime(given);
  const workspace = runtime.takeWorkspace(spec);
  if (workspace) return workspace;
  const bytes = workspaceBytes(spec);
  if (given) throw outOfMemory(bytes, runtime.largest, spec.key);
  const roomy = ownRuntime(bytes, runtime, spec.key).takeWorkspace(spec) as Workspace;
  roomy.ownsRuntime = true;
  return roomy;
}

/** A runtime sized for one need of this many bytes, else as `like`; OUT_OF_MEMORY where there can be none. */
export function ownRuntime(bytes: number, like: CoreRuntime, name: string): CoreRuntime {
  const memoryBytes = bytes + PAGE;
  if (memoryBytes <= MAX_BYTES) return like.sibling(memoryBytes);
  throw new DownhillError(
    "OUT_OF_MEMORY",
    // The rest of a workspace's key is its sizes.
    `${name.split(" ")[0]} needs ${bytes} bytes, 4 GiB is the most`,
    {
      hint: "split the problem",
      details: { requested: bytes, available: MAX_BYTES - PAGE },
    },
  );
}
