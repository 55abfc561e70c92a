// The kernel that unpacks the inlined modules gives back what scripts/pack.mjs packed.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pack } from "../../scripts/pack.mjs";
import type { UnpackKernels } from "../../src/wasm/unpack.js";

const WORKSPACE = 21504;
const memory = new WebAssembly.Memory({ initial: 8 });
const module = new WebAssembly.Module(
  readFileSync(new URL("../../dist/wasm/unpack.simd.wasm", import.meta.url)),
);
const { unpack } = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as UnpackKernels;

function unpacked(data: Uint8Array, before: Uint8Array): Uint8Array {
  const packed = pack(data, before);
  const from = packed.length + before.length;
  const work = (from + data.length + 15) & ~15;
  const bytes = new Uint8Array(memory.buffer, 0, work + WORKSPACE + 16).fill(0xa5);
  bytes.set(packed);
  bytes.set(before, packed.length);
  unpack(0, data.length, from, work);
  expect(bytes.subarray(from + data.length, work).every((byte) => byte === 0xa5)).toBe(true);
  expect(bytes.subarray(work + WORKSPACE).every((byte) => byte === 0xa5)).toBe(true);
  return bytes.slice(from, from + data.length);
}

/** Stretches of noise, runs, and copies of what came earlier, near and far. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((noise) => ({ noise })),
  fc.record({ back: fc.integer({ min: 1, max: 3000 }), count: fc.integer({ min: 1, max: 700 }) }),
);
const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => {
  const out: number[] = [];
  for (const p of pieces) {
    if ("noise" in p) out.push(...p.noise);
    else for (let i = 0; i < p.count; i++) out.push(out[out.length - p.back] ?? i & 255);
  }
  return Uint8Array.from(out);
});

test("what was packed comes back, and nothing beside it is written", () => {
  fc.assert(
    fc.property(texts, fc.uint8Array({ minLength: 1, maxLength: 300 }), (data, before) => {
      expect(unpacked(data, before)).toEqual(data);
      expect(unpacked(data, data.length > 0 ? data : before)).toEqual(data);
    }),
    { numRuns: 60 },
  );
});

test("far matches and long runs, beyond the sizes of a property", () => {
  const data = new Uint8Array(40_000);
  for (let i = 0; i < data.length; i++)
    data[i] = i < 20_000 ? (i * i * 31 + (i >> 3)) & 255 : (data[i - 19_999] ?? 0);
  expect(unpacked(data, new Uint8Array(1))).toEqual(data);
  expect(pack(new Uint8Array(20_000), new Uint8Array(1)).length).toBeLessThan(200);
});
