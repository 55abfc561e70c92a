// JSON as bytes and back, for hosts without TextEncoder too: what is not ASCII is escaped.

export function jsonBytes(value: unknown): Uint8Array {
  const text = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** The value; a SyntaxError where the bytes are no JSON. Characters beyond ASCII are only kept where they are escaped. */
export function bytesJson(bytes: Uint8Array): unknown {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 4096)
    parts.push(String.fromCharCode(...bytes.subarray(i, i + 4096)));
  return JSON.parse(parts.join(""));
}
