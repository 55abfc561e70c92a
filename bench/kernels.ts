// The kernels of blas and dense in one precision: against the best plain JavaScript (bench/plain), or the
// relaxed variant against simd. Each precision runs in a process of its own, because a JavaScript loop that has
// seen both array types is slower.

import { loadSync } from "../src/index.js";
import type { Variant } from "../src/runtime/rooms.js";
import type { CoreRuntime } from "../src/runtime/runtime.js";
import { type BlasKernels, room as blasRoom } from "../src/wasm/blas.js";
import { type DenseKernels, room as denseRoom } from "../src/wasm/dense.js";
import { bench, type Contest } from "./harness.js";
import * as blas from "./plain/blas.js";
import * as cholesky from "./plain/cholesky.js";
import * as dense from "./plain/dense.js";

type Precision = "f64" | "f32";
type Call = (...args: number[]) => number;
type Numbers = Float64Array | Float32Array;

/** Reproducible numbers in [-1, 1). */
function numbers(n: number): Float64Array {
  let state = 12345;
  return Float64Array.from({ length: n }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 30 - 1;
  });
}

class Side {
  readonly #runtime: CoreRuntime;
  readonly #suffix: string;
  readonly #precision: Precision;

  constructor(precision: Precision, variant: Variant) {
    this.#runtime = loadSync({ variant, memoryBytes: 512 * 1024 * 1024 }) as CoreRuntime;
    this.#suffix = precision === "f64" ? "F64" : "F32";
    this.#precision = precision;
  }

  blas(name: string): Call {
    return this.#runtime.kernels(blasRoom)[`${name}${this.#suffix}` as keyof BlasKernels] as Call;
  }

  dense(name: string): Call {
    return this.#runtime.kernels(denseRoom)[`${name}${this.#suffix}` as keyof DenseKernels] as Call;
  }

  place(values: Float64Array): Numbers {
    return this.#runtime[this.#precision](values).data;
  }

  work(bytes: number): number {
    return this.#runtime.f64(Math.ceil(bytes / 8)).data.byteOffset;
  }

  dispose(): void {
    this.#runtime.dispose();
  }
}

interface Case {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly goal?: Partial<Record<Precision, Readonly<Record<number, number>>>>;
  readonly flops: (n: number) => number;
  readonly core: (side: Side, n: number) => () => unknown;
  readonly plain: (n: number, own: (x: Float64Array) => Numbers) => () => unknown;
}

const LEVEL1 = [8, 100, 1000, 20_000, 1_000_000, 8_000_000];
const TEN = { 1000: 2.5 };

function level1(
  name: string,
  flops: number,
  core: (call: Call, n: number, x: number, y: number) => unknown,
  twin: (n: number, x: Numbers, y: Numbers) => unknown,
  goal?: Case["goal"],
): Case {
  return {
    name,
    sizes: LEVEL1,
    ...(goal ? { goal } : {}),
    flops: (n) => flops * n,
    core: (side, n) => {
      const call = side.blas(name);
      const values = numbers(n);
      const x = side.place(values).byteOffset;
      const y = side.place(values).byteOffset;
      return () => core(call, n, x, y);
    },
    plain: (n, own) => {
      const x = own(numbers(n));
      const y = own(numbers(n));
      return () => twin(n, x, y);
    },
  };
}

type Syrk = typeof dense.syrk;

function jtj(n: number, rows: readonly number[], goal: Record<number, number>, syrk: Syrk): Case {
  return {
    name: syrk === dense.syrk ? `JtJ m x ${n}` : `JtJ m x ${n}, textbook loops`,
    sizes: rows,
    goal: { f64: goal },
    flops: (m) => m * n * (n + 1),
    core: (side, m) => {
      const call = side.dense("syrk");
      const A = side.place(numbers(m * n)).byteOffset;
      const C = side.place(new Float64Array(n * n)).byteOffset;
      const work = side.work(side.dense("syrkWork")(m, n));
      return () => call(m, n, A, n, C, n, work);
    },
    plain: (m, own) => {
      const A = own(numbers(m * n));
      const C = own(new Float64Array(n * n));
      return () => syrk(m, n, A, n, C, n);
    },
  };
}

function spd(n: number): Float64Array {
  const S = numbers(n * n).map((z) => 0.01 * z);
  for (let i = 0; i < n; i++) S[i * n + i] = n;
  return S;
}

