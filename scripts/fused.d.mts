/** The plain form of a module with fused multiply-adds, marked for src/abi/fuse.ts. */
export function plainForm(wasm: Uint8Array): Uint8Array<ArrayBuffer>;
