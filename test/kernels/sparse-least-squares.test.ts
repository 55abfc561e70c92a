// The kernels of a sparse Jacobian against their twin on full arrays, sizes 0 to 67, vectors at odd offsets between guards: products,
// rotations, rank, variances, undetermined directions, steps with and without damping, by both paths.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as S from "../../src/abi/least-squares.js";
import { type SolveSpace, solveIn } from "../../src/least-squares/space.js";
import { movePlan, planPattern, SparseLayout } from "../../src/least-squares/sparse-space.js";
import { readPattern } from "../../src/linalg/sparse-pattern.js";
import type { Workspace } from "../../src/runtime/workspace.js";
import type { SparseLeastSquaresKernels } from "../../src/wasm/sparse-least-squares.js";
import * as twin from "../reference/least-squares/sparse.js";
import { uniform } from "./instance.js";

const GUARD = 64;
const CANARY = 0xa5;
const memory = new WebAssembly.Memory({ initial: 64 });

function instantiate(name: string, imports: WebAssembly.Imports): WebAssembly.Exports {
  const bytes = readFileSync(new URL(`../../dist/wasm/${name}.simd.wasm`, import.meta.url));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory }, ...imports }).exports;
}

const ldl = instantiate("ldl", {});
const kernels = instantiate("sparse-least-squares", {
  ldl: ldl as WebAssembly.ModuleImports,
}) as unknown as SparseLeastSquaresKernels;

/** Row i has entries in these columns. */
type Has = (i: number) => readonly number[];

/** A solve whose vectors stand `odd` elements after multiples of 16 bytes, each between guards. */
function solveOf(m: number, n: number, has: Has, value: (i: number, j: number) => number, odd: number) {
  const rows = Array.from({ length: m }, (_, i) =>
    [...new Set(has(i))].filter((j) => j >= 0 && j < n).sort((a, b) => a - b),
  );
  const rowPtr = Int32Array.from([
    0,
    ...rows.map(
      (
        (sum) => (row) =>
          (sum += row.length)
      )(0),
    ),
  ]);
  const colIdx = Int32Array.from(rows.flat());
  const given = { rows: m, cols: n, rowPtr, colIdx, values: new Float64Array(colIdx.length) };
  const plan = planPattern(readPattern("test", "jacobianPattern", given, m, n), undefined);
  const layout = new SparseLayout(plan, { robust: false, bounded: false, differences: false });
  const bytes = new Uint8Array(memory.buffer);
  const guards: [number, number][] = [];
  let top = 1024;
  const at: Record<string, number> = {};
  const place = (name: string, size: number, each: number): number => {
    const from = ((top + GUARD + 15) & ~15) + odd * each;
    const end = from + size * each;
    if (end + GUARD > bytes.length) throw new Error("memory of this test is too small");
    bytes.fill(CANARY, top, from);
    bytes.fill(CANARY, end, end + GUARD);
    guards.push([top, from], [end, end + GUARD]);
    top = end + GUARD;
    at[name] = from;
    return from;
  };
  const f64: Record<string, Float64Array> = {};
  const i32: Record<string, Int32Array> = {};
  for (const [name, size] of Object.entries(layout.f64))
    f64[name] = new Float64Array(memory.buffer, place(name, size, 8), size).fill(NaN);
  for (const [name, size] of Object.entries(layout.i32))
    i32[name] = new Int32Array(memory.buffer, place(name, size, 4), size).fill(-1);
  const workspace = { f64, i32, at, runtime: { buffer: memory.buffer, kernels: () => kernels } };
  movePlan(plan, workspace as unknown as Workspace);
  const solve = solveIn(workspace as unknown as SolveSpace, m, n);
  const J = new Float64Array(m * n);
  rows.forEach((row, i) => {
    row.forEach((j, k) => {
      J[i * n + j] = f64.J![rowPtr[i]! + k] = value(i, j);
    });
  });
  for (let i = 0; i < m; i++) f64.best![i] = Math.sin(1 + 3 * i);
  f64.x!.fill(1);
  for (const name of ["d", "span"]) f64[name]!.fill(0);
  const { s } = solve;
  s.fill(0);
  s[S.S_FACTOR] = s[S.S_FRESH] = s[S.S_FIRST] = s[S.S_FRACTION] = 1;
  s[S.S_COST] = f64.best!.reduce((sum, v) => sum + v * v, 0);
  const { order } = plan.symbolic;
  const twins: twin.Given = { m, n, J, r: f64.best!.slice(), order, rowOrder: plan.rowOrder };
  const { rows: ids, rowsAt, valuesAt, first } = plan.symbolic;
  /** The numbers of panels as a full triangle in the order of elimination. */
  const triangle = (name: "R" | "T" | "M"): Float64Array => {
    const R = new Float64Array(n * n);
    for (let k = 0; k < n; k++) {
      const t = plan.owner[k]!;
      const off = k - first[t]!;
      const long = rowsAt[t + 1]! - rowsAt[t]!;
      for (let e = off; e < long; e++)
        R[k * n + ids[rowsAt[t]! + e]!] = f64[name]![valuesAt[t]! + off * long + e]!;
    }
    return R;
  };
  const intact = (): boolean =>
    guards.every(([from, to]) => bytes.subarray(from, to).every((v) => v === CANARY)) &&
    f64.z!.every((v) => v === 0);
  return { ...solve, m, n, f64, i32, plan, twins, triangle, intact };
}

