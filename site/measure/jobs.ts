// Measurements on the visitor's machine: the two sides take turns in one process, over several rounds; ratios are medians.

import * as downhill from "downhill";
import type { JobContext } from "../shell/rpc.js";
import { cholesky, gemm, steps } from "./plain.js";

type DType = "f64" | "f32";
type Numbers = Float64Array | Float32Array;
interface Sides {
  ours(): void;
  plain(): void;
  done?: () => void;
}
interface Task {
  readonly id: string;
  readonly title: string;
  readonly sizes: readonly number[];
  readonly dtypes: readonly DType[];
  /** Bytes that one call touches. */
  bytes(n: number, dtype: DType): number;
  make(n: number, dtype: DType, runtime: downhill.Runtime): Sides;
}

const width = (dtype: DType): number => (dtype === "f64" ? 8 : 4);
/** Numbers between -1 and 1, the same every time. */
function numbers(n: number, dtype: DType): Numbers {
  const x = dtype === "f64" ? new Float64Array(n) : new Float32Array(n);
  let state = 12345;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    x[i] = state / 2147483648 - 1;
  }
  return x;
}

const tasks: readonly Task[] = [
  {
    id: "matmul",
    title: "product of two n × n matrices",
    sizes: [16, 64, 128, 256],
    dtypes: ["f64", "f32"],
    bytes: (n, t) => 3 * n * n * width(t),
    make(n, dtype, runtime) {
      const [a, b, c, d] = [
        numbers(n * n, dtype),
        numbers(n * n, dtype),
        numbers(n * n, dtype),
        numbers(n * n, dtype),
      ];
      const A = downhill.matrix(n, n, a as Float64Array);
      const B = downhill.matrix(n, n, b as Float64Array);
      const out = downhill.matrix(n, n, c as Float64Array);
      return {
        ours: () => void downhill.matmul(A, B, { out, runtime }),
        plain: () =>
          gemm(n, n, n, 1, a as Float64Array, n, false, b as Float64Array, n, false, 0, d as Float64Array, n),
      };
    },
  },
  {
    id: "cholesky",
    title: "Cholesky factor of an n × n matrix",
    sizes: [16, 64, 128, 256],
    dtypes: ["f64", "f32"],
    bytes: (n, t) => n * n * width(t),
    make(n, dtype, runtime) {
      const a = numbers(n * n, dtype);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!;
        a[i * n + i] = 2 * n;
      }
      const A = downhill.matrix(n, n, a as Float64Array);
      const factor = downhill.cholesky(A, { runtime });
      const work = a.slice();
      return {
        ours: () => void factor.refactor(A),
        plain: () => {
          work.set(a);
          cholesky(n, work as Float64Array, n);
        },
        done: () => factor.dispose(),
      };
    },
  },
  {
    id: "adam",
    title: "a step of Adam on n parameters",
    sizes: [1000, 4000, 50_000, 1_000_000],
    dtypes: ["f64", "f32"],
    bytes: (n, t) => 4 * n * width(t),
    make(n, dtype, runtime) {
      const opt = downhill.optimizer(numbers(n, dtype), downhill.adam(), { dtype, runtime });
      opt.grads.set(numbers(n, dtype) as Float64Array);
      const Type = dtype === "f64" ? Float64Array : Float32Array;
      const step = steps.adam!(n, Type as Float64ArrayConstructor, 1e-3);
      const [x, g] = [numbers(n, dtype), numbers(n, dtype)];
      return { ours: () => opt.step(), plain: () => step(x, g), done: () => opt.dispose() };
    },
  },
  {
    id: "exp",
    title: "exp of n numbers",
    sizes: [1000, 4000, 50_000, 1_000_000],
    dtypes: ["f64"],
    bytes: (n) => 16 * n,
    make(n, _, runtime) {
      const [x, a, b] = [numbers(n, "f64"), new Float64Array(n), new Float64Array(n)];
      return {
        ours: () => void downhill.vexp(x, a, { runtime }),
        plain: () => {
          for (let i = 0; i < n; i++) b[i] = Math.exp(x[i]!);
        },
      };
    },
  },
];

export interface Measured {
  readonly id: string;
  readonly title: string;
  readonly n: number;
  readonly dtype: DType;
  readonly bytes: number;
  /** Microseconds of one call. */
  readonly ours: number;
  readonly plain: number;
  /** plain / ours: median and quartiles of the rounds. */
  readonly ratio: readonly [number, number, number];
}

const ROUNDS = 9;
/** Milliseconds that one side runs in a round. */
const SLICE = 8;

/** Calls that take about SLICE milliseconds; judged by the fastest of three tries, as the clock is coarse and others run too. */
function calls(run: () => void): number {
  for (let count = 1; ; count *= 2) {
    const took = Math.min(...[0, 1, 2].map(() => (timed(run, count) * count) / 1000));
    if (took > SLICE / 2) return Math.max(1, Math.round((count * SLICE) / took));
  }
}

function timed(run: () => void, count: number): number {
  const begun = performance.now();
  for (let i = 0; i < count; i++) run();
  return ((performance.now() - begun) / count) * 1000;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.round(q * (sorted.length - 1))]!;

export type Variant = "simd" | "relaxed";
const runtimes: Partial<Record<Variant, downhill.Runtime>> = {};
/** One of each kind, with room for the largest sizes. Where there is no relaxed SIMD the library says so. */
function runtimeOf(variant: Variant): downhill.Runtime {
  runtimes[variant] ??= downhill.loadSync({ variant, memoryBytes: 2 ** 27 });
  return runtimes[variant];
}

/** Every kernel at every size; each is told as soon as it is known. */
export async function measure(
  { quick, variant }: { quick: boolean; variant: Variant },
  { signal, progress }: JobContext,
): Promise<{ variant: string; rows: Measured[] }> {
  const runtime = runtimeOf(variant);
  const rows: Measured[] = [];
  const jobs = tasks.flatMap((task) =>
    task.dtypes.flatMap((dtype) => task.sizes.map((n) => ({ task, dtype, n }))),
  );
  // A rehearsal at another size: a loop that has met one pair of arrays only is compiled for them, and would look too good.
  for (const task of tasks) {
    for (const dtype of task.dtypes) {
      const { ours, plain, done } = task.make(24, dtype, runtime);
      for (let i = 0; i < 50; i++) {
        ours();
        plain();
      }
      done?.();
    }
  }
  for (const { task, dtype, n } of jobs) {
    if (signal.aborted) break;
    if (quick && n > task.sizes[1]!) continue;
    const { ours, plain, done } = task.make(n, dtype, runtime);
    const [a, b] = [calls(ours), calls(plain)];
    const [mine, theirs, ratios]: number[][] = [[], [], []];
    for (let round = 0; round < (quick ? 3 : ROUNDS); round++) {
      const [t, u] =
        round % 2 === 0 ? [timed(ours, a), timed(plain, b)] : [timed(plain, b), timed(ours, a)].reverse();
      mine!.push(t!);
      theirs!.push(u!);
      ratios!.push(u! / t!);
    }
    done?.();
    const sorted = (list: number[]) => list.sort((p, q) => p - q);
    const r = sorted(ratios!);
    const row: Measured = {
      id: task.id,
      title: task.title,
      n,
      dtype,
      bytes: task.bytes(n, dtype),
      ours: quantile(sorted(mine!), 0.5),
      plain: quantile(sorted(theirs!), 0.5),
      ratio: [quantile(r, 0.25), quantile(r, 0.5), quantile(r, 0.75)],
    };
    rows.push(row);
    progress({ row, share: rows.length / jobs.length });
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { variant: runtime.variant, rows };
}
