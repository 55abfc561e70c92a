// Vectors, workspaces, reuse, debug mode and disposal of one runtime.
import { describe, expect, test } from "vitest";
import { defaultRuntime, loadSync, takeWorkspace } from "../../src/runtime/default.js";
import { CoreRuntime } from "../../src/runtime/runtime.js";
import type { Workspace, WorkspaceSpec } from "../../src/runtime/workspace.js";
import { room as blas } from "../../src/wasm/blas.js";

const spec = (key: string, n = 10): WorkspaceSpec => ({ key, f64: { x: n, g: 3 }, i32: { pivots: 5 } });
const take = (runtime: CoreRuntime, wanted: WorkspaceSpec) => runtime.takeWorkspace(wanted) as Workspace;
const disposed = expect.objectContaining({ code: "DISPOSED" });
const bytesOf = (n: number) => Math.ceil((n * 8) / 16) * 16 + 32 + 32;

describe("vectors", () => {
  test("start as zeros or as a copy of the values, in their own memory", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const source = new Float64Array([1, 2, 3]);
    const [zeros, copy, single] = [runtime.f64(5), runtime.f64(source), runtime.f32([0.1, -0])];
    source.fill(9);
    expect([...zeros.data]).toEqual([0, 0, 0, 0, 0]);
    expect([...copy.data]).toEqual([1, 2, 3]);
    expect([...single.data]).toEqual([Math.fround(0.1), -0]);
    expect([zeros.length, copy.length, single.length]).toEqual([5, 3, 2]);
    expect(copy.data).toBe(copy.data);
    expect(runtime.memory.handles()).toEqual(["f64[5]", "f64[3]", "f32[2]"]);
    expect(runtime.memory.used).toBe(48 + 32 + 16);
    for (const v of [zeros, copy, single]) v.dispose();
    expect(runtime.memory.handles()).toEqual([]);
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });

  test("a reused block is zeroed", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const first = runtime.f64([7, 7, 7, 7]);
    first.dispose();
    expect([...runtime.f64(4).data]).toEqual([0, 0, 0, 0]);
    runtime.dispose();
  });

  test("may have no element, and values may lie in shared memory", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    expect(runtime.f64(0).data.length).toBe(0);
    expect(runtime.f64([]).length).toBe(0);
    const shared = new Float64Array(new SharedArrayBuffer(24));
    shared.set([4, 5, 6]);
    expect([...runtime.f64(shared).data]).toEqual([4, 5, 6]);
    runtime.dispose();
  });

  test.each([[-1], [1.5], [NaN], ["3"], [null], [new DataView(new ArrayBuffer(8))], [{ length: -1 }]])(
    "%s is no length and no array: SHAPE",
    (wrong) => {
      const runtime = new CoreRuntime({ memoryBytes: 65536 });
      const shape = expect.objectContaining({ code: "SHAPE" });
      expect(() => runtime.f64(wrong as unknown as number)).toThrow(shape);
      expect(runtime.memory.used).toBe(0);
      runtime.dispose();
    },
  );

  test("values whose buffer was transferred away are DETACHED_INPUT, not an empty vector", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const values = new Float64Array(4);
    structuredClone(values.buffer, { transfer: [values.buffer] });
    const wrong = { code: "DETACHED_INPUT", details: { argument: "values" } };
    expect(() => runtime.f64(values)).toThrow(expect.objectContaining(wrong));
    runtime.dispose();
  });

  test("one that does not fit is OUT_OF_MEMORY with what was asked for and what there is", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const kept = runtime.f64(1000);
    for (const length of [8000, 2 ** 29, 2 ** 40]) {
      expect(() => runtime.f64(length)).toThrow(
        expect.objectContaining({
          code: "OUT_OF_MEMORY",
          message: expect.stringContaining(`f64[${length}] needs ${8 * length} bytes`),
          details: { requested: 8 * length, available: runtime.memory.capacity - 8000 },
        }),
      );
    }
    expect(runtime.memory.used).toBe(8000);
    expect(runtime.f64(7000).length).toBe(7000);
    kept.dispose();
    runtime.dispose();
  });
});

