// Runs on dense and sparse matrices: the system is copied into WebAssembly once, a kernel takes the iterations.

import type { Rows } from "../linalg/csr-parts.js";
import { takeWorkspace } from "../runtime/default.js";
import type { Workspace } from "../runtime/workspace.js";
import { room, type SparseKernels } from "../wasm/sparse.js";
import { operatorRun } from "./operator.js";
import type { Request } from "./request.js";
import type { IterativeEnd, Run } from "./session.js";

/** Words of the frame of assembly/linalg/iterative.ts. */
const FRAME = 18;
const HISTORY = 1024;
const ends: readonly (IterativeEnd | null)[] = [
  null,
  { status: "converged", reason: "residual" },
  { status: "failed", reason: "breakdown" },
  { status: "failed", reason: "notPositiveDefinite" },
  { status: "failed", reason: "diverging" },
];
/** |r| beyond this many times |b| + |r0| is divergence. */
const DIVERGED = 1e8;

export function storedRun(request: Request): Run {
  const { A, preconditioner } = request;
  if (typeof preconditioner === "function") return withOwnPreconditioner(request);
  const sparse = A instanceof Float64Array ? null : (A as Rows);
  const dense = sparse ? null : (A as Float64Array);
  const rows = needsRows(request) ? (sparse ?? compress(request.n, dense as Float64Array)) : null;
  const lower = preconditioner === "ic0" && rows ? lowerTriangle(request.n, rows) : null;
  const w = reserve(request, sparse, rows, lower);
  try {
    return start(w, request, sparse, dense, rows, lower);
  } catch (error) {
    w.release();
    throw error;
  }
}

/** SSOR and IC(0) walk along rows, also of a dense matrix. */
const needsRows = ({ preconditioner }: Request): boolean =>
  preconditioner === "ssor" || preconditioner === "ic0";

function compress(n: number, A: Float64Array): Rows {
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const v = A[i * n + j]!;
      if (v === 0 && i !== j) continue;
      colIdx.push(j);
      values.push(v);
    }
    rowPtr[i + 1] = values.length;
  }
  return { rows: n, cols: n, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) };
}

/** The lower triangle, each row ending with its diagonal element (0 where A has none). */
function lowerTriangle(n: number, A: Rows): Rows {
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let diagonal = 0;
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const j = A.colIdx[k]!;
      if (j < i) {
        colIdx.push(j);
        values.push(A.values[k]!);
      } else if (j === i) diagonal = A.values[k]!;
    }
    colIdx.push(i);
    values.push(diagonal);
    rowPtr[i + 1] = values.length;
  }
  return { rows: n, cols: n, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) };
}

function reserve(request: Request, sparse: Rows | null, rows: Rows | null, lower: Rows | null): Workspace {
  const { where, n, limits } = request;
  const other = lower ?? (sparse ? null : rows);
  const nnz = sparse?.values.length ?? 0;
  const more = other?.values.length ?? 0;
  return takeWorkspace(limits.runtime, {
    key: `${where} ${n} ${sparse ? `csr ${nnz}` : "dense"} ${more}`,
    f64: {
      scalars: 6,
      values: sparse ? nnz : n * n,
      other: more,
      d: n,
      b: n,
      x: n,
      r: n,
      p: n,
      q: n,
      z: n,
      history: HISTORY,
    },
    i32: {
      frame: FRAME,
      rowPtr: sparse ? n + 1 : 0,
      offsets: nnz,
      otherPtr: other ? n + 1 : 0,
      otherOffsets: more,
    },
  });
}

function copyRows(w: Workspace, names: readonly [string, string, string], from: Rows): void {
  const [ptr, offsets, values] = names;
  (w.i32[ptr] as Int32Array).set(from.rowPtr);
  (w.f64[values] as Float64Array).set(from.values);
  const to = w.i32[offsets] as Int32Array;
  const { colIdx } = from;
  for (let k = 0; k < colIdx.length; k++) to[k] = colIdx[k]! << 3;
}

/**
 * As copyRows for the matrix that csrMultiply reads: two rows with the same columns, one apart, get their values in
 * alternation and -1 as the second row's first offset.
 */
function copyPairedRows(w: Workspace, from: Rows, n: number): void {
  copyRows(w, ["rowPtr", "offsets", "values"], from);
  const { rowPtr, colIdx, values } = from;
  const offsets = w.i32.offsets as Int32Array;
  const to = w.f64.values as Float64Array;
  for (let i = 0; i + 2 <= n; i += 2) {
    const start = rowPtr[i]!;
    const middle = rowPtr[i + 1]!;
    const length = middle - start;
    if (length === 0 || rowPtr[i + 2]! - middle !== length) continue;
    let k = 0;
    while (k < length && colIdx[middle + k] === colIdx[start + k]! + 1) k++;
    if (k < length) continue;
    for (k = 0; k < length; k++) {
      to[start + 2 * k] = values[start + k]!;
      to[start + 2 * k + 1] = values[middle + k]!;
    }
    offsets[middle] = -1;
  }
}

const codes = { none: 0, jacobi: 1, ssor: 2, ic0: 3 } as const;

