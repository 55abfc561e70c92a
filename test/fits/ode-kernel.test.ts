// The kernel of the room `ode` against its readable twin, and a routine in the core against the same in JavaScript.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Routine } from "../../src/fits/routine.js";
import { Tape } from "../../src/fits/tape.js";
import { build } from "../../src/models/build.js";
import { functionTable } from "../../src/models/elementary.js";
import { Graph } from "../../src/models/graph.js";
import { lower } from "../../src/models/lower.js";
import { parse } from "../../src/models/parse.js";
import { chosenRuntime } from "../../src/runtime/default.js";
import type { OdeKernels } from "../../src/wasm/ode.js";
import { uniform } from "../kernels/instance.js";
import { weighted } from "../reference/ode.js";

const memory = new WebAssembly.Memory({ initial: 4 });
const bytes = readFileSync(new URL("../../build/wasm/ode.simd.wasm", import.meta.url));
const kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  .exports as unknown as OdeKernels;

describe("weighted sums of slopes", () => {
  const random = uniform(3);
  const numbers = (count: number) => Float64Array.from({ length: count }, () => random());

  test("have the twin's bits for sizes 0 to 67, also in place; nothing else is written", () => {
    for (let size = 0; size <= 67; size++) {
      for (const count of [1, 2, 7, 16]) {
        const [row, k, y] = [numbers(count), numbers(count * size), numbers(size)];
        const at = { row: 64, k: 64 + 8 * 20, y: 64 + 8 * (20 + 16 * 68), out: 64 + 8 * (20 + 17 * 68 + 1) };
        for (const [name, values] of Object.entries({ row, k, y }))
          new Float64Array(memory.buffer, at[name as keyof typeof at], values.length).set(values);
        const around = new Float64Array(memory.buffer, at.out - 8, size + 2).fill(12345);
        kernels.weighted(size, count, at.row, at.k, at.y, 0.3, at.out);
        const want = weighted(row, k, y, 0.3);
        expect(around.slice(1, size + 1)).toEqual(want);
        expect([around[0], around[size + 1]]).toEqual([12345, 12345]);
        kernels.weighted(size, count, at.row, at.k, at.y, 0.3, at.y);
        expect(new Float64Array(memory.buffer, at.y, size).slice()).toEqual(want);
      }
    }
  });
});

describe("a routine", () => {
  test("has the bits of the tape, for every kind of function, odd and even numbers of roots", () => {
    const texts = [
      "a*b + c/(1 + a^2)",
      "exp(-a)*log(b + 3) - sin(c)*cos(c)",
      "if(a < b, a^b, b*tanh(c)) + erf(a)",
      "min(a, b) + max(b, c) - abs(c) + sqrt(a*a + 1) + floor(b) + atan2(a, b + 2)",
      "7",
    ];
    const random = uniform(11);
    for (let count = 1; count <= texts.length; count++) {
      const g = new Graph();
      const roots = lower(
        g,
        texts
          .slice(0, count)
          .map((text) => build(g, parse(text, { variables: [], params: ["a", "b", "c"] }))),
      );
      const table = functionTable(chosenRuntime(undefined));
      const tape = new Tape(roots, table);
      const taken = new Routine(roots, 3, table).take(undefined);
      const want = new Float64Array(count);
      for (let k = 0; k < 20; k++) {
        taken.input.set([random() + 1.5, random() + 0.5, 3 * random()]);
        tape.run(taken.input, want);
        taken.run();
        expect(taken.out.slice()).toEqual(want);
      }
      taken.release();
    }
  });
});