describe("workspaces", () => {
  test("are carved into aligned vectors that do not overlap", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const w = take(runtime, { key: "k", f64: { a: 3, b: 1, none: 0 }, i32: { c: 5 } });
    expect(Object.values(w.at).every((ptr) => ptr % 16 === 0)).toBe(true);
    expect(w.at).toEqual({ a: w.ptr, b: w.ptr + 32, none: w.ptr + 48, c: w.ptr + 48 });
    expect([w.f64.a?.length, w.f64.b?.length, w.f64.none?.length, w.i32.c?.length]).toEqual([3, 1, 0, 5]);
    expect(w.f64.b?.byteOffset).toBe(w.at.b);
    expect([w.bytes, runtime.memory.used]).toEqual([80, 80]);
    w.release();
    runtime.dispose();
  });

  test("that lie idle do not count as used, and come back for the next solve of the same shape", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const first = take(runtime, spec("fit"));
    expect(runtime.memory.used).toBe(bytesOf(10));
    expect(runtime.memory.handles()).toEqual(["fit"]);
    first.release();
    expect(runtime.memory.used).toBe(0);
    expect(runtime.memory.handles()).toEqual([]);
    const again = take(runtime, spec("fit"));
    expect(again).toBe(first);
    expect(runtime.memory.used).toBe(bytesOf(10));
    again.release();
    runtime.dispose();
  });

  test("of running solves nest and interleave without sharing memory", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const outer = take(runtime, spec("fit"));
    const inner = take(runtime, spec("fit"));
    const other = take(runtime, spec("other", 4));
    const blocks = [outer, inner, other].sort((a, b) => a.ptr - b.ptr);
    for (let i = 1; i < blocks.length; i++) {
      const [low, high] = [blocks[i - 1] as Workspace, blocks[i] as Workspace];
      expect(high.ptr).toBeGreaterThanOrEqual(low.ptr + low.bytes);
    }
    expect(runtime.memory.used).toBe(2 * bytesOf(10) + bytesOf(4));
    outer.release(); // the outer one ends first: interleaved, not nested
    const third = take(runtime, spec("fit"));
    expect(third).toBe(outer);
    expect(third.ptr).not.toBe(inner.ptr);
    for (const w of [inner, other, third]) w.release();
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });

  test("released twice are not handed to two solves", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const w = take(runtime, spec("fit"));
    w.release();
    w.release();
    expect(take(runtime, spec("fit"))).not.toBe(take(runtime, spec("fit")));
    runtime.dispose();
  });

  test("that lie idle give way when memory is short", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    take(runtime, spec("fit", 6000)).release();
    const vector = runtime.f64(7000);
    expect(runtime.memory.used).toBe(56000);
    vector.dispose();
    runtime.dispose();
  });

  test("beyond the sixteenth idle one give their memory back", () => {
    const runtime = new CoreRuntime({ memoryBytes: 1 << 20 });
    const all = Array.from({ length: 20 }, (_, i) => take(runtime, spec(`fit ${i}`, 100)));
    for (const w of all) w.release();
    expect(runtime.memory.used).toBe(0);
    expect(take(runtime, spec("fit 19", 100))).toBe(all[19]);
    expect(take(runtime, spec("fit 0", 100))).not.toBe(all[0]);
    runtime.dispose();
  });

  test("taken and released a hundred thousand times leave the memory as it was", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const before = runtime.largest;
    for (let i = 0; i < 100_000; i++) take(runtime, spec("fit", 1 + (i % 40))).release();
    expect(runtime.memory.used).toBe(0);
    expect(runtime.f64(Math.floor(before / 8)).length).toBe(Math.floor(before / 8));
    runtime.dispose();
  });
});

