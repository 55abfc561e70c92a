// The bytes of a file as text: UTF-8, UTF-16 with or without its mark, else Windows-1252, which is what older programs write. What is no
// text is said so, before it is taken for a table of strange names.

import { DownhillError } from "../runtime/errors.js";

/** Bytes that are looked at for what they are. */
const LOOK = 4096;

/** UTF-16 of digits and Latin letters has a zero in every second byte: at odd places in little-endian order. */
function utf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const n = Math.min(bytes.length, LOOK);
  for (let i = 0; i < n; i++) if (bytes[i] === 0) zeros[i % 2]!++;
  const most = n / 3;
  if (zeros[1]! > most && zeros[0] === 0) return "utf-16le";
  return zeros[0]! > most && zeros[1] === 0 ? "utf-16be" : undefined;
}

const PART = 1 << 16;

/** An input to its end; one that does not block says EAGAIN while its writer is still at work. `read` fills a part and tells how far. */
export function wholeInput(read: (part: Uint8Array) => number, wait: () => void): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let ended = false; !ended; ) {
    const part = new Uint8Array(PART);
    try {
      const got = read(part);
      ended = got === 0;
      size += got;
      parts.push(part.subarray(0, got));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EOF") ended = true;
      else if (code === "EAGAIN") wait();
      else throw error;
    }
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The letters of Windows-1252 from 0x80 to 0x9f; some engines decode these as controls of Latin-1. */
const HIGH =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

/** PARSE where the bytes are no text. */
export function decoded(bytes: Uint8Array, file: string): string {
  const wide = utf16(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  if (bytes.subarray(0, LOOK).includes(0))
    throw new DownhillError("PARSE", `${file} is no text`, {
      hint: "a table of a spreadsheet or of another program is saved as CSV first",
    });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("windows-1252").decode(bytes);
    return text.replace(/[\x80-\x9f]/g, (letter) => HIGH[letter.charCodeAt(0) - 0x80]!);
  }
}
