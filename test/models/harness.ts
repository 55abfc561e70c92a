// Runs compiled models on plain arrays: emitted modules in a memory of their own, every array between guard zones and at an
// address that is 8 modulo 16, and the closure evaluator with Math's functions. Test code: Math is an oracle here.

import { setFlagsFromString } from "node:v8";
import { erf } from "mathjs";
import { ELEMENTARY_BYTES } from "../../src/models/constants.js";
import { type Emitted, emitModel, emitObjective } from "../../src/models/emit.js";
import { type FunctionTable, modelEvaluator } from "../../src/models/evaluate.js";
import { fillColumns, hoist } from "../../src/models/invariant.js";
import { ELEMENTARY } from "../../src/models/language.js";
import { type Names, parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { fillElementary } from "../../src/models/tables.js";

type Unary = (x: number) => number;

export const scalar: Record<string, (x: number, y: number) => number> = Object.fromEntries(
  ELEMENTARY.map((name) => [
    name,
    name === "erf" ? (x: number) => (Number.isNaN(x) ? x : erf(x)) : Math[name as "exp"],
  ]),
);

// V8's interpreter and compilers differ in the last bit of pow: the first answer stays.
const powers = new Map<string, number>();
scalar.pow = (x, y) => {
  const key = `${x}^${y}`;
  if (!powers.has(key)) powers.set(key, x ** y);
  return powers.get(key)!;
};

export const mathTable: FunctionTable = {
  unary: (name) => {
    const f = scalar[name] as Unary;
    return (n, x, out) => {
      for (let i = 0; i < n; i++) out[i] = f(x[i]!);
    };
  },
  binary: (name) => (n, x, y, out) => {
    for (let i = 0; i < n; i++) out[i] = scalar[name]!(x[i]!, y[i]!);
  },
};

const PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 135, 2, 11,
]);
// Node 20 has relaxed SIMD behind a flag, which may be set as long as nothing was compiled with it.
if (!WebAssembly.validate(PROBE)) setFlagsFromString("--experimental-wasm-relaxed-simd");
export const hasRelaxed = WebAssembly.validate(PROBE);

const GUARD = 8; // doubles on either side
const MARK = -7.25e77;
const TABLE = 1024;

/** A memory that hands out guarded arrays. */
export class Arena {
  readonly memory = new WebAssembly.Memory({ initial: 40 });
  readonly f64 = new Float64Array(this.memory.buffer);
  #next = Math.ceil((TABLE + ELEMENTARY_BYTES) / 16) * 16;
  #guards: number[] = [];
  #start: number;

  constructor() {
    fillElementary(new Float64Array(this.memory.buffer, TABLE, ELEMENTARY_BYTES / 8));
    this.#start = this.#next;
  }

  reset(): void {
    this.#next = this.#start;
    this.#guards = [];
  }

  take(length: number, aligned = false): number {
    const from = this.#next / 8;
    let at = from + GUARD;
    if (aligned === (at % 2 === 1)) at++;
    const end = at + length + GUARD;
    this.f64.fill(MARK, from, end);
    for (let i = from; i < at; i++) this.#guards.push(i);
    for (let i = at + length; i < end; i++) this.#guards.push(i);
    this.#next = 8 * end;
    return 8 * at;
  }

  put(values: ArrayLike<number>): number {
    const at = this.take(values.length);
    this.f64.set(values, at / 8);
    return at;
  }

  read(at: number, length: number): number[] {
    return Array.from(this.f64.subarray(at / 8, at / 8 + length));
  }

  intact(): boolean {
    return this.#guards.every((i) => this.f64[i] === MARK);
  }

  work(emitted: Emitted): number {
    const { bytes, constants, constantsAt } = emitted.work;
    const at = this.take(bytes / 8, true);
    new Int32Array(this.memory.buffer)[at / 4] = TABLE;
    this.f64.set(constants, (at + constantsAt) / 8);
    return at;
  }

  instantiate(emitted: Emitted): Record<string, (...args: number[]) => void> {
    const math: Record<string, (...args: number[]) => void> = {};
    for (const name of emitted.functions) {
      if (name === "sincos") {
        math.sincos = (_table, n, x, sines, cosines) => {
          for (let i = 0; i < n!; i++) {
            this.f64[cosines! / 8 + i] = Math.cos(this.f64[x! / 8 + i]!);
            this.f64[sines! / 8 + i] = Math.sin(this.f64[x! / 8 + i]!);
          }
        };
        continue;
      }
      const f = scalar[name]!;
      math[name] = (_table, n, x, y, out) => {
        const to = (out ?? y) as number;
        for (let i = 0; i < n!; i++) this.f64[to / 8 + i] = f(this.f64[x! / 8 + i]!, this.f64[y! / 8 + i]!);
      };
    }
    const module = new WebAssembly.Module(emitted.bytes);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory }, math });
    return exports as Record<string, (...args: number[]) => void>;
  }
}

