export declare function pack(bytes: Uint8Array, before?: Uint8Array): Uint8Array;
