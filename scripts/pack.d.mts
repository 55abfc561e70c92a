/** Packs `data`; `before` is there already when it is unpacked, and may be repeated. */
export function pack(data: Uint8Array, before?: Uint8Array): Uint8Array;
