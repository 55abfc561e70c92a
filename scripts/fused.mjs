// A module with fused multiply-adds, written so that its plain form is the one that is kept: `a b c madd` becomes `a b mul c add`,
// `c - a b` becomes `a b mul (set t) c (get t) sub`. The opcodes that belong together are written with more bytes than they need
// (LEB128 may be padded), which marks them: src/abi/fuse.ts puts the fused form in their place, byte for byte.

const V128 = 0x7b;
/** Opcodes after the prefix 0xfd: of f32x4; those of f64x2 are 12 (fused: 2) further. */
const [ADD, MUL, MADD] = [0xe4, 0xe6, 0x105];

/** Reads a module, or a part of it. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  leb() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }
}

/** The value as LEB128, of `length` bytes or as few as it takes. */
function leb(value, length = 0) {
  const bytes = [];
  do {
    bytes.push((value & 127) | 128);
    value >>>= 7;
  } while (value > 0 || bytes.length < length);
  bytes[bytes.length - 1] &= 127;
  return bytes;
}

/** [values taken, values left] of the opcodes that stand for themselves. */
function plainArity(op) {
  if (op === 0x1a) return [1, 0];
  if (op === 0x1b) return [3, 1];
  if (op === 0x45 || op === 0x50) return [1, 1]; // eqz
  if (op >= 0x46 && op <= 0x66) return [2, 1]; // comparisons
  if ((op >= 0x67 && op <= 0x69) || (op >= 0x79 && op <= 0x7b)) return [1, 1];
  if ((op >= 0x8b && op <= 0x91) || (op >= 0x99 && op <= 0x9f)) return [1, 1];
  if (op >= 0x6a && op <= 0xa6) return [2, 1];
  if (op >= 0xa7 && op <= 0xc4) return [1, 1];
  throw new Error(`opcode ${op.toString(16)} is unknown`);
}

/** The same of vectors, without what they read or write in memory. */
function vectorArity(op) {
  if (op >= 0x0f && op <= 0x14) return [1, 1]; // splats
  if (op >= 0x15 && op <= 0x22) return [0x17, 0x1a, 0x1c, 0x1e, 0x20, 0x22].includes(op) ? [2, 1] : [1, 1];
  if (op === 0x52 || (op >= MADD && op < MADD + 4)) return [3, 1];
  if (op >= 0x100) throw new Error(`opcode fd ${op.toString(16)} is unknown`);
  const unary =
    [0x4d, 0x53, 0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x67, 0x68, 0x69, 0x6a, 0x74, 0x75, 0x7a, 0x94] //
      .includes(op) ||
    (op >= 0x7c && op <= 0x84 && op !== 0x82) ||
    (op >= 0x87 && op <= 0x8a) ||
    (op >= 0xa0 && op <= 0xaa && op !== 0xae) ||
    (op >= 0xc0 && op <= 0xca) ||
    [0xe0, 0xe1, 0xe3, 0xec, 0xed, 0xef].includes(op) ||
    op >= 0xf8;
  return unary ? [1, 1] : [2, 1];
}

/** The plain, marked form of a module with fused multiply-adds. */
export function plainForm(wasm) {
  const module = new Reader(wasm, 8);
  const known = { types: [], functions: [], fused: 0 };
  const made = [wasm.subarray(0, 8)];
  while (module.at < wasm.length) {
    const from = module.at;
    const id = wasm[module.at++];
    const size = module.leb();
    const end = module.at + size;
    if (id === 1) readTypes(module, known);
    else if (id === 2) readImports(module, known);
    else if (id === 3) for (let count = module.leb(); count > 0; count--) known.functions.push(module.leb());
    if (id !== 10) made.push(wasm.subarray(from, end));
    else {
      const bodies = readBodies(module, known);
      made.push(Buffer.from([id, ...leb(bodies.length), ...bodies]));
    }
    module.at = end;
  }
  const plain = new Uint8Array(Buffer.concat(made));
  const marked = plain.filter(
    (byte, i) => byte === 0xfd && plain[i + 2] === 0x81 && (plain[i + 3] & 127) === 0,
  ).length;
  if (marked !== 2 * known.fused) throw new Error("something else looks like a mark");
  if (!WebAssembly.validate(plain)) throw new Error("the plain form is no module");
  return plain;
}

function readTypes(module, { types }) {
  for (let count = module.leb(); count > 0; count--) {
    module.at++;
    const [params, results] = [0, 0].map(() => {
      const values = module.leb();
      module.at += values;
      return values;
    });
    types.push({ params, results });
  }
}

function readImports(module, { functions }) {
  for (let count = module.leb(); count > 0; count--) {
    for (let name = 0; name < 2; name++) {
      const length = module.leb();
      module.at += length;
    }
    const kind = module.bytes[module.at++];
    if (kind === 0) functions.push(module.leb());
    else if (kind === 3) module.at += 2;
    else {
      if (kind === 1) module.at++;
      const flags = module.leb();
      for (let limit = flags & 1; limit >= 0; limit--) module.leb();
    }
  }
}

function readBodies(module, known) {
  const count = module.leb();
  const bodies = [...leb(count)];
  for (let i = 0; i < count; i++) {
    const end = module.leb() + module.at;
    const body = plainBody(module, end, known, known.functions[known.functions.length - count + i]);
    bodies.push(...leb(body.length), ...body);
    module.at = end;
  }
  return bodies;
}

