// Types of the host that are named in public declarations. They are taken from the global scope where it declares
// them, so that a tsconfig without the library "dom" (a server's) checks the package without an error.

type Scope = typeof globalThis;

/** A compiled WebAssembly module; an object where the project's libraries do not declare WebAssembly. */
export type WasmModule = Scope extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/** The answer of `fetch`; nothing where the project's libraries declare none. */
export type FetchResponse = Scope extends { Response: { prototype: infer R } } ? R : never;

/** The bytes of a file. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** What an instance exports or imports, by name. */
export type WasmNames = Record<string, unknown>;
