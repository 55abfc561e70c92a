// Saved state: numbers, text and memory as plain data that survives structuredClone and JSON, with its format, its version
// and a checksum. Whatever changed on the way is refused.

import { decodeBase64, encodeBase64 } from "./base64.js";
import { DownhillError, quote } from "./errors.js";

/** What every saved state carries. */
export interface Sealed {
  readonly format: string;
  readonly version: number;
  /** CRC-32 of everything else, eight hexadecimal digits. */
  readonly checksum: string;
}

const table = new Uint32Array(256);
for (let i = 0; i < 256; i++) {
  let word = i;
  for (let k = 0; k < 8; k++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  table[i] = word;
}

/** CRC-32 as in ISO 3309 and zip: the reflected polynomial 0xedb88320. `before` goes on from another part. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Of text, unit by unit: two bytes each, the low one first. */
function crcOfText(text: string): string {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return crc32(new Uint8Array(units.buffer)).toString(16).padStart(8, "0");
}

/** JSON with the keys in order, so that a copy that lists them otherwise is the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`).join(",")}}`;
}

/** Adds format, version and checksum. The content must be data that JSON keeps: numbers that it does not go through `numbersToText`. */
export function seal<T extends object>(format: string, version: number, content: T): T & Sealed {
  const body = { format, version, ...content };
  return { ...body, checksum: crcOfText(canonical(body)) };
}

/** The content of a saved state of this format and version; SNAPSHOT when it is none, is of another version, or is damaged. */
export function unseal<T extends Sealed>(where: string, given: unknown, format: string, version: number): T {
  const refuse = (why: string): DownhillError =>
    new DownhillError("SNAPSHOT", `${where}: ${why}`, { details: { format, version } });
  if (typeof given !== "object" || given === null) throw refuse(`the saved state is ${quote(given)}`);
  const { checksum, ...body } = given as Record<string, unknown>;
  if (body.format !== format)
    throw refuse(`the saved state is not of format ${quote(format)}, its format is ${quote(body.format)}`);
  if (body.version !== version)
    throw refuse(`the saved state has version ${quote(body.version)}, this is version ${version}`);
  let found: string;
  try {
    found = crcOfText(canonical(body));
  } catch {
    throw refuse("the saved state is damaged: it is not plain data");
  }
  if (found !== checksum) throw refuse("the saved state is damaged: its checksum differs");
  return given as T;
}

/** Doubles, bit for bit. */
export const numbersToText = (values: ArrayLike<number>): string =>
  encodeBase64(new Uint8Array(Float64Array.from(values).buffer));

/** Null where the text is not `length` doubles. */
export function textToNumbers(text: string, length: number): Float64Array<ArrayBuffer> | null {
  const bytes = typeof text === "string" ? decodeBase64(text) : null;
  return bytes && bytes.length === 8 * length ? new Float64Array(bytes.buffer) : null;
}
