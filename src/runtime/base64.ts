// Bytes as base64 text and back, where the host need have neither btoa nor atob.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Characters put together at a time. */
const CHUNK = 8192;

const values = new Uint8Array(128).fill(255);
for (let i = 0; i < 64; i++) values[LETTERS.charCodeAt(i)] = i;

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1], bytes[i + 2]];
    part += LETTERS[a >> 2]! + LETTERS[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    part += b === undefined ? "=" : LETTERS[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    part += c === undefined ? "=" : LETTERS[c & 63]!;
    if (part.length >= CHUNK) {
      parts.push(part);
      part = "";
    }
  }
  return parts.join("") + part;
}

/** The bytes, or null where the text is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = (text.length / 4) * 3 - padding;
  const bytes = new Uint8Array(length);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let word = 0;
    for (let k = 0; k < 4; k++) {
      const code = text.charCodeAt(i + k);
      const value = i + k >= text.length - padding ? 0 : code < 128 ? values[code]! : 255;
      if (value === 255) return null;
      word = (word << 6) | value;
    }
    if (at < length) bytes[at++] = word >> 16;
    if (at < length) bytes[at++] = (word >> 8) & 255;
    if (at < length) bytes[at++] = word & 255;
  }
  return bytes;
}
