/**
 * Turns a plain module into its relaxed variant, in place. scripts/fused.mjs writes the product and the sum of each a b + c with
 * more bytes than they need (0x81 0x00 where 0x01 would do); the fused opcode goes where the sum was, `nop` where the product was.
 */
export function fuse(bytes: Uint8Array): void {
  for (let i = 0; i + 3 < bytes.length; i++) {
    if (bytes[i] !== 0xfd || bytes[i + 2] !== 0x81 || (bytes[i + 3]! & 127) > 0) continue;
    // f32x4: 0xe4 add, 0xe5 sub, 0xe6 mul; f64x2: the same from 0xf0. Fused: 0x105 a b + c, 0x106 c - a b; 0x107 and 0x108.
    const op = bytes[i + 1]!;
    const wide = op >= 0xf0;
    const kind = op - (wide ? 0xf0 : 0xe4);
    // The product of c - a b is kept in a local, from which the difference takes it.
    if (kind === 2) bytes.fill(1, i, i + (bytes[i + 3]! > 0 ? 7 : 4));
    else {
      if (kind === 1) bytes.fill(1, i - 2, i);
      bytes[i + 1] = kind + (wide ? 0x87 : 0x85);
      bytes[i + 2] = 0x82;
    }
  }
}
