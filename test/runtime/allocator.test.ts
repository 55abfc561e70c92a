import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator, roundUp } from "../../src/runtime/allocator.js";

const BASE = 64;
const END = 64 + 4096;

/** Every byte is in exactly one live block or free, every block aligned and inside the range. */
function check(allocator: Allocator, live: Map<number, number>): void {
  const blocks = [...live].sort(([a], [b]) => a - b);
  let end = BASE;
  let used = 0;
  for (const [start, bytes] of blocks) {
    expect(start % 16).toBe(0);
    expect(start).toBeGreaterThanOrEqual(end);
    expect(allocator.sizeOf(start)).toBe(Math.max(16, roundUp(bytes)));
    end = start + allocator.sizeOf(start);
    used += allocator.sizeOf(start);
  }
  expect(end).toBeLessThanOrEqual(END);
  expect(allocator.used).toBe(used);
}

/** The longest gap between live blocks: what merging must have left in one piece. */
function longestGap(allocator: Allocator, live: Map<number, number>): number {
  let longest = 0;
  let end = BASE;
  for (const start of [...live.keys()].sort((a, b) => a - b)) {
    longest = Math.max(longest, start - end);
    end = start + allocator.sizeOf(start);
  }
  return Math.max(longest, END - end);
}

test("blocks never overlap, are aligned, and freed neighbours become one, in any order of calls", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("alloc"), n: fc.integer({ min: 0, max: 900 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("free"), n: fc.nat() }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const allocator = new Allocator(BASE, END);
      const live = new Map<number, number>();
      for (const { kind, n } of steps) {
        if (kind === "alloc") {
          const gap = longestGap(allocator, live);
          const start = allocator.alloc(n);
          expect(start !== 0).toBe(Math.max(16, roundUp(n)) <= gap);
          if (start !== 0) live.set(start, n);
        } else if (live.size > 0) {
          const start = [...live.keys()][n % live.size] as number;
          live.delete(start);
          allocator.free(start);
        }
        check(allocator, live);
        expect(allocator.largest).toBe(longestGap(allocator, live));
      }
      for (const start of live.keys()) allocator.free(start);
      expect(allocator.used).toBe(0);
      expect(allocator.largest).toBe(allocator.capacity);
    }),
  );
});

test("the whole range can be one block, and one byte more cannot", () => {
  const allocator = new Allocator(BASE, END);
  expect(allocator.alloc(4097)).toBe(0);
  expect(allocator.alloc(4096)).toBe(BASE);
  expect(allocator.alloc(0)).toBe(0);
  expect(allocator.largest).toBe(0);
});

test("freeing what is not a live block throws and changes nothing", () => {
  const allocator = new Allocator(BASE, END);
  const start = allocator.alloc(32);
  for (const wrong of [0, start + 16, END, NaN, -1]) expect(() => allocator.free(wrong)).toThrow(RangeError);
  expect(allocator.used).toBe(32);
  allocator.free(start);
  expect(() => allocator.free(start)).toThrow(`no block is allocated at ${start}`);
  expect(allocator.used).toBe(0);
});

test("a size that is no size is refused, an infinite one does not fit", () => {
  const allocator = new Allocator(BASE, END);
  expect(() => allocator.alloc(NaN)).toThrow(RangeError);
  expect(() => allocator.alloc(-1)).toThrow(RangeError);
  expect(allocator.alloc(Infinity)).toBe(0);
  expect(allocator.used).toBe(0);
});
