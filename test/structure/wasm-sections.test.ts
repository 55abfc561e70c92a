// The kernel contract, read from the binaries: a room imports the memory and nothing else, and has no data,
// no start function and no mutable global, so that it can be instantiated over any runtime's memory.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rooms } from "../../scripts/rooms.mjs";

const NAMES = "custom type import function table memory global export start elem code data".split(" ");
const ALLOWED = ["type", "import", "function", "table", "global", "export", "elem", "code"];
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("the module ends too early");
    return byte;
  }

  /** LEB128; the sign does not matter here. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  /** The initial value of a global: one constant instruction and `end`. */
  constant(): void {
    const code = this.byte();
    const skip = { 65: "leb", 66: "leb", 67: 4, 68: 8 }[code];
    if (skip === undefined) throw new Error(`a global starts with instruction ${code}, not a constant`);
    if (skip === "leb") this.number();
    else this.at += skip as number;
    if (this.byte() !== 11) throw new Error("a global has more than one instruction");
  }
}

function readModule(path: string) {
  const reader = new Reader(readFileSync(path));
  reader.at = 8;
  const sections: string[] = [];
  const imports: { from: string; kind: number }[] = [];
  const exports: { name: string; kind: number }[] = [];
  let mutableGlobals = 0;
  while (reader.at < reader.bytes.length) {
    const name = NAMES[reader.byte()] ?? "unknown";
    const size = reader.number();
    const end = reader.at + size;
    sections.push(name);
    if (name === "import") {
      for (let left = reader.number(); left > 0; left--) {
        const from = `${reader.text()}.${reader.text()}`;
        const kind = reader.byte();
        imports.push({ from, kind });
        if (kind === FUNCTION) reader.number();
        if (kind !== MEMORY) continue;
        const bounded = reader.number() & 1;
        reader.number();
        if (bounded) reader.number();
      }
    } else if (name === "global") {
      for (let left = reader.number(); left > 0; left--) {
        reader.byte();
        mutableGlobals += reader.byte();
        reader.constant();
      }
    } else if (name === "export") {
      for (let left = reader.number(); left > 0; left--) {
        exports.push({ name: reader.text(), kind: reader.byte() });
        reader.number();
      }
    }
    reader.at = end;
  }
  return { sections, imports, exports, mutableGlobals };
}

const built = readdirSync("dist/wasm").filter((name) => name.endsWith(".wasm"));

test("every room is built in its variants, and nothing else is there", () => {
  const expected = Object.entries(rooms).flatMap(([room, { relaxed }]) =>
    relaxed ? [`${room}.relaxed.wasm`, `${room}.simd.wasm`] : [`${room}.simd.wasm`],
  );
  expect(built.sort()).toEqual(expected.sort());
});

test.each(built)("%s keeps the kernel contract", (name) => {
  const module = readModule(`dist/wasm/${name}`);
  expect(module.sections.filter((section) => !ALLOWED.includes(section))).toEqual([]);
  // A room of scalar functions needs no memory, and the compiler leaves the import out.
  // Beside it only functions of the rooms that it is declared to need.
  const needs = rooms[name.split(".")[0] as string]?.needs ?? [];
  const foreign = module.imports.filter(({ from, kind }) => {
    if (kind === FUNCTION) return !needs.includes(from.split(".")[0] as string);
    return from !== "env.memory" || kind !== MEMORY;
  });
  expect(foreign).toEqual([]);
  expect(module.mutableGlobals).toBe(0);
  const functions = module.exports.filter(({ kind }) => kind === FUNCTION);
  expect(functions.length).toBeGreaterThan(0);
  const others = module.exports.filter(
    ({ kind, name }) => kind !== FUNCTION && !(kind === TABLE && name === "table"),
  );
  expect(others).toEqual([]);
});

test.each(built.filter((name) => name.endsWith(".simd.wasm")))("%s runs on every engine", (name) => {
  expect(WebAssembly.validate(readFileSync(`dist/wasm/${name}`))).toBe(true);
});

test.each(built.filter((name) => name.endsWith(".relaxed.wasm")))(
  "%s offers what its simd twin offers",
  (name) => {
    const twin = readModule(`dist/wasm/${name.replace("relaxed", "simd")}`);
    expect(readModule(`dist/wasm/${name}`).exports).toEqual(twin.exports);
    expect(readFileSync(`dist/wasm/${name}`)).not.toEqual(
      readFileSync(`dist/wasm/${name.replace("relaxed", "simd")}`),
    );
  },
);
