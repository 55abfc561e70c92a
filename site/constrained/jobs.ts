// What the worker does for constrained problems: a linear program by four roads, and denoising by total variation.

import { minimize, newton, simplex, denoise as solveDenoise, solveLP, solveQP } from "downhill";

export interface LpRequest {
  /** Rows a'x <= b, two numbers each. */
  readonly A: readonly (readonly [number, number])[];
  readonly b: readonly number[];
  /** What is made large. */
  readonly c: readonly [number, number];
  /** A point well inside. */
  readonly inside: readonly [number, number];
}
export interface LpAnswer {
  readonly status: string;
  readonly x: Float64Array;
  readonly value: number;
  /** Price of each row: what the objective gains if its side gives way by one. */
  readonly prices: Float64Array;
  readonly central: Float32Array;
  readonly interior: Float32Array;
  readonly pdhg: Float32Array;
  /** Where sides meet, one after the other. */
  readonly simplex: Float32Array;
  readonly iterations: { readonly interior: number; readonly pdhg: number; readonly simplex: number };
  readonly took: number;
}

/** Minimisers of -c'x - mu sum log(b - Ax) for a falling mu: the central path, each by Newton from the one before. */
function centralPath({ A, b, c, inside }: LpRequest): Float32Array {
  const path: number[] = [];
  let x: Float64Array = Float64Array.from(inside);
  const scale =
    Math.hypot(c[0], c[1]) * Math.max(...b.map((bi, i) => bi - A[i]![0] * inside[0] - A[i]![1] * inside[1]));
  for (let k = 0; k <= 48; k++) {
    const mu = scale * 10 ** (1.5 - k / 8);
    const slack = (p: ArrayLike<number>, i: number) => b[i]! - A[i]![0] * p[0]! - A[i]![1] * p[1]!;
    const r = minimize(
      {
        fun: (p) => {
          let f = -(c[0] * p[0]! + c[1] * p[1]!) / mu;
          for (let i = 0; i < b.length; i++) {
            const s = slack(p, i);
            if (!(s > 0)) return Infinity;
            f -= Math.log(s);
          }
          return f;
        },
        grad: (p, g) => {
          g[0] = -c[0] / mu;
          g[1] = -c[1] / mu;
          for (let i = 0; i < b.length; i++)
            for (let j = 0; j < 2; j++) g[j] = g[j]! + A[i]![j as 0] / slack(p, i);
        },
        hess: (p, h) => {
          h.fill(0);
          for (let i = 0; i < b.length; i++) {
            const w = 1 / slack(p, i) ** 2;
            for (let j = 0; j < 2; j++)
              for (let k = 0; k < 2; k++) h[2 * j + k] = h[2 * j + k]! + w * A[i]![j as 0] * A[i]![k as 0];
          }
        },
      },
      x,
      { method: newton(), gradTol: 1e-6, maxIterations: 60 },
    );
    if (r.status === "failed" && r.reason !== "stalled" && r.reason !== "lineSearch") break;
    x = r.x;
    path.push(x[0]!, x[1]!);
  }
  return Float32Array.from(path);
}

/** The corner where the objective is least, with its basis: the two rows that meet there are not basic. */
function worstCorner({ A, b, c }: LpRequest) {
  const m = b.length;
  const corners = A.map(([p, q], i) => {
    const next = (i + 1) % m;
    const [r, s] = A[next]!;
    const det = p * s - q * r;
    const x = (b[i]! * s - q * b[next]!) / det;
    const y = (p * b[next]! - r * b[i]!) / det;
    return { corner: [x, y], value: c[0] * x + c[1] * y, rows: [i, next] };
  });
  const { corner, rows } = corners.reduce((least, one) => (one.value < least.value ? one : least));
  return {
    corner,
    basis: { variables: [0, 0], rows: b.map((_, i) => (rows.includes(i) ? 1 : 0)) },
  };
}

export function lp(request: LpRequest): LpAnswer {
  const { A, b, c, inside } = request;
  const program = { c: [-c[0], -c[1]], A: A.map((row) => [...row]), u: [...b] };
  const follow = (method: "interiorPoint" | "pdhg" | ReturnType<typeof simplex>) => {
    const path: number[] = method === "pdhg" ? [...inside] : [];
    const r = solveLP(program, { method, onIteration: ({ x }) => void path.push(x[0]!, x[1]!) });
    return { r, path: Float32Array.from(path) };
  };
  const begun = performance.now();
  const { r, path: interior } = follow("interiorPoint");
  const took = performance.now() - begun;
  const { r: first, path: pdhg } = follow("pdhg");
  const worst = worstCorner(request);
  const { r: last, path: corners } = follow(simplex({ basis: worst.basis }));
  return {
    status: r.status,
    x: r.x.slice(),
    value: -r.objective,
    prices: r.y.slice(),
    central: centralPath(request),
    interior,
    pdhg,
    simplex: Float32Array.from([...worst.corner, ...corners]),
    iterations: { interior: r.nit, pdhg: first.nit, simplex: last.nit },
    took,
  };
}

export interface QpRequest {
  readonly A: readonly (readonly [number, number])[];
  readonly b: readonly number[];
  /** (x - centre)' P (x - centre) / 2 is made small: P as two rows. */
  readonly P: readonly (readonly [number, number])[];
  readonly centre: readonly [number, number];
}
const QP_METHODS = ["interiorPoint", "activeSet", "admm"] as const;
export interface QpAnswer {
  readonly status: string;
  readonly x: Float64Array;
  /** Of the objective above, at the answer. */
  readonly value: number;
  readonly prices: Float64Array;
  readonly roads: readonly { readonly method: string; readonly path: Float32Array; readonly nit: number }[];
}

/** A quadratic program by three roads. */
export function qp({ A, b, P, centre }: QpRequest): QpAnswer {
  const q = P.map((row) => -(row[0] * centre[0] + row[1] * centre[1]));
  const program = { P: P.map((row) => [...row]), q, A: A.map((row) => [...row]), u: [...b] };
  const solved = QP_METHODS.map((method) => {
    const path: number[] = [];
    const r = solveQP(program, { method, onIteration: ({ x }) => void path.push(x[0]!, x[1]!) });
    return { method, r, path: Float32Array.from([...path, r.x[0]!, r.x[1]!]) };
  });
  const { r } = solved[0]!;
  const d = [r.x[0]! - centre[0], r.x[1]! - centre[1]];
  const value =
    (d[0]! * (P[0]![0] * d[0]! + P[0]![1] * d[1]!) + d[1]! * (P[1]![0] * d[0]! + P[1]![1] * d[1]!)) / 2;
  return {
    status: r.status,
    x: r.x.slice(),
    value,
    prices: r.y.slice(),
    roads: solved.map(({ method, r: { nit }, path }) => ({ method, path, nit })),
  };
}

export interface DenoiseRequest {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
  readonly lambda: number;
}

export function denoise({ width, height, data, lambda }: DenoiseRequest): {
  data: Uint8ClampedArray;
  nit: number;
  gap: number;
  took: number;
} {
  const begun = performance.now();
  const r = solveDenoise({ width, height, data }, { lambda });
  return { data: r.image.data as Uint8ClampedArray, nit: r.nit, gap: r.gap, took: performance.now() - begun };
}
