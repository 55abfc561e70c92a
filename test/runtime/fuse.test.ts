// A room is kept in its plain form; the relaxed one is made of it. Both compute what the compiler's fused module says.

import fc from "fast-check";
import { expect, test } from "vitest";
import { plainForm } from "../../scripts/fused.mjs";
import { fuse } from "../../src/abi/fuse.js";
import { Body, ModuleWriter } from "../../src/models/wasm.js";
import { variants } from "../kernels/instance.js";

type Kind = "add" | "mul" | "madd" | "nmadd";
type Tree = number | { kind: Kind; args: Tree[]; kept: boolean };

const LEAVES = 6;
const OPCODES = {
  f32: { add: 0xe4, mul: 0xe6, madd: 0x105, nmadd: 0x106 },
  f64: { add: 0xf0, mul: 0xf2, madd: 0x107, nmadd: 0x108 },
};
type Precision = keyof typeof OPCODES;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "large", withCrossShrink: true },
    fc.nat({ max: LEAVES - 1 }),
    fc
      .record({
        kind: fc.constantFrom<Kind>("add", "mul", "madd", "nmadd"),
        args: fc.array(tie("tree"), { minLength: 3, maxLength: 3 }),
        kept: fc.boolean(),
      })
      .map((node) => ({ ...node, args: node.args.slice(0, node.kind.endsWith("madd") ? 3 : 2) })),
  ),
}));

/** What is fused in the module is fused: `kept` values pass through a local, some of them in a block. */
function write(of: Tree, precision: Precision): Uint8Array<ArrayBuffer> {
  const body = new Body(2);
  const visit = (at: Tree): void => {
    if (typeof at === "number") {
      body.get(0);
      body.memory(0, 16 * at);
      return;
    }
    for (const arg of at.args) visit(arg);
    body.simd(OPCODES[precision][at.kind]);
    if (!at.kept) return;
    const local = body.v128Local();
    body.set(local);
    body.get(1);
    body.block("if", () => {
      body.get(local);
      body.set(local);
    });
    body.get(local);
  };
  body.get(1);
  visit(of);
  body.memory(11, 0);
  const module = new ModuleWriter();
  module.add(body, 2, "run");
  return module.done();
}

/** Each operation rounded. */
function value(of: Tree, leaves: ArrayLike<number>, round: (x: number) => number): number {
  if (typeof of === "number") return leaves[of]!;
  const [a = NaN, b = NaN, c = NaN] = of.args.map((arg) => value(arg, leaves, round));
  if (of.kind === "add") return round(a + b);
  const product = round(a * b);
  return of.kind === "mul" ? product : round(of.kind === "madd" ? product + c : c - product);
}

function run(wasm: Uint8Array<ArrayBuffer>, leaves: ArrayLike<number>, precision: Precision): number {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const list = precision === "f64" ? new Float64Array(memory.buffer) : new Float32Array(memory.buffer);
  const lanes = 16 / list.BYTES_PER_ELEMENT;
  for (let i = 0; i < LEAVES; i++) list.fill(leaves[i]!, lanes * i, lanes * (i + 1));
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } }).exports;
  (run as (from: number, to: number) => void)(0, 1024);
  return list[1024 / list.BYTES_PER_ELEMENT + lanes - 1]!;
}

const numbers = fc.array(fc.oneof(fc.double({ min: -8, max: 8 }), fc.constantFrom(0, -0, 1, -1)), {
  minLength: LEAVES,
  maxLength: LEAVES,
});

test.each(["f64", "f32"] as const)(
  "the plain form of %s rounds twice, what is made of it fuses",
  (precision) => {
    const round = precision === "f64" ? (x: number) => x : Math.fround;
    fc.assert(
      fc.property(tree, numbers, (of, drawn) => {
        const leaves = drawn.map(round);
        const fused = write(of, precision);
        const plain = plainForm(fused);
        expect(run(plain, leaves, precision)).toBe(value(of, leaves, round));
        const relaxed = plain.slice();
        fuse(relaxed);
        if (variants.includes("relaxed"))
          expect(run(relaxed, leaves, precision)).toBe(run(fused, leaves, precision));
        else expect(WebAssembly.validate(relaxed)).toBe(WebAssembly.validate(fused));
      }),
      { numRuns: 300 },
    );
  },
);

test("what looks like a mark, or a function with too many locals, is not taken", () => {
  const body = new Body(2);
  body.get(1);
  body.simd(12);
  for (let i = 0; i < 4; i++) body.code.append([0xfd, 0xf2, 0x81, 0]);
  body.memory(11, 0);
  const looks = new ModuleWriter();
  looks.add(body, 2, "run");
  expect(() => plainForm(looks.done())).toThrow("something else looks like a mark");
  const many = new Body(2);
  for (let i = 0; i < 126; i++) many.i32Local();
  many.get(1);
  for (let i = 0; i < 3; i++) {
    many.get(0);
    many.memory(0, 0);
  }
  many.simd(OPCODES.f64.nmadd);
  many.memory(11, 0);
  const full = new ModuleWriter();
  full.add(many, 2, "run");
  expect(() => plainForm(full.done())).toThrow("too many locals");
});