const cases: Case[] = [
  level1("dot", 2, (call, n, x, y) => call(n, x, y), blas.dot, { f64: TEN, f32: { 1000: 7 } }),
  level1(
    "axpy",
    2,
    (call, n, x, y) => call(n, 1e-9, x, y),
    (n, x, y) => blas.axpy(n, 1e-9, x, y),
    { f64: TEN, f32: { 1000: 7 } },
  ),
  level1(
    "axpby",
    3,
    (call, n, x, y) => call(n, 0.5, x, 0.5, y),
    (n, x, y) => blas.axpby(n, 0.5, x, 0.5, y),
  ),
  level1(
    "scal",
    1,
    (call, n, _, y) => call(n, -1, y),
    (n, _, y) => blas.scal(n, -1, y),
  ),
  level1(
    "nrm2",
    2,
    (call, n, x) => call(n, x),
    (n, x) => blas.nrm2(n, x),
  ),
  level1(
    "asum",
    1,
    (call, n, x) => call(n, x),
    (n, x) => blas.asum(n, x),
  ),
  level1(
    "iamax",
    1,
    (call, n, x) => call(n, x),
    (n, x) => blas.iamax(n, x),
  ),
  ...(["gemv", "gemvT"] as const).map(
    (name): Case => ({
      name,
      sizes: [8, 100, 256, 1000],
      flops: (n) => 2 * n * n,
      core: (side, n) => {
        const call = side.dense(name);
        const A = side.place(numbers(n * n)).byteOffset;
        const x = side.place(numbers(n)).byteOffset;
        const y = side.place(numbers(n)).byteOffset;
        return () => call(n, n, 1, A, n, x, 0, y);
      },
      plain: (n, own) => {
        const A = own(numbers(n * n));
        const x = own(numbers(n));
        const y = own(numbers(n));
        return () => dense[name](n, n, 1, A, n, x, 0, y);
      },
    }),
  ),
  jtj(3, [14, 100, 1000], {}, dense.syrk),
  // 36 products a row fill 18 registers. A loop of nothing but their multiplications and additions, without a load,
  // takes 3.5 ns a row where ours takes 4.4 and the tiles in JavaScript 15.8 (least times): even that loop is at 4.5.
  jtj(8, [100, 1000], { 1000: 5 }, dense.syrk),
  jtj(50, [1000, 10_000], { 10000: 5 }, dense.syrk),
  // What most programs have: a product row by row. The tiled loops above are three to six times faster.
  jtj(8, [1000], {}, dense.textbookSyrk),
  jtj(50, [10_000], {}, dense.textbookSyrk),
  {
    name: "Cholesky",
    sizes: [4, 8, 16, 64, 256, 512],
    goal: { f64: { 64: 4, 256: 4 } },
    flops: (n) => (n * n * n) / 3,
    core: (side, n) => {
      const call = side.dense("cholesky");
      const from = spd(n);
      const L = side.place(from);
      const source = L.slice();
      const p = L.byteOffset;
      const work = side.work(side.dense("choleskyWork")(n));
      return () => {
        L.set(source);
        return call(n, p, n, work);
      };
    },
    plain: (n, own) => {
      const L = own(spd(n));
      const source = own(spd(n));
      return () => {
        L.set(source);
        return cholesky.cholesky(n, L, n);
      };
    },
  },
  {
    name: "GEMM",
    sizes: [8, 64, 256, 512],
    goal: { f64: { 256: 4 }, f32: { 256: 8 } },
    flops: (n) => 2 * n * n * n,
    core: (side, n) => {
      const call = side.dense("gemm");
      const [A, B, C] = [0, 1, 2].map(() => side.place(numbers(n * n)).byteOffset) as [
        number,
        number,
        number,
      ];
      const work = side.work(side.dense("gemmWork")(n, n, n));
      return () => call(n, n, n, 1, A, n, 0, B, n, 0, 0, C, n, work);
    },
    plain: (n, own) => {
      const [A, B, C] = [0, 1, 2].map(() => own(numbers(n * n))) as [Numbers, Numbers, Numbers];
      return () => dense.gemm(n, n, n, 1, A, n, false, B, n, false, 0, C, n);
    },
  },
];

/** Everything in one precision against plain JavaScript. */
export function against(precision: Precision): void {
  const own = (x: Float64Array): Numbers => (precision === "f64" ? x.slice() : Float32Array.from(x));
  for (const { name, sizes, goal, flops, core, plain } of cases) {
    const setup = (n: number): Contest => {
      const side = new Side(precision, "simd");
      return { ours: core(side, n), peer: plain(n, own), work: flops(n), dispose: () => side.dispose() };
    };
    const least = goal?.[precision];
    bench("kernels", {
      name: `${name} ${precision}`,
      sizes,
      setup,
      ...(least ? { goal: (n: number) => least[n] } : {}),
    });
  }
}

/** Relaxed against simd where fused multiply-add can pay. */
export function betweenVariants(): void {
  const wanted: Record<string, number> = {
    GEMM: 256,
    Cholesky: 256,
    "JtJ m x 8": 1000,
    "JtJ m x 50": 10_000,
  };
  for (const precision of ["f64", "f32"] as const) {
    for (const { name, flops, core } of cases) {
      const size = wanted[name];
      if (size === undefined) continue;
      const setup = (n: number): Contest => {
        const sides = [new Side(precision, "relaxed"), new Side(precision, "simd")] as const;
        const dispose = () => {
          for (const side of sides) side.dispose();
        };
        return { ours: core(sides[0], n), peer: core(sides[1], n), work: flops(n), dispose };
      };
      const goal = name === "GEMM" || name === "Cholesky" ? { goal: 1.15 } : {};
      bench("relaxed over simd", { name: `${name} ${precision}`, sizes: [size], setup, ...goal });
    }
  }
}