type Solve = ReturnType<typeof solveOf>;

function close(a: ArrayLike<number>, b: ArrayLike<number>, within: number, what: string): void {
  let size = 0;
  for (let j = 0; j < b.length; j++) size = Math.max(size, Math.abs(b[j]!));
  expect(a.length).toBe(b.length);
  for (let j = 0; j < b.length; j++)
    if (!(Math.abs(a[j]! - b[j]!) <= within * size))
      expect.fail(`${what}[${j}] is ${a[j]}, the twin has ${b[j]}`);
}

/** Ratio of the extreme singular values by one-sided Jacobi (Hestenes 1958). */
function conditionOf(n: number, R: Float64Array): number {
  const U = R.slice();
  for (let sweep = 0; sweep < 40; sweep++) {
    let most = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        let [a, b, c] = [0, 0, 0];
        for (let i = 0; i < n; i++) {
          a += U[i * n + p]! ** 2;
          b += U[i * n + q]! ** 2;
          c += U[i * n + p]! * U[i * n + q]!;
        }
        if (c === 0) continue;
        most = Math.max(most, Math.abs(c) / Math.sqrt(a * b));
        const zeta = (b - a) / (2 * c);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + t * t);
        for (let i = 0; i < n; i++) {
          const [u, v] = [U[i * n + p]!, U[i * n + q]!];
          U[i * n + p] = cos * (u - t * v);
          U[i * n + q] = cos * (v + t * u);
        }
      }
    if (most < 1e-12) break;
  }
  const sizes = Array.from({ length: n }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += U[i * n + j]! ** 2;
    return Math.sqrt(sum);
  });
  return Math.max(...sizes) / Math.min(...sizes);
}

/** Variances and all that comes before them, with the variables in `free`. */
function checkVariances(solve: Solve, free: readonly number[], summed: boolean): void {
  const { m, n, f64, i32, s, twins } = solve;
  const k = free.length;
  i32.free!.set(free);
  s[S.S_TOLERANCE] = 0;
  kernels.variances(m, n, k, summed ? 1 : 0, solve.frame, solve.state);
  const among = new Set(free);
  const scale = twin.unitColumns(twins);
  const whole = twin.reduce(twins);
  const own = twin.restrict(twins, whole, among, 0);
  close(f64.s!, scale, 1e-15, "scale");
  if (!summed) {
    close(solve.triangle("R"), whole.R, 1e-14, "R");
    close(f64.qt!, whole.qt, 1e-14, "qt");
    close(solve.triangle("T"), own.R, 1e-13, "T");
    close(f64.tr!, own.qt, 1e-13, "tr");
  }
  expect(s[S.S_RANK]).toBe(own.rank);
  const at = (values: Float64Array, factor: (j: number) => number): Float64Array => {
    const w = new Float64Array(n);
    for (let a = 0; a < n; a++) {
      const j = twins.order[a]!;
      if (among.has(j)) w[j] = values[a]! * factor(j);
    }
    return w;
  };
  if (own.rank < k) {
    const shares = twin.blindShares(n, own.R, (a) => among.has(twins.order[a]!));
    close(
      f64.w!,
      at(shares, () => 1),
      1e-10,
      "share",
    );
  } else {
    close(
      f64.w!,
      at(twin.inverseDiagonal(n, own.R), (j) => scale[j]! ** 2),
      summed ? 1e-9 : 1e-10,
      "variance",
    );
    if (k === n && n > 0 && n <= 24) {
      const condition = conditionOf(n, own.R);
      // 50 steps of the power method see nearly all of it, and never more.
      expect(s[S.S_CONDITION]! / condition).toBeGreaterThan(0.7);
      expect(s[S.S_CONDITION]! / condition).toBeLessThan(1.0001);
    }
  }
  expect(solve.intact()).toBe(true);
}

