// What scripts/letters.mjs wrote: 42 letters of six bits, 44 of seven, '(' to '~' without the backslash.

export function fromLetters(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let at = 0;
  let word = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const k = code - (code < 92 ? 40 : 41);
    const long = k < 42 ? 0 : 1;
    word = (word << (6 + long)) | (k + 42 * long);
    bits += 6 + long;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = word >> bits;
  }
  return bytes.slice(0, at);
}
