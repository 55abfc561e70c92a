// Packs bytes with the kernel that unpacks them, assembly/unpack.ts.
import { readFileSync } from "node:fs";

/** Bytes that the kernel works in, all 0 at first. */
const WORKSPACE = 1114112;

let module;

export function pack(data) {
  module ??= new WebAssembly.Module(readFileSync("dist/wasm/unpack.simd.wasm"));
  const packed = WORKSPACE + data.length;
  // What nothing predicts takes no more than 12 bits a bit.
  const memory = new WebAssembly.Memory({ initial: ((packed + 12 * data.length + 8) >> 16) + 1 });
  const { unpack } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const view = new Uint8Array(memory.buffer);
  view.set(data, WORKSPACE);
  return view.slice(packed, unpack(packed, data.length, WORKSPACE, 0, true));
}