/** J'J, J'r, the Gauss-Newton step, and one that the radius cuts short. Gives whether the path was the orthogonal one. */
function checkSteps(solve: Solve, method: number, within: number): boolean {
  const { m, n, f64, s, twins, plan } = solve;
  const { J, r } = twins;
  expect(Boolean(kernels.settle(m, n, method, solve.frame, solve.state))).toBe(true);
  for (let j = 0; j < n; j++) {
    let [g, size] = [0, 1e-300];
    for (let i = 0; i < m; i++) {
      g += J[i * n + j]! * r[i]!;
      size += Math.abs(J[i * n + j]! * r[i]!);
    }
    if (!(Math.abs(f64.g![j]! - g) <= 1e-14 * size)) expect.fail(`g[${j}] is ${f64.g![j]}, the sum ${g}`);
    for (let e = plan.ptr[j]!; e < plan.ptr[j + 1]!; e++) {
      const c = plan.idx[e]!;
      let [a, all] = [0, 1e-300];
      for (let i = 0; i < m; i++) {
        a += J[i * n + j]! * J[i * n + c]!;
        all += Math.abs(J[i * n + j]! * J[i * n + c]!);
      }
      if (!(Math.abs(f64.A![e]! - a) <= 1e-14 * all))
        expect.fail(`A[${j}][${c}] is ${f64.A![e]}, the sum ${a}`);
    }
  }
  const all = new Set(Array(n).keys());
  const own = twin.restrict(twins, twin.reduce(twins), all, 0);
  // Where the gradient is 0, no step is asked for.
  expect(s[S.S_RANK]).toBe(s[S.S_COSINE]! > 0 ? own.rank : n);
  const y = twin.back(n, own);
  const full = new Float64Array(n);
  for (let a = 0; a < n; a++) full[twins.order[a]!] = y[a]! * twin.unitColumns(twins)[twins.order[a]!]!;
  close(f64.gn!, full, within, "Gauss-Newton step");
  const orthogonal = s[S.S_ORTHOGONAL] === 1;
  expect(solve.intact()).toBe(true);
  if (n === 0 || !(s[S.S_GN_LENGTH]! > 0)) return orthogonal;
  s[S.S_RADIUS] = 0.3 * s[S.S_GN_LENGTH]!;
  s[S.S_DAMPING] = 0;
  s[S.S_LAMBDA] = 0;
  s[S.S_NEXT] = S.NEXT_TRIAL;
  expect(kernels.turn(m, n, method, solve.frame, solve.state)).toBe(S.WANT_RESIDUALS);
  const lambda = s[S.S_LAMBDA]!;
  expect(lambda).toBeGreaterThan(0);
  close(f64.p!, twin.dampedStep(twins, all, lambda, f64.d!), within, "damped step");
  if (method === S.LEVENBERG_MARQUARDT) {
    const length = Math.sqrt(f64.p!.reduce((sum, v, j) => sum + (v * f64.d![j]!) ** 2, 0));
    expect(Math.abs(length / s[S.S_RADIUS]! - 1)).toBeLessThan(0.11);
  }
  expect(solve.intact()).toBe(true);
  return orthogonal;
}

/** Well-conditioned values, by the heavier entry (i, i). */
const values = (seed: number) => {
  const next = uniform(seed);
  return (i: number, j: number): number => (i === j ? 3 + next() : next());
};

/** Patterns of m x n; each row i < n has the entry (i, i) unless the name says otherwise. */
const patterns: Record<string, (n: number) => { m: number; has: Has }> = {
  tridiagonal: (n) => ({ m: n + 3, has: (i) => [i - 1, i, i + 1] }),
  random: (n) => {
    const next = uniform(n + 77);
    const more = Array.from({ length: 2 * n + 1 }, () =>
      [0, 0].map(() => Math.floor(((next() + 1) / 2) * n)),
    );
    return { m: 2 * n + 1, has: (i) => [i, ...more[i]!] };
  },
  "one dense row": (n) => ({ m: n + 1, has: (i) => (i === n ? [...Array(n).keys()] : [i, i + 1]) }),
  "one dense column": (n) => ({ m: n + 2, has: (i) => [0, i] }),
  full: (n) => ({ m: n + 4, has: () => [...Array(n).keys()] }),
  diagonal: (n) => ({ m: n, has: (i) => [i] }),
  "blocks apart": (n) => ({
    m: n + (n >> 2) + 1,
    has: (i) => (i < n ? [i, i - (i % 4), i - (i % 4) + 2] : [4 * (i - n), 4 * (i - n) + 1]),
  }),
  "rows without entries": (n) => ({ m: 2 * n + 2, has: (i) => (i % 3 === 1 && i >= n ? [] : [i, i - n]) }),
};

