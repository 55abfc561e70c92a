// Engines that lack or forbid something, simulated by stubbing the WebAssembly object.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { leastSquares, solve } from "../../src/index.js";
import { load, loadSync, takeWorkspace } from "../../src/runtime/default.js";
import type { Room } from "../../src/runtime/rooms.js";
import { CoreRuntime } from "../../src/runtime/runtime.js";
import { type BlasKernels, room as blas } from "../../src/wasm/blas.js";

// Node compiles its HTTP parser on first use of Response: that must not meet the stubs.
new Response();

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const small = { memoryBytes: 65536 };
/** A room that no other test has compiled. */
const fresh = (): Room<BlasKernels> => ({ ...blas });

/** As `WebAssembly.validate`, but refusing modules in which these bytes occur: an instruction's opcode. */
function withoutOpcode(...opcode: number[]) {
  const { validate } = WebAssembly;
  vi.spyOn(WebAssembly, "validate").mockImplementation((bytes) => {
    const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
    if (view.join().includes(opcode.join())) return false;
    return validate(bytes);
  });
}

const SIMD_SPLAT = [253, 17];
const RELAXED_MADD = [253, 135, 2];

describe("an engine without relaxed SIMD", () => {
  test("refuses the variant relaxed with UNSUPPORTED, naming what is missing and what to do", async () => {
    withoutOpcode(...RELAXED_MADD);
    const wrong = expect.objectContaining({
      code: "UNSUPPORTED",
      details: { missing: "relaxed SIMD" },
      hint: expect.stringContaining('"simd"'),
    });
    expect(() => loadSync({ ...small, variant: "relaxed" })).toThrow(wrong);
    await expect(load({ ...small, variant: "relaxed" })).rejects.toEqual(wrong);
  });

  test("takes simd for auto", () => {
    withoutOpcode(...RELAXED_MADD);
    const runtime = loadSync({ ...small, variant: "auto" });
    expect(runtime.variant).toBe("simd");
    runtime.dispose();
  });
});

test("an engine without SIMD is UNSUPPORTED, whatever the variant", () => {
  vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  for (const variant of ["simd", "auto"] as const) {
    expect(() => loadSync({ ...small, variant })).toThrow(
      expect.objectContaining({ code: "UNSUPPORTED", details: { missing: "SIMD" } }),
    );
  }
});

test("the probe for SIMD is one that a scalar engine refuses", () => {
  withoutOpcode(...SIMD_SPLAT);
  expect(() => loadSync(small)).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
});

test("an engine without WebAssembly is UNSUPPORTED", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  const wrong = expect.objectContaining({ code: "UNSUPPORTED", details: { missing: "WebAssembly" } });
  expect(() => loadSync(small)).toThrow(wrong);
  await expect(load({ wasm: { "blas.simd": new Uint8Array(8) } })).rejects.toEqual(wrong);
});

describe("a page or host that forbids compiling", () => {
  const block = () => {
    const { Module } = WebAssembly;
    const refusal = new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    class Blocked {
      static [Symbol.hasInstance](value: unknown): boolean {
        return value instanceof Module;
      }
      constructor() {
        throw refusal;
      }
    }
    const compile = () => Promise.reject(refusal);
    vi.stubGlobal(
      "WebAssembly",
      Object.create(WebAssembly, { Module: { value: Blocked }, compile: { value: compile } }),
    );
    return refusal;
  };

  test("is WASM_BLOCKED with the header that helps, and works once it is allowed", () => {
    const runtime = new CoreRuntime(small);
    const room = fresh();
    const cause = block();
    expect(() => runtime.kernels(room)).toThrow(
      expect.objectContaining({
        code: "WASM_BLOCKED",
        hint: expect.stringContaining("'wasm-unsafe-eval'"),
        cause,
      }),
    );
    vi.unstubAllGlobals();
    expect(runtime.kernels(room).asumF64(0, 64)).toBe(0);
    runtime.dispose();
  });

  test("is WASM_BLOCKED too for bytes given to load and loadSync", async () => {
    const bytes = Uint8Array.from(readFileSync("dist/wasm/blas.simd.wasm"));
    block();
    const wrong = expect.objectContaining({ code: "WASM_BLOCKED" });
    expect(() => loadSync({ ...small, wasm: { "blas.simd": bytes } })).toThrow(wrong);
    await expect(load({ ...small, wasm: { "blas.simd": bytes } })).rejects.toEqual(wrong);
  });

  test("does not matter to a room that comes compiled", () => {
    const bytes = Uint8Array.from(readFileSync("dist/wasm/blas.simd.wasm"));
    const compiled = new WebAssembly.Module(bytes);
    block();
    const runtime = new CoreRuntime(small);
    expect(runtime.kernels({ ...blas, simd: compiled }).asumF64(0, 64)).toBe(0);
    runtime.dispose();
  });
});

test("another error of the compiler comes out as it is", () => {
  const runtime = new CoreRuntime(small);
  const error = new RangeError("WebAssembly.Module(): Out of memory");
  vi.spyOn(WebAssembly, "Module").mockImplementation(function fail() {
    throw error;
  } as never);
  expect(() => runtime.kernels(fresh())).toThrow(error);
  runtime.dispose();
});

describe("an engine that refuses memory", () => {
  const refuse = () =>
    vi.spyOn(WebAssembly, "Memory").mockImplementation(function refuse() {
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    } as never);

  test("is OUT_OF_MEMORY with the size asked for, and a later try may succeed", () => {
    refuse();
    expect(() => loadSync({ memoryBytes: 100_000 })).toThrow(
      expect.objectContaining({
        code: "OUT_OF_MEMORY",
        message: expect.stringContaining("131072 bytes"),
        details: { requested: 131072 },
        cause: expect.any(RangeError),
      }),
    );
    vi.restoreAllMocks();
    const runtime = loadSync({ memoryBytes: 100_000 });
    expect(runtime.memory.capacity).toBe(131072 - 1024);
    runtime.dispose();
  });

  test("a second memory: the large solve throws, small ones go on in the default runtime", () => {
    const line = (p: Float64Array, out: Float64Array) => {
      for (let i = 0; i < out.length; i++) out[i] = (p[0] as number) + i - 3;
    };
    expect(leastSquares(line, 7, [1]).success).toBe(true);
    refuse();
    const large = { key: "large", f64: { J: 2 ** 24 } };
    expect(() => takeWorkspace(undefined, large)).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    expect(() => leastSquares(line, 6_000_000, [1, 1])).toThrow(
      expect.objectContaining({
        code: "OUT_OF_MEMORY",
        details: expect.objectContaining({ requested: expect.any(Number) }),
      }),
    );
    expect(leastSquares(line, 7, [1]).success).toBe(true);
    vi.restoreAllMocks();
    takeWorkspace(undefined, large).release();
  });

  test("a memory too small to unpack a room in: OUT_OF_MEMORY, and a later try may succeed", () => {
    const runtime = loadSync({ memoryBytes: 65536 });
    refuse();
    expect(() => solve([[2]], [4], { runtime })).toThrow(expect.objectContaining({ code: "OUT_OF_MEMORY" }));
    vi.restoreAllMocks();
    expect(runtime.memory.used).toBe(0);
    expect(solve([[2]], [4], { runtime })[0]).toBeCloseTo(2, 12);
    runtime.dispose();
  });
});
