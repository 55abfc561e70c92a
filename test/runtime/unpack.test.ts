// The kernel that unpacks the inlined modules gives back what scripts/pack.mjs packed.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pack } from "../../scripts/pack.mjs";
import type { UnpackKernels } from "../../src/wasm/unpack.js";

const WORKSPACE = 1114112;
const module = new WebAssembly.Module(
  readFileSync(new URL("../../dist/wasm/unpack.simd.wasm", import.meta.url)),
);

function unpacked(data: Uint8Array): Uint8Array {
  const memory = new WebAssembly.Memory({ initial: 20 });
  const { unpack } = new WebAssembly.Instance(module, { env: { memory } })
    .exports as unknown as UnpackKernels;
  const packed = pack(data);
  const out = WORKSPACE + packed.length;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5, out);
  bytes.set(packed, WORKSPACE);
  expect(unpack(WORKSPACE, data.length, out, 0, false)).toBe(out);
  expect(bytes.subarray(out + data.length).every((byte) => byte === 0xa5)).toBe(true);
  expect(bytes.slice(WORKSPACE, out)).toEqual(packed);
  return bytes.slice(out, out + data.length);
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
    fc.property(texts, (data) => {
      expect(unpacked(data)).toEqual(data);
    }),
    { numRuns: 60 },
  );
});

test("far matches and long runs, beyond the sizes of a property", () => {
  const data = new Uint8Array(40_000);
  for (let i = 0; i < data.length; i++)
    data[i] = i < 20_000 ? (i * i * 31 + (i >> 3)) & 255 : (data[i - 19_999] ?? 0);
  expect(unpacked(data)).toEqual(data);
  expect(pack(new Uint8Array(20_000)).length).toBeLessThan(200);
});

test("a module takes less than a third of its bytes", () => {
  const data = readFileSync(new URL("../../dist/wasm/least-squares.simd.wasm", import.meta.url));
  expect(pack(data).length).toBeLessThan(0.3 * data.length);
});
