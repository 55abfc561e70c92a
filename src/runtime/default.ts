// The default runtime (made lazily, synchronously, on first use), independent runtimes, and the choice of
// the runtime a solve runs in.

import { DownhillError, quote } from "./errors.js";
import { checkKeys } from "./options.js";
import { blocked } from "./rooms.js";
import { CoreRuntime, outOfMemory, type Runtime, type RuntimeOptions, runtimeKeys } from "./runtime.js";
import { type Workspace, type WorkspaceSpec, workspaceBytes } from "./workspace.js";

let defaults: RuntimeOptions = {};
let shared: CoreRuntime | null = null;

/** Sets the options of the default runtime before its first use; afterwards OPTION. */
export function configure(options: RuntimeOptions): void {
  checkKeys("configure", options, runtimeKeys);
  if (shared && !shared.disposed) {
    throw new DownhillError("OPTION", "configure: the default runtime is already in use", {
      hint: "call configure before anything else, or pass a runtime of your own",
    });
  }
  defaults = { ...options };
}

export function defaultRuntime(): CoreRuntime {
  if (!shared || shared.disposed) shared = new CoreRuntime(defaults);
  return shared;
}

/** A new runtime, independent of the default one. */
export function loadSync(options: RuntimeOptions = {}): Runtime {
  return new CoreRuntime(options);
}

/** What `load` takes for a module: compiled, as bytes, or as the response of a fetch. */
export type LoadSource = WebAssembly.Module | BufferSource | Response;

/** As `loadSync`, but the values of `wasm` may also be responses or promises, and compile off the main thread. */
export async function load(
  options: Omit<RuntimeOptions, "wasm"> & {
    wasm?: Readonly<Record<string, LoadSource | PromiseLike<LoadSource>>>;
  } = {},
): Promise<Runtime> {
  const { wasm, ...rest } = options;
  const modules: Record<string, WebAssembly.Module> = {};
  for (const [name, promised] of Object.entries(wasm ?? {}))
    modules[name] = await compile(name, await promised);
  return new CoreRuntime(wasm ? { ...rest, wasm: modules } : rest);
}

async function compile(name: string, source: LoadSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const bytes =
    typeof Response === "function" && source instanceof Response ? await source.arrayBuffer() : source;
  if (!WebAssembly.validate(bytes as BufferSource)) {
    throw new DownhillError("OPTION", `load: wasm[${quote(name)}] is not a module this engine compiles`, {
      details: { option: "wasm", value: name },
    });
  }
  return WebAssembly.compile(bytes as BufferSource).catch((cause) => {
    throw blocked(cause);
  });
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

/**
 * The workspace of a solve. Without a runtime given it comes from the default runtime, or, when it does not
 * fit there, from a runtime made for it and released with it. OUT_OF_MEMORY carries the bytes asked for.
 */
export function takeWorkspace(given: Runtime | undefined, spec: WorkspaceSpec): Workspace {
  const runtime = chosenRuntime(given);
  const workspace = runtime.takeWorkspace(spec);
  if (workspace) return workspace;
  const bytes = workspaceBytes(spec);
  if (given) throw outOfMemory(bytes, runtime.memory.capacity - runtime.memory.used, spec.key);
  const own = ownRuntime(bytes, runtime, spec.key);
  const roomy = own.takeWorkspace(spec) as Workspace;
  roomy.ownsRuntime = true;
  return roomy;
}

/** A runtime sized for one need of this many bytes, of the same variant as `like`. */
export function ownRuntime(bytes: number, like: CoreRuntime, name: string): CoreRuntime {
  const memoryBytes = Math.ceil(bytes + 65536);
  if (!(memoryBytes <= 65536 * 65536)) throw outOfMemory(bytes, like.memory.capacity, name);
  const { wasm } = defaults;
  return new CoreRuntime({ variant: like.variant, memoryBytes, ...(wasm ? { wasm } : {}) });
}
