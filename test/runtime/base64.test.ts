import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/runtime/base64.js";

test("bytes become what Node's Buffer makes of them, and come back", () => {
  for (const length of [...Array(70).keys(), 6143, 6144, 6145, 100_001]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * i * 31 + 7 * i) & 255);
    const text = encodeBase64(bytes);
    expect(text).toBe(Buffer.from(bytes).toString("base64"));
    expect(decodeBase64(text)).toEqual(bytes);
  }
});

test("what is no base64 is none", () => {
  for (const text of ["A", "AB", "ABC", "AB*=", "AB=C", "====", "\u00e9AAA"])
    expect(decodeBase64(text), text).toBeNull();
});