function start(
  w: Workspace,
  request: Request,
  sparse: Rows | null,
  dense: Float64Array | null,
  rows: Rows | null,
  lower: Rows | null,
): Run {
  const { where, n, omega } = request;
  const k = w.runtime.kernels(room);
  const at = w.at as Readonly<Record<string, number>>;
  // Sweeps and SSOR read rows one by one; only products may have them paired.
  const paired = where !== "gaussSeidel" && request.preconditioner !== "ssor";
  if (sparse && paired) copyPairedRows(w, sparse, n);
  else if (sparse) copyRows(w, ["rowPtr", "offsets", "values"], sparse);
  else (w.f64.values as Float64Array).set(dense as Float64Array);
  const other = lower ?? (sparse ? null : rows);
  if (other) copyRows(w, ["otherPtr", "otherOffsets", "other"], other);
  const d = w.f64.d as Float64Array;
  d.set(request.diagonal as Float64Array);
  const code = where === "cg" ? codes[request.preconditioner as keyof typeof codes] : 0;
  const own = ["otherPtr", "otherOffsets", "other"].map((name) => at[name]!);
  const same = ["rowPtr", "offsets", "values"].map((name) => at[name]!);
  const scaled = code === 2 || code === 3 ? (other ? own : same) : [0, 0, 0];
  const names = ["b", "x", "r", "p", "q", "z", "history", "scalars"];
  const A = sparse ? same : [at.values as number, 0, 0];
  (w.i32.frame as Int32Array).set([
    n,
    sparse ? 1 : 0,
    ...A,
    code,
    at.d as number,
    ...scaled,
    ...names.map((name) => at[name]!),
  ]);
  const x = w.f64.x as Float64Array;
  if (request.x0) x.set(request.x0);
  else x.fill(0);
  (w.f64.b as Float64Array).set(request.b);
  const frame = at.frame as number;
  const scalars = w.f64.scalars as Float64Array;
  const size = norm(request.b);
  const first = k.residualOf(frame);
  scalars[0] = omega;
  scalars[3] = request.tolerance * size;
  scalars[4] = where === "cg" ? Number.MAX_VALUE : DIVERGED * (size + first);
  let fault: IterativeEnd | null = first <= request.tolerance * size ? (ends[1] as IterativeEnd) : null;
  if (!fault && where === "cg") fault = prepare(k, request, w, code, d, lower);
  const history = [first];
  const recorded = w.f64.history as Float64Array;
  return {
    n,
    history,
    advance(steps) {
      if (fault || steps === 0) return fault;
      const done = run(k, request, frame, Math.min(steps, HISTORY));
      const taken = done & 0xffffff;
      for (let t = 0; t < taken; t++) history.push(recorded[t]!);
      return ends[done >>> 24] ?? null;
    },
    x: () => x.slice(),
    residualNorm: () => k.residualOf(frame),
    release: () => w.release(),
  };
}

function run(k: SparseKernels, { where, symmetric }: Request, frame: number, steps: number): number {
  if (where === "cg") return k.cgRun(frame, steps);
  return where === "jacobi" ? k.jacobiRun(frame, steps) : k.gaussSeidelRun(frame, steps, symmetric);
}

/** The preconditioner and the first direction; how the run fails where there is none. */
function prepare(
  k: SparseKernels,
  { n, preconditioner }: Request,
  w: Workspace,
  code: number,
  d: Float64Array,
  lower: Rows | null,
): IterativeEnd | null {
  if (preconditioner !== "none") {
    for (const v of d) if (!(v > 0)) return { status: "failed", reason: "notPositiveDefinite" };
  }
  if (code === 1) for (let i = 0; i < n; i++) d[i] = 1 / d[i]!;
  if (lower) {
    const [ptr, offsets, values] = [w.at.otherPtr, w.at.otherOffsets, w.at.other] as [number, number, number];
    // A shift of the diagonal makes every IC(0) succeed in the end (Manteuffel 1980).
    let shift = 0;
    while (k.incompleteCholesky(n, ptr, offsets, values, shift)) {
      shift = shift === 0 ? 1e-3 : 2 * shift;
      if (shift > 1e6) return { status: "failed", reason: "breakdown" };
      (w.f64.other as Float64Array).set(lower.values);
    }
  }
  k.cgStart(w.at.frame as number);
  const rz = (w.f64.scalars as Float64Array)[1] as number;
  return rz > 0 ? null : { status: "failed", reason: "breakdown" };
}

function norm(b: Float64Array): number {
  let largest = 0;
  for (const v of b) largest = Math.max(largest, Math.abs(v));
  if (largest === 0) return 0;
  let sum = 0;
  for (const v of b) sum += (v / largest) * (v / largest);
  return largest * Math.sqrt(sum);
}

/** A stored matrix with a preconditioner of the user's: products in WebAssembly, the rest in plain JavaScript. */
function withOwnPreconditioner(request: Request): Run {
  const { n, A } = request;
  const sparse = A instanceof Float64Array ? null : (A as Rows);
  const rows = sparse ?? compress(n, A as Float64Array);
  const w = takeWorkspace(request.limits.runtime, {
    key: `cg product ${n} ${rows.values.length}`,
    f64: { values: rows.values.length, x: n, y: n },
    i32: { rowPtr: n + 1, offsets: rows.values.length },
  });
  const k = w.runtime.kernels(room);
  copyRows(w, ["rowPtr", "offsets", "values"], rows);
  const { rowPtr, offsets, values, x, y } = w.at as Record<
    "rowPtr" | "offsets" | "values" | "x" | "y",
    number
  >;
  const [from, to] = [w.f64.x as Float64Array, w.f64.y as Float64Array];
  const product = (v: Float64Array, out: Float64Array) => {
    from.set(v);
    k.csrMultiply(n, rowPtr, offsets, values, x, y);
    out.set(to);
  };
  try {
    const inner = operatorRun({ ...request, A: product });
    return { ...inner, release: () => w.release() };
  } catch (error) {
    w.release();
    throw error;
  }
}