describe.each(Object.entries(patterns))("%s", (_, shape) => {
  test.each([0, 1, 2, 3])("0 to 67 columns, %i elements off", (odd) => {
    for (let n = 0; n <= 67; n += odd === 0 ? 1 : 9 + odd) {
      const { m, has } = shape(n);
      const solve = solveOf(m, n, has, values(n + 1), odd);
      const all = [...Array(n).keys()];
      checkVariances(solve, all, false);
      checkVariances(
        solve,
        all.filter((j) => j % 3 !== 1),
        false,
      );
      for (const method of [S.LEVENBERG_MARQUARDT, S.LEVENBERG])
        expect(checkSteps(solveOf(m, n, has, values(n + 1), odd), method, 1e-11), `${n}`).toBe(false);
      const summed = solveOf(m, n, has, values(n + 1), odd);
      checkSteps(summed, S.LEVENBERG_MARQUARDT, 1e-11);
      checkVariances(summed, all, true);
      checkVariances(
        summed,
        all.filter((j) => j % 4 !== 2),
        true,
      );
    }
  });
});

describe("columns that depend on others", () => {
  const sizes = [2, 3, 5, 8, 13, 21, 34, 67];

  test("those that are 1e-6 apart take the orthogonal path, and keep their digits", () => {
    for (const odd of [0, 1])
      for (const n of sizes) {
        // Columns in pairs: the second is the first with 1e-6 more in every other row.
        const has: Has = (i) => [(i % n) & ~1, (i % n) | 1, ((i + 2) % n) & ~1, ((i + 2) % n) | 1];
        const m = 3 * n;
        const first = values(n + 5);
        const J = Array.from({ length: m }, () => Array.from({ length: n }, (_, j) => first(0, j + 1)));
        const value = (i: number, j: number): number =>
          (j & 1) === 1 ? J[i]![j - 1]! * (1 + (i % 2 === 0 ? 1e-6 : -2e-6)) : J[i]![j]!;
        for (const method of [S.LEVENBERG_MARQUARDT, S.LEVENBERG]) {
          const solve = solveOf(m, n, has, value, odd);
          expect(checkSteps(solve, method, 1e-8)).toBe(true);
        }
        const solve = solveOf(m, n, has, value, odd);
        solve.i32.free!.set([...Array(n).keys()]);
        kernels.variances(m, n, n, 0, solve.frame, solve.state);
        expect(solve.s[S.S_RANK]).toBe(n);
        const own = twin.reduce(solve.twins);
        const scale = twin.unitColumns(solve.twins);
        const diagonal = twin.inverseDiagonal(n, own.R);
        const expected = new Float64Array(n);
        for (let a = 0; a < n; a++)
          expected[solve.twins.order[a]!] = diagonal[a]! * scale[solve.twins.order[a]!]! ** 2;
        close(solve.f64.w!, expected, 1e-8, "variance");
      }
  });

  test.each<[string, Has, (i: number, j: number, n: number) => number]>([
    ["columns without an entry", (i) => (i % 4 === 3 ? [i - 1] : [i, i - 2]), (i, j) => 2 + ((i + j) % 3)],
    ["columns of zeros", (i) => [i, i + 1], (i, j) => (j % 3 === 1 ? 0 : 2 + (i % 5) - (j % 2))],
    ["equal columns", (i) => [i & ~1, i | 1], (i) => 1 + (i % 4)],
    ["nothing but zeros", (i) => [i, i + 1], () => 0],
    ["no entry at all", () => [], () => 0],
  ])("%s: rank and shares are those of the twin, the step is a basic solution", (_, has, value) => {
    for (const odd of [0, 1])
      for (const n of sizes) {
        const m = n + 1;
        const entry = (i: number, j: number): number => value(i, j, n);
        const all = [...Array(n).keys()];
        const solve = solveOf(m, n, has, entry, odd);
        checkVariances(solve, all, false);
        checkVariances(
          solve,
          all.filter((j) => j % 5 !== 0),
          false,
        );
        checkSteps(solveOf(m, n, has, entry, odd), S.LEVENBERG_MARQUARDT, 1e-9);
      }
  });

  test("fewer rows than columns", () => {
    for (const n of sizes) {
      const m = (n >> 1) + 1;
      const solve = solveOf(m, n, (i) => [i, i + 1, i + 3], values(n), 1);
      checkVariances(solve, [...Array(n).keys()], false);
    }
  });
});