describe("a problem too large for the default runtime", () => {
  test("gets a runtime of its own, of the same variant, which goes with it", () => {
    const { capacity, used } = defaultRuntime().memory;
    const w = takeWorkspace(undefined, { key: "large", f64: { J: capacity / 8 + 1000 } });
    expect(w.runtime).not.toBe(defaultRuntime());
    expect(w.runtime.variant).toBe(defaultRuntime().variant);
    expect(w.runtime.memory.capacity).toBeGreaterThanOrEqual(capacity + 8000);
    expect(w.runtime.memory.capacity).toBeLessThan(capacity + 8000 + 3 * 65536);
    expect(w.runtime.kernels(blas).asumF64(3, w.at.J as number)).toBe(0);
    expect(defaultRuntime().memory.used).toBe(used);
    w.release();
    expect(w.runtime.disposed).toBe(true);
    w.release();
    expect(() => w.runtime.kernels(blas)).toThrow(disposed);
  });

  test("also when the room left is what is lacking", () => {
    const runtime = defaultRuntime();
    const most = runtime.f64(Math.floor(runtime.largest / 8) - 100);
    const w = takeWorkspace(undefined, { key: "fit", f64: { x: 1000 } });
    expect(w.runtime).not.toBe(runtime);
    w.release();
    most.dispose();
  });

  test("is OUT_OF_MEMORY when it needs more than the 4 GiB that an address can reach", () => {
    const needed = 2 ** 32 + 8 * 1024;
    expect(() => takeWorkspace(undefined, { key: "leastSquares", f64: { J: needed / 8 } })).toThrow(
      expect.objectContaining({
        code: "OUT_OF_MEMORY",
        message: expect.stringContaining(`leastSquares needs ${needed} bytes`),
        details: expect.objectContaining({ requested: needed }),
      }),
    );
    const w = takeWorkspace(undefined, spec("afterwards"));
    expect(w.runtime).toBe(defaultRuntime());
    w.release();
  });

  test("is OUT_OF_MEMORY in a runtime that the user chose", () => {
    const runtime = loadSync({ memoryBytes: 65536 });
    const wrong = {
      code: "OUT_OF_MEMORY",
      details: { requested: 80_000, available: runtime.memory.capacity },
      hint: expect.stringContaining("memoryBytes"),
    };
    expect(() => takeWorkspace(runtime, { key: "fit", f64: { x: 10_000 } })).toThrow(
      expect.objectContaining(wrong),
    );
    expect(runtime.memory.used).toBe(0);
    takeWorkspace(runtime, spec("fit")).release();
    runtime.dispose();
  });

  test("a 4 GiB memory leaves out its last bytes, so that no block ends at address 0", () => {
    // The engine may refuse so much: then with its size.
    try {
      const runtime = loadSync({ memoryBytes: 2 ** 32 });
      expect(runtime.memory.capacity).toBe(2 ** 32 - 2048);
      runtime.dispose();
    } catch (error) {
      expect(error).toMatchObject({ code: "OUT_OF_MEMORY", details: { requested: 2 ** 32 } });
    }
  });
});

describe("debug mode", () => {
  test("fills freed blocks with NaN and keeps them out of use for a while", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536, debug: true });
    const v = runtime.f64([1, 2, 3]);
    const single = runtime.f32([1]);
    const stale = [v.data, single.data];
    v.dispose();
    single.dispose();
    expect(stale.flatMap((view) => [...view])).toEqual([NaN, NaN, NaN, NaN]);
    expect(runtime.memory.used).toBe(0);
    for (let i = 0; i < 50; i++) {
      const next = runtime.f64(3);
      expect(next.data.byteOffset).not.toBe(stale[0]?.byteOffset);
      next.dispose();
    }
    runtime.dispose();
  });

  test("uses quarantined blocks when memory is short", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536, debug: true });
    for (let i = 0; i < 200; i++) runtime.f64(7000).dispose();
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  });

  test("hands out workspaces full of NaN, new each time, and poisons them afterwards", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536, debug: true });
    const w = take(runtime, spec("fit"));
    expect([...(w.f64.x as Float64Array), ...(w.f64.g as Float64Array)].every(Number.isNaN)).toBe(true);
    expect([...(w.i32.pivots as Int32Array)]).toEqual([-1, -1, -1, -1, -1]);
    w.f64.x?.fill(1);
    w.release();
    w.release();
    expect(w.f64.x?.every(Number.isNaN)).toBe(true);
    expect(take(runtime, spec("fit")).ptr).not.toBe(w.ptr);
    runtime.dispose();
  });

  test("poisons everything when the runtime is disposed", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536, debug: true });
    const { data } = runtime.f64([1, 2]);
    runtime.dispose();
    expect([...data]).toEqual([NaN, NaN]);
  });

  test("a block freed twice throws, with and without debug", () => {
    for (const debug of [true, false]) {
      const runtime = new CoreRuntime({ memoryBytes: 65536, debug });
      const ptr = runtime.alloc(64, "block");
      runtime.free(ptr);
      expect(() => runtime.free(ptr)).toThrow(RangeError);
      expect(runtime.memory.used).toBe(0);
      runtime.dispose();
    }
  });
});