export interface Result {
  values: number[];
  valuesOnly: number[];
  jacobian: number[];
  intact: boolean;
}

const shared = new Arena();

/** At points that are there. */
function runAt(
  arena: Arena,
  run: Record<string, (...args: number[]) => void>,
  xs: number,
  m: number,
  p: number[],
  n: number,
  work: number,
): Result {
  const ps = arena.put(p);
  const out = arena.take(m);
  const only = arena.take(m);
  const jac = arena.take(m * n);
  run.jacobian!(m, xs, m, ps, out, jac, n, work);
  run.values!(m, xs, m, ps, only, 0, 0, work);
  return {
    values: arena.read(out, m),
    valuesOnly: arena.read(only, m),
    jacobian: arena.read(jac, m * n),
    intact: arena.intact(),
  };
}

/** Values and Jacobian of an expression from its emitted module. */
export function runEmitted(
  source: string,
  names: Names,
  x: number[][],
  p: number[],
  relaxed = false,
  arena = shared,
): Result {
  const emitted = emitModel(program(parse(source, names), 1), { relaxed });
  arena.reset();
  const run = arena.instantiate(emitted);
  const m = x[0]?.length ?? 0;
  const n = names.params.length;
  const work = arena.work(emitted);
  const xs = arena.put(x.flat());
  return runAt(arena, run, xs, m, p, n, work);
}

/** The same from the code whose data stay, and how many columns it works out first. */
export function runSteady(source: string, names: Names, x: number[][], p: number[]) {
  const { program: over, columns } = hoist(program(parse(source, names), 1));
  const emitted = emitModel(over, {}, columns);
  shared.reset();
  const run = shared.instantiate(emitted);
  const m = x[0]?.length ?? 0;
  const n = names.params.length;
  const work = shared.work(emitted);
  const xs = shared.put([...x.flat(), ...new Array<number>(m * columns.length).fill(0)]);
  const steady = { code: null as never, variables: x.length, columns: columns.length };
  fillColumns(steady, { exports: run, work: emitted.work, table: 0 } as never, m, xs, work);
  const result = runAt(shared, run, xs, m, p, n, work);
  return { ...result, columns: columns.length };
}

export function runClosures(
  source: string,
  names: Names,
  x: number[][],
  p: number[],
  table = mathTable,
): Result {
  const evaluator = modelEvaluator(program(parse(source, names), 1), table);
  const m = x[0]?.length ?? 0;
  const n = names.params.length;
  const values = new Array<number>(m).fill(0);
  const valuesOnly = new Array<number>(m).fill(0);
  const jacobian = new Array<number>(m * n).fill(0);
  evaluator.jacobian(m, x.flat(), m, p, values, jacobian, n);
  evaluator.values(m, x.flat(), m, p, valuesOnly);
  return { values, valuesOnly, jacobian, intact: true };
}

/** Value, gradient and Hessian of an objective from its emitted module: at a point, or summed over the columns of x. */
export function runObjective(source: string, names: Names, x: number[][], p: number[], relaxed = false) {
  const summed = names.variables.length > 0;
  const emitted = emitObjective(program(parse(source, names), 2), summed, { relaxed });
  const arena = shared;
  arena.reset();
  const run = arena.instantiate(emitted);
  const m = x[0]?.length ?? 1;
  const n = names.params.length;
  const work = arena.work(emitted);
  const xs = arena.put(x.flat());
  const ps = arena.put(p);
  const out = [arena.take(1), arena.take(1), arena.take(1)] as const;
  const grad = [arena.take(n), arena.take(n)] as const;
  const hess = arena.take(n * n);
  run.hessian!(m, xs, m, ps, out[0], grad[0], hess, work);
  run.gradient!(m, xs, m, ps, out[1], grad[1], 0, work);
  run.value!(m, xs, m, ps, out[2], 0, 0, work);
  return {
    value: out.map((at) => arena.read(at, 1)[0]!),
    gradient: grad.map((at) => arena.read(at, n)),
    hessian: arena.read(hess, n * n),
    intact: arena.intact(),
  };
}
