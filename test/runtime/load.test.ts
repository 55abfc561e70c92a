// load and loadSync: modules given by the user in place of the inlined ones.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { load, loadSync } from "../../src/runtime/default.js";
import type { CoreRuntime } from "../../src/runtime/runtime.js";
import { room as blas } from "../../src/wasm/blas.js";
import { room as stats } from "../../src/wasm/stats.js";

const memoryBytes = 65536;
const bytes = Uint8Array.from(readFileSync("dist/wasm/stats.simd.wasm"));
const compiled = new WebAssembly.Module(bytes);
const option = (message: string) =>
  expect.objectContaining({ code: "OPTION", message: expect.stringContaining(message) });

/** A module of its own mark: asumF64 answers 42. */
const marked = new Uint8Array(
  [
    [0, 97, 115, 109, 1, 0, 0, 0],
    [1, 7, 1, 96, 2, 127, 127, 1, 124],
    [3, 2, 1, 0],
    [7, 11, 1, 7, ...new TextEncoder().encode("asumF64"), 0, 0],
    [10, 13, 1, 11, 0, 68, ...new Uint8Array(new Float64Array([42]).buffer), 11],
  ].flat(),
);

const answer = (runtime: unknown) => (runtime as CoreRuntime).kernels(blas).asumF64(0, 64);

describe("loadSync", () => {
  test("uses a module or bytes in place of the inlined room, and the inlined one for the others", () => {
    for (const wasm of [{ "blas.simd": marked }, { "blas.simd": new WebAssembly.Module(marked) }]) {
      const runtime = loadSync({ memoryBytes, wasm });
      expect(answer(runtime)).toBe(42);
      expect((runtime as CoreRuntime).kernels(stats).log(1)).toBe(0);
      runtime.dispose();
    }
    const plain = loadSync({ memoryBytes });
    expect(answer(plain)).toBe(0);
    plain.dispose();
  });

  test("a runtime made for a large problem uses the same modules", () => {
    const runtime = loadSync({ memoryBytes, wasm: { "blas.simd": marked }, debug: true }) as CoreRuntime;
    const larger = runtime.sibling(2 * memoryBytes);
    expect([answer(larger), larger.debug]).toEqual([42, true]);
    runtime.dispose();
    larger.dispose();
  });

  test("what is no module is OPTION", () => {
    for (const [source, got] of [
      [new Uint8Array([0, 97, 115, 109, 2, 0, 0, 0]), "bytes it does not accept"],
      ["AGFzbQ==", 'got "AGFzbQ=="'],
      [undefined, "got undefined"],
      [Promise.resolve(bytes), "got a Promise"],
    ] as const) {
      const wasm = { "blas.simd": source } as never;
      expect(() => loadSync({ memoryBytes, wasm })).toThrow(option(got));
    }
    expect(() => loadSync({ memoryBytes, wasm: 3 as never })).toThrow(option("wasm must be an object"));
  });
});

describe("load", () => {
  test("takes modules, bytes, buffers, responses and promises of them", async () => {
    const response = () => new Response(marked, { headers: { "content-type": "application/wasm" } });
    for (const source of [
      marked,
      marked.buffer,
      new DataView(marked.buffer),
      new WebAssembly.Module(marked),
      Promise.resolve(marked),
      WebAssembly.compile(marked),
      response(),
      Promise.resolve(response()),
    ]) {
      const runtime = await load({ memoryBytes, wasm: { "blas.simd": source, "stats.simd": compiled } });
      expect(answer(runtime)).toBe(42);
      runtime.dispose();
    }
  });

  test("without options makes a runtime as loadSync does", async () => {
    const runtime = await load({ memoryBytes });
    expect([runtime.variant, answer(runtime)]).toEqual(["simd", 0]);
    runtime.dispose();
  });

  test("a failed load can be retried", async () => {
    let tries = 0;
    const fetchModule = async () => {
      if (++tries === 1) throw new TypeError("fetch failed");
      return new Response(marked);
    };
    await expect(load({ memoryBytes, wasm: { "blas.simd": fetchModule() } })).rejects.toThrow("fetch failed");
    const runtime = await load({ memoryBytes, wasm: { "blas.simd": fetchModule() } });
    expect(answer(runtime)).toBe(42);
    runtime.dispose();
  });

  test("when one of several fails while another is pending, only load's own promise is rejected", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const slow = new Promise<Uint8Array<ArrayBuffer>>((resolve) => setTimeout(resolve, 30, marked));
    const failing = Promise.reject(new Error("gone"));
    await expect(load({ memoryBytes, wasm: { "stats.simd": slow, "blas.simd": failing } })).rejects.toThrow(
      "gone",
    );
    await slow;
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  });

  test("says what came instead of a module", async () => {
    const fail = (source: unknown) => load({ memoryBytes, wasm: { "blas.simd": source as never } });
    await expect(fail(new Response("<html>"))).rejects.toEqual(option("bytes it does not accept"));
    await expect(fail(new Response("no", { status: 404 }))).rejects.toEqual(option("HTTP status 404"));
    await expect(fail(42)).rejects.toEqual(option("got 42"));
    await expect(fail(null)).rejects.toEqual(option("got null"));
  });
});

test.each([
  [{ memory: 1 }, 'unknown option "memory" (did you mean "memoryBytes"?)'],
  [{ variants: "simd" }, 'did you mean "variant"?'],
  [{ threads: 4 }, "known options: variant, memoryBytes, wasm, debug"],
  [{ variant: "relax" }, 'variant must be one of simd, relaxed, auto, got "relax"'],
  [{ memoryBytes: 1000 }, "memoryBytes must be an integer >= 65536 and <= 4294967296, got 1000"],
  [{ memoryBytes: 2 ** 33 }, "got 8589934592"],
  [{ memoryBytes: NaN }, "got NaN"],
  [{ memoryBytes: "1e6" }, 'got "1e6"'],
  [{ debug: 1 }, "debug must be true or false, got 1"],
  [null, "the options must be a plain object, got null"],
  [[], "the options must be a plain object, got Array of length 0"],
])("load and loadSync refuse %j with OPTION", async (options, message) => {
  expect(() => loadSync(options as never)).toThrow(option(message));
  await expect(load(options as never)).rejects.toEqual(option(message));
});

test("options are not changed, and undefined stands for the default", () => {
  const options = Object.freeze({ memoryBytes, variant: undefined, debug: undefined, wasm: undefined });
  const runtime = loadSync(options as never);
  expect(runtime.variant).toBe("simd");
  runtime.dispose();
});
