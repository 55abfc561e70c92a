// Bytes as base64 text and back, where the host need have neither btoa nor atob.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Characters made into text at a time. */
const CHUNK = 8192;

const values = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) values[LETTERS.charCodeAt(i)] = i;

export function encodeBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  for (let i = 0, at = 0; i < bytes.length; i += 3) {
    // Beyond the end there are zeros.
    const word = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    for (let shift = 18; shift >= 0; shift -= 6) codes[at++] = LETTERS.charCodeAt((word >> shift) & 63);
  }
  codes.fill(61, Math.ceil((4 * bytes.length) / 3));
  let text = "";
  // Spread, they would be walked through by an iterator.
  for (let i = 0; i < codes.length; i += CHUNK)
    text += String.fromCharCode.apply(null, codes.subarray(i, i + CHUNK) as unknown as number[]);
  return text;
}

/** The bytes, or null where the text is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let k = 0; k < 4; k++) {
      const code = text.charCodeAt(i + k);
      const value = i + k >= text.length - padding ? 0 : code < 128 ? values[code]! : 255;
      if (value === 255) return null;
      word = (word << 6) | value;
    }
    // What padding stands for lies beyond the end, where nothing is written.
    for (let shift = 16; shift >= 0; shift -= 8) bytes[at++] = word >> shift;
  }
  return bytes;
}
