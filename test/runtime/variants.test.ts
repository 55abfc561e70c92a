// Which variants an engine runs. Node 20 has no relaxed SIMD, Node 22 and later do: there nothing may be skipped.
import { expect, test } from "vitest";
import { loadSync } from "../../src/index.js";

const major = Number(process.versions.node.split(".")[0]);

test("the default variant is simd, on every engine", () => {
  const runtime = loadSync({ memoryBytes: 65536 });
  expect(runtime.variant).toBe("simd");
  runtime.dispose();
});

test("auto takes relaxed SIMD exactly where the engine has it", () => {
  const runtime = loadSync({ variant: "auto", memoryBytes: 65536 });
  expect(runtime.variant).toBe(major >= 22 ? "relaxed" : "simd");
  runtime.dispose();
});

test("relaxed works on Node 22 and later, and is UNSUPPORTED before", () => {
  const open = () => loadSync({ variant: "relaxed", memoryBytes: 65536 });
  if (major < 22) {
    expect(open).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    return;
  }
  const runtime = open();
  expect(runtime.variant).toBe("relaxed");
  runtime.dispose();
});
