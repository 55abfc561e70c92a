// The options of a runtime, checked, and the modules that may stand in for the inlined ones.

import { DownhillError, quote } from "./errors.js";
import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "./options.js";
import { PAGE } from "./pages.js";
import { compileBytes, instantiate, isModule, type Variant } from "./rooms.js";
import type { Bytes, WasmModule } from "./wasm-types.js";

/** 4 GiB, the end of 32-bit addresses. */
export const MAX_BYTES = 65536 * PAGE;
const DEFAULT_BYTES = 64 * 1024 * 1024;

export interface RuntimeOptions {
  /** "simd" (default) gives the same bits on every engine; "relaxed" uses fused multiply-add; "auto" takes relaxed where it exists. */
  variant?: Variant | "auto" | undefined;
  /** Size of the fixed memory; default 64 MiB, rounded up to whole pages of 64 KiB. */
  memoryBytes?: number | undefined;
  /** Modules or bytes by file name without `.wasm`, for example `{ "dense.simd": module }`, used instead of the inlined ones. */
  wasm?: Readonly<Record<string, WasmModule | Bytes>> | undefined;
  /** Fills freed blocks with NaN and keeps them out of use for a while. */
  debug?: boolean | undefined;
}

const runtimeKeys = ["variant", "memoryBytes", "wasm", "debug"] as const;

/** Throws OPTION for what no runtime accepts; `variant` may still be UNSUPPORTED by the engine. */
export function checkRuntimeOptions(
  where: string,
  options: RuntimeOptions,
): { variant: Variant | "auto"; memoryBytes: number; debug: boolean } {
  checkKeys(where, options, runtimeKeys);
  const { wasm } = options;
  if (wasm !== undefined && (typeof wasm !== "object" || wasm === null)) {
    throw optionError(where, "wasm", wasm, "an object of modules or bytes by file name");
  }
  return {
    memoryBytes: numberOption(where, "memoryBytes", options.memoryBytes, DEFAULT_BYTES, {
      min: PAGE,
      max: MAX_BYTES,
      integer: true,
    }),
    variant: choiceOption(where, "variant", options.variant, ["simd", "relaxed", "auto"] as const, "simd"),
    debug: booleanOption(where, "debug", options.debug, false),
  };
}

/** The modules given in `wasm`; OPTION for what is no module, WASM_BLOCKED where compiling is forbidden. */
export function compileOverrides(wasm: RuntimeOptions["wasm"]): Map<string, WebAssembly.Module> {
  const modules = new Map<string, WebAssembly.Module>();
  for (const [name, source] of Object.entries(wasm ?? {})) {
    if (isModule(source)) modules.set(name, source);
    else modules.set(name, compileBytes(checkBytes("runtime", name, source)));
  }
  return modules;
}

/** The exports of a module given in `wasm`; OPTION where it is not that of its room, at the latest when a kernel is missed. */
export function instantiateGiven(
  file: string,
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Exports {
  const another = (what: string, cause?: unknown): DownhillError =>
    new DownhillError("OPTION", `runtime: wasm[${quote(file)}] is not the module of this release: ${what}`, {
      hint: `give the file ${file}.wasm of the installed version`,
      details: { option: "wasm", value: file },
      cause,
    });
  try {
    const exports = instantiate(module, imports);
    if (Object.keys(exports).length === 0) throw another("it has no kernels");
    // Own properties are found first, so that a kernel costs what it costs elsewhere.
    const missing = new Proxy(Object.create(null), {
      get(_, name) {
        if (typeof name === "string") throw another(`it has no ${quote(name)}`);
      },
    });
    return Object.assign(Object.create(missing), exports);
  } catch (cause) {
    throw cause instanceof WebAssembly.LinkError ? another(cause.message, cause) : cause;
  }
}

/** OPTION unless these are the bytes of a module that this engine can compile. */
export function checkBytes(where: string, name: string, source: unknown): BufferSource {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  if (source instanceof ArrayBuffer) bytes = new Uint8Array(source);
  else if (ArrayBuffer.isView(source))
    bytes = new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  if (bytes && WebAssembly.validate(bytes)) return bytes;
  const got = bytes ? "bytes it does not accept" : quote(source);
  throw new DownhillError(
    "OPTION",
    `${where}: wasm[${quote(name)}] must be a module that this engine compiles, got ${got}`,
    { details: { option: "wasm", value: name } },
  );
}