describe("after dispose", () => {
  test("a vector throws DISPOSED, and disposing again does nothing", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const v = runtime.f64(2);
    v.dispose();
    const w = runtime.f64(2); // takes the same block
    v.dispose();
    expect(() => v.data).toThrow(disposed);
    expect(w.data.length).toBe(2);
    runtime.dispose();
    expect(() => w.data).toThrow(disposed);
    w.dispose();
  });

  test("a runtime throws DISPOSED from every call and counts nothing; disposing again does nothing", () => {
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    runtime.kernels(blas);
    runtime.f64(3);
    const running = take(runtime, spec("fit"));
    const ptr = runtime.alloc(16, "block");
    runtime.dispose();
    runtime.dispose();
    expect(runtime.disposed).toBe(true);
    expect(() => runtime.f64(1)).toThrow(disposed);
    expect(() => runtime.f32([1])).toThrow(disposed);
    expect(() => runtime.alloc(16, "block")).toThrow(disposed);
    expect(() => runtime.takeWorkspace(spec("fit"))).toThrow(disposed);
    expect(() => runtime.kernels(blas)).toThrow(disposed);
    expect(() => runtime.buffer).toThrow(disposed);
    expect(() => takeWorkspace(runtime, spec("fit"))).toThrow(disposed);
    running.release();
    runtime.free(ptr);
    expect(runtime.memory.used).toBe(0);
    expect(runtime.memory.handles()).toEqual([]);
  });

  test("an own runtime does not touch the default one", () => {
    const own = loadSync({ memoryBytes: 65536 });
    own.dispose();
    const v = defaultRuntime().f64([1]);
    expect([...v.data]).toEqual([1]);
    v.dispose();
  });

  test("Symbol.dispose does the same, where the engine has it", () => {
    if (typeof Symbol.dispose !== "symbol") return;
    const runtime = new CoreRuntime({ memoryBytes: 65536 });
    const v = runtime.f64(1);
    v[Symbol.dispose]();
    expect(() => v.data).toThrow(disposed);
    runtime[Symbol.dispose]();
    expect(runtime.disposed).toBe(true);
    expect(Object.keys(runtime)).not.toContain("Symbol(Symbol.dispose)");
  });
});

test("kernels are instantiated once per runtime, over its own memory", () => {
  const [one, two] = [new CoreRuntime({ memoryBytes: 65536 }), new CoreRuntime({ memoryBytes: 65536 })];
  expect(one.kernels(blas)).toBe(one.kernels(blas));
  expect(one.kernels(blas)).not.toBe(two.kernels(blas));
  const v = one.f64([3, -4]);
  const w = two.f64([1, 1]);
  expect(v.data.byteOffset).toBe(w.data.byteOffset);
  expect(one.kernels(blas).asumF64(2, v.data.byteOffset)).toBe(7);
  expect(two.kernels(blas).asumF64(2, w.data.byteOffset)).toBe(2);
  one.dispose();
  two.dispose();
});

test("a runtime that is none of ours is OPTION", () => {
  for (const wrong of [null, {}, "default", { memory: {}, dispose() {} }]) {
    expect(() => takeWorkspace(wrong as never, spec("fit"))).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining("load() or loadSync()") }),
    );
  }
});
