// What scripts/pack.mjs packs, the kernel `unpack` gives back, and writes nothing beside it.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pack } from "../../scripts/pack.mjs";
import { room } from "../../src/wasm/least-squares.js";
import type { UnpackKernels } from "../../src/wasm/unpack.js";

const memory = new WebAssembly.Memory({ initial: 4 });
const module = new WebAssembly.Module(readFileSync("dist/wasm/unpack.simd.wasm"));
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as UnpackKernels;
const WORKSPACE = 21504;

function unpack(packed: Uint8Array, size: number, before: Uint8Array): Uint8Array {
  const view = new Uint8Array(memory.buffer).fill(0xaa);
  const at = 64 + packed.length + before.length;
  const work = (at + size + 64 + 15) & ~15;
  view.set(packed, 64);
  view.set(before, 64 + packed.length);
  kernels.unpack(64, size, at, work);
  const intact = (from: number, to: number) => view.subarray(from, to).every((byte) => byte === 0xaa);
  expect(intact(0, 64) && intact(at + size, work) && intact(work + WORKSPACE, view.length)).toBe(true);
  return view.slice(at, at + size);
}

const ZERO = new Uint8Array(1);
/** Pieces that repeat, in runs and from far away. */
const bytes = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 9 })), { maxLength: 30 })
  .map((pieces) =>
    Uint8Array.from(
      pieces.flatMap(([piece, times]) =>
        Array(times)
          .fill([...piece])
          .flat(),
      ),
    ),
  );

test("any bytes come back, and so does any beginning of them", () => {
  fc.assert(
    fc.property(bytes, fc.nat(), (data, cut) => {
      const packed = pack(data);
      expect(unpack(packed, data.length, ZERO)).toEqual(data);
      const some = cut % (data.length + 1);
      expect(unpack(packed, some, ZERO)).toEqual(data.slice(0, some));
    }),
    { numRuns: 200 },
  );
});

test("what stands before may be repeated, and need not be packed again", () => {
  fc.assert(
    fc.property(bytes, bytes, (before, data) => {
      fc.pre(before.length > 0);
      expect(unpack(pack(data, before), data.length, before)).toEqual(data);
    }),
    { numRuns: 100 },
  );
  const text = new TextEncoder().encode("the model is called through the function table; ".repeat(40));
  const again = text.slice(7, 1500);
  expect(pack(again, text).length).toBeLessThan(pack(again).length);
});

test("modules become shorter than deflate makes them, one after the other too", () => {
  const source = room.simd as unknown as { text: string; from: number; to: number };
  expect(source.from).toBe(0);
  const packed = Uint8Array.from(atob(source.text), (c) => c.charCodeAt(0));
  const simd = new Uint8Array(readFileSync("dist/wasm/least-squares.simd.wasm"));
  const relaxed = new Uint8Array(readFileSync("dist/wasm/least-squares.relaxed.wasm"));
  expect(unpack(packed, simd.length, ZERO)).toEqual(simd);
  expect(unpack(packed, simd.length + relaxed.length, ZERO).subarray(simd.length)).toEqual(relaxed);
  expect(packed.length).toBeLessThan(0.45 * simd.length);
});
