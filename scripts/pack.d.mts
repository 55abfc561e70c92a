/** Packs `data` for the kernel `unpack`. */
export function pack(data: Uint8Array): Uint8Array;
