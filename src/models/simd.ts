// Vector instructions, by their number after the prefix 0xfd (WebAssembly core specification 2.0, 5.4.8). Constants instead
// of a table of names, because a bundler writes their values where they are used.

export const load = 0;
export const load64Splat = 10;
export const store = 11;
export const constant = 12;
export const shuffle = 13;
export const eq = 0x47;
export const ne = 0x48;
export const lt = 0x49;
export const gt = 0x4a;
export const le = 0x4b;
export const and = 78;
export const andnot = 79;
export const select = 82;
export const ceil = 0x74;
export const floor = 0x75;
export const store64Lane = 91;
export const abs = 0xec;
export const neg = 0xed;
export const sqrt = 0xef;
export const add = 0xf0;
export const sub = 0xf1;
export const mul = 0xf2;
export const div = 0xf3;
export const min = 0xf4;
export const max = 0xf5;
export const madd = 0x107;
export const nmadd = 0x108;