/** One function. Values on the stack are known by the place in `code` behind what makes them. */
function plainBody(reader, end, known, type) {
  const { types, functions } = known;
  const locals = reader.at;
  let variables = types[type].params;
  const groups = reader.leb();
  for (let i = 0; i < groups; i++) {
    variables += reader.leb();
    reader.at++;
  }
  const declared = [...reader.bytes.subarray(locals, reader.at)];
  /** Instructions, and what stands between them. */
  const code = [];
  const stack = [];
  const blocks = [{ height: 0, results: 0 }];
  /** Products that are kept in a local of their own. */
  const kept = [];
  let scratch = 0;
  const move = ([taken, left]) => {
    if (left > 1) throw new Error("functions of several results are not known here");
    stack.length = Math.max(stack.length - taken, blocks[blocks.length - 1].height);
    for (; left > 0; left--) stack.push(code.length);
  };
  const open = (taken) => {
    move([taken, 0]);
    const type = reader.bytes[reader.at++];
    if (type < 0x40) throw new Error("blocks with types of their own are not known here");
    blocks.push({ height: stack.length, results: type === 0x40 ? 0 : 1 });
  };
  while (reader.at < end) {
    const from = reader.at;
    const op = reader.bytes[reader.at++];
    let arity = null;
    let fused = null;
    if (op === 0x02 || op === 0x03) open(0);
    else if (op === 0x04) open(1);
    else if (op === 0x05) stack.length = blocks[blocks.length - 1].height;
    else if (op === 0x0b) {
      const { height, results } = blocks.pop();
      stack.length = height;
      if (results > 0) stack.push(code.length + 1);
    } else if (op === 0x00 || op === 0x01 || op === 0x0f)
      arity = op === 0x0f ? [types[type].results, 0] : [0, 0];
    else if (op === 0x0c || op === 0x0d) {
      reader.leb();
      arity = [op - 0x0c, 0];
    } else if (op === 0x0e) {
      for (let targets = reader.leb(); targets >= 0; targets--) reader.leb();
      arity = [1, 0];
    } else if (op === 0x10) {
      const { params, results } = types[functions[reader.leb()]];
      arity = [params, results];
    } else if (op === 0x11) {
      const { params, results } = types[reader.leb()];
      reader.leb();
      arity = [params + 1, results];
    } else if (op >= 0x20 && op <= 0x24) {
      reader.leb();
      arity = [
        [0, 1],
        [1, 0],
        [1, 1],
        [0, 1],
        [1, 0],
      ][op - 0x20];
    } else if (op >= 0x28 && op <= 0x3e) {
      reader.leb();
      reader.leb();
      arity = op <= 0x35 ? [1, 1] : [2, 0];
    } else if (op === 0x3f || op === 0x40) {
      reader.leb();
      arity = op === 0x3f ? [0, 1] : [1, 1];
    } else if (op === 0x41 || op === 0x42) {
      reader.leb();
      arity = [0, 1];
    } else if (op === 0x43 || op === 0x44) {
      reader.at += op === 0x43 ? 4 : 8;
      arity = [0, 1];
    } else if (op === 0xfc) {
      const sub = reader.leb();
      if (sub === 10 || sub === 11) reader.at += sub === 10 ? 2 : 1;
      else if (sub > 7) throw new Error(`opcode fc ${sub} is unknown`);
      arity = sub < 8 ? [1, 1] : [3, 0];
    } else if (op === 0xfd) {
      const sub = reader.leb();
      if (sub <= 0x0b || (sub >= 0x54 && sub <= 0x5d)) {
        reader.leb();
        reader.leb();
        const lane = sub >= 0x54 && sub <= 0x5b;
        if (lane) reader.at++;
        arity = sub === 0x0b || (lane && sub >= 0x58) ? [2, 0] : [lane ? 2 : 1, 1];
      } else if (sub === 0x0c || sub === 0x0d) {
        reader.at += 16;
        arity = sub === 0x0c ? [0, 1] : [2, 1];
      } else {
        if (sub >= 0x15 && sub <= 0x22) reader.at++;
        arity = vectorArity(sub);
        if (sub >= MADD && sub < MADD + 4) fused = sub - MADD;
      }
    } else arity = plainArity(op);
    const bytes = reader.bytes.subarray(from, reader.at);
    if (fused === null) code.push([...bytes]);
    else {
      // 0: a b + c, 1: c - a b of f32x4; 2, 3: of f64x2.
      const wide = fused >= 2 ? 12 : 0;
      const product = stack[stack.length - 2];
      known.fused++;
      if (fused & 1) {
        // Not in a local of what is computed between the two.
        const taken = kept.filter(({ from }) => from >= product).map(({ local }) => local);
        const local = [...kept.keys(), kept.length].find((free) => !taken.includes(free));
        kept.push({ from: product, local });
        scratch = Math.max(scratch, local + 1);
        if (variables + local > 127)
          throw new Error("a function has too many locals for a mark of two bytes");
        code[product - 1].push(0xfd, ...leb(MUL + wide, 4), 0x21, variables + local);
        code.push([0x20, variables + local, 0xfd, ...leb(ADD + 1 + wide, 3)]);
      } else {
        code[product - 1].push(0xfd, ...leb(MUL + wide, 3));
        code.push([0xfd, ...leb(ADD + wide, 3)]);
      }
    }
    if (arity) move(arity);
  }
  if (scratch === 0) return [...declared, ...code.flat()];
  return [...leb(groups + 1), ...declared.slice(leb(groups).length), ...leb(scratch), V128, ...code.flat()];
}
