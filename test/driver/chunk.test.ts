// How many iterations a call into the core makes, and saved state: base64, checksum, versions.
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Chunk } from "../../src/driver/chunk.js";
import { Clock } from "../../src/driver/clock.js";
import { Watch } from "../../src/driver/watch.js";
import { decodeBase64, encodeBase64 } from "../../src/runtime/base64.js";
import { crc32, numbersToText, seal, textToNumbers, unseal } from "../../src/runtime/saved.js";

afterEach(() => vi.restoreAllMocks());

describe("a chunk", () => {
  test("is all that the limits leave where nobody waits", () => {
    const watch = new Watch("test", { maxIterations: 70 }, [], 1000);
    expect(new Chunk(watch).begin()).toBe(70);
    expect(new Chunk(watch, 1, 32).begin()).toBe(32);
    watch.nit = 70;
    expect(new Chunk(watch).begin()).toBe(0);
  });

  test("ends where somebody looks", () => {
    const watch = new Watch("test", { every: 4, onIteration: () => undefined }, [], 1000);
    watch.nit = 6;
    expect(new Chunk(watch).begin()).toBe(2);
    expect(new Chunk(new Watch("test", { trace: true, every: 4 }, [], 9)).begin()).toBe(1);
  });

  test("grows while it is quick and shrinks when it is not, where the clock counts", () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    for (const later of [false, true]) {
      const watch = new Watch("test", later ? {} : { maxTimeMs: 1e9 }, [], 1000);
      if (later) watch.clock = new Clock(undefined);
      const chunk = new Chunk(watch, 4, 16);
      const sizes: number[] = [];
      for (const ms of [0.5, 0.5, 0.5, 2, 5, 5, 5, 5, 5, 5]) {
        sizes.push(chunk.begin());
        clock += ms;
        chunk.done();
      }
      expect(sizes).toEqual([4, 8, 16, 16, 16, 8, 4, 2, 1, 1]);
    }
  });
});

describe("saved state", () => {
  test("base64 is Node's, both ways, and nothing else is read", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
      }),
    );
    for (const wrong of ["A", "AAA", "AA=A", "A===", "AA\u00e9A", "AA A", "AAA!"])
      expect(decodeBase64(wrong)).toBeNull();
  });

  test("the checksum is CRC-32: its check value is cbf43926 (ISO 3309)", () => {
    const bytes = new TextEncoder().encode("123456789");
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
  });

  const content = { counts: [1, 2], memory: numbersToText([NaN, -0, 1 / 3]), name: "x", none: null };

  test("comes back through structuredClone and JSON, in any order of its keys", () => {
    const saved = seal("test", 3, content);
    const turned = Object.fromEntries(Object.entries(saved).reverse());
    for (const copy of [structuredClone(saved), JSON.parse(JSON.stringify(saved)), turned])
      expect(unseal("t", copy, "test", 3)).toEqual(saved);
    expect(textToNumbers(saved.memory, 3)).toEqual(Float64Array.of(NaN, -0, 1 / 3));
    expect(textToNumbers(saved.memory, 2)).toBeNull();
  });

  test("any character changed anywhere is SNAPSHOT", () => {
    const text = JSON.stringify(seal("test", 3, content));
    for (let i = 0; i < text.length; i++) {
      const changed = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
      let copy: unknown;
      try {
        copy = JSON.parse(changed);
      } catch {
        continue;
      }
      expect(() => unseal("t", copy, "test", 3), changed).toThrow(
        expect.objectContaining({ code: "SNAPSHOT" }),
      );
    }
  });

  test.each([
    [null, "null"],
    [{}, "format"],
    [{ format: "test", version: 2 }, "version 2, this is version 3"],
    [{ format: "test", version: 3, value: 10n }, "not plain data"],
  ])("%s is SNAPSHOT", (given, message) => {
    expect(() => unseal("t", given, "test", 3)).toThrow(message);
  });
});
