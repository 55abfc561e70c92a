// A program becomes a WebAssembly module over an imported memory (env.memory). All exports share one signature of eight
// i32, so one table type serves every model:
//   values, jacobian            (m, x, ldx, p, out, jac, ldj, work)    row-major jac[i*ldj + j] = d f(x_i) / d p_j
//   value, gradient, hessian    (m, x, ldx, p, out, grad, hess, work)  of f, or of its sum over the m points
// x holds variable v of point i at element v*ldx + i. Nothing outside these arrays and the work block is read or written,
// and pointers need only the alignment of a double. The work block (16-byte aligned) begins with the address of the elementary functions'
// table; what the exports leave in it has no meaning afterwards, so one block serves any number of calls, one at a time.

import type { GraphNode } from "./graph.js";
import { KernelWriter } from "./kernel.js";
import { BINARY, type Imported } from "./language.js";
import type { Kernel, Target } from "./loop.js";
import * as PARAMS from "./params.js";
import { type Program, triangle } from "./program.js";
import { reduction } from "./reduce.js";
import { ModuleWriter } from "./wasm.js";

export interface EmitOptions {
  /** Fused multiply-add: faster, but the last bits then depend on the machine. */
  readonly relaxed?: boolean;
}

export interface Emitted {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * To be imported as math.<name>: (table, n, x, out) on arrays of n doubles; pow and atan2 take (table, n, x, y, out),
   * sincos (table, n, x, sines, cosines).
   */
  readonly functions: readonly Imported[];
  readonly work: {
    readonly bytes: number;
    /** To be written once into the block, from byte `constantsAt` on. */
    readonly constants: Float64Array;
    readonly constantsAt: number;
  };
}

/** Functions `values` and `jacobian` of a model, and one like `values` for each of `columns`. */
export function emitModel(
  { value, first }: Program,
  options: EmitOptions = {},
  columns: readonly GraphNode[] = [],
): Emitted {
  const kernel = (name: string, ...roots: GraphNode[]): Kernel => ({
    name,
    roots,
    sink: "rows",
    targets: [],
  });
  const more = columns.map((node, i) => kernel(`column${i}`, node));
  return emit([kernel("values", value), kernel("jacobian", value, ...first), ...more], options);
}

/** Functions `value`, `gradient` and `hessian` (full, row-major) at one point, or summed over data. */
export function emitObjective(program: Program, summed: boolean, options: EmitOptions = {}): Emitted {
  const n = program.first.length;
  const sink = summed ? "sum" : "point";
  const roots = [program.value, ...program.first, ...program.second];
  const targets: Target[][] = [[[PARAMS.out, 0]]];
  for (let i = 0; i < n; i++) targets.push([[PARAMS.jac, 8 * i]]);
  for (const [i, j] of triangle(n)) {
    const place: Target = [PARAMS.ldj, 8 * (i * n + j)];
    targets.push(i === j ? [place] : [place, [PARAMS.ldj, 8 * (j * n + i)]]);
  }
  const kernel = (name: string, count: number): Kernel => ({
    name,
    roots: roots.slice(0, count),
    sink,
    targets: targets.slice(0, count),
    reduction,
  });
  return emit([kernel("value", 1), kernel("gradient", 1 + n), kernel("hessian", roots.length)], options);
}

export function emit(kernels: readonly Kernel[], { relaxed = false }: EmitOptions): Emitted {
  const writers = kernels.map((kernel) => new KernelWriter(kernel));
  const constantsAt = Math.max(...writers.map(({ layout }) => layout.end));
  const constants: number[] = [];
  const places = new Map<string, number>();
  const constantAt = (value: number): number => {
    const key = Object.is(value, -0) ? "-0" : String(value);
    let place = places.get(key);
    if (place === undefined) {
      place = constantsAt + 8 * constants.length;
      places.set(key, place);
      constants.push(value, value);
    }
    return place;
  };

  const module = new ModuleWriter();
  const functions = [...new Set(writers.flatMap((writer) => writer.functions))];
  const imports = new Map(
    functions.map((name) => {
      const params = name === "sincos" || BINARY.includes(name) ? 5 : 4;
      return [name as string, module.import({ module: "math", name, params })];
    }),
  );
  const env = { module, relaxed, constantAt, imported: (op: string) => imports.get(op)! };
  for (const writer of writers) writer.write(env);
  return {
    bytes: module.done(),
    functions,
    work: { bytes: constantsAt + 8 * constants.length, constants: new Float64Array(constants), constantsAt },
  };
}
