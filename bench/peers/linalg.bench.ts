// LU, QR, Cholesky and products against ml-matrix 6 and eigen 0.2 (Eigen compiled to WebAssembly). Each side solves one
// right-hand side with its factor where that is its way to factor; eigen's tear-down is part of its time, since its
// objects must be freed by hand.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { CholeskyDecomposition, LuDecomposition, Matrix as MlMatrix, QrDecomposition } from "ml-matrix";
import { cholesky, lu, matmul, matrix, qr } from "../../src/index.js";
import { bench, type Contest } from "../harness.js";

const n = 256;

function numbers(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 30 - 1;
  });
}

const rows = (data: Float64Array, order: number) =>
  Array.from({ length: order }, (_, i) => [...data.subarray(i * order, (i + 1) * order)]);

function general(order: number) {
  return matrix(order, order, numbers(order * order, 12345));
}

function definite(order: number) {
  const B = general(order);
  const A = matmul(B, B, { transposeB: true });
  for (let i = 0; i < order; i++) {
    A.data[i * (order + 1)]! += order;
    for (let j = 0; j < i; j++) A.data[j * order + i] = A.data[i * order + j]!;
  }
  return A;
}

const ml: Record<string, (order: number) => Contest> = {
  LU: (order) => {
    const A = general(order);
    const M = new MlMatrix(rows(A.data, order));
    const f = lu(A);
    return { ours: () => f.refactor(A), peer: () => new LuDecomposition(M), dispose: () => f.dispose() };
  },
  QR: (order) => {
    const A = general(order);
    const M = new MlMatrix(rows(A.data, order));
    const f = qr(A);
    return { ours: () => f.refactor(A), peer: () => new QrDecomposition(M), dispose: () => f.dispose() };
  },
  Cholesky: (order) => {
    const A = definite(order);
    const M = new MlMatrix(rows(A.data, order));
    const f = cholesky(A);
    return {
      ours: () => f.refactor(A),
      peer: () => new CholeskyDecomposition(M),
      dispose: () => f.dispose(),
    };
  },
  product: (order) => {
    const A = general(order);
    const M = new MlMatrix(rows(A.data, order));
    return { ours: () => matmul(A, A), peer: () => M.mmul(M) };
  },
};

for (const [name, setup] of Object.entries(ml))
  bench("linalg", { name: `${name} vs ml-matrix`, sizes: [n], goal: 8, setup });

interface Eigen {
  readonly ready: Promise<void>;
  readonly Matrix: new (rows: number[][]) => { matMul(other: unknown): unknown };
  readonly Decompositions: Record<"lu" | "qr" | "cholesky", (M: unknown) => unknown>;
  readonly GC: { flush(): void; pushException(...kept: unknown[]): void };
}
/** A fresh instance each time: its decompositions leave memory behind until it traps. CommonJS, which cannot be bundled. */
const requirePeer = createRequire(resolve("bench/peers/package.json"));
async function freshEigen(): Promise<Eigen> {
  delete requirePeer.cache[requirePeer.resolve("eigen")];
  const eigen = requirePeer("eigen") as Eigen;
  await eigen.ready;
  return eigen;
}

const eigenOn: Record<string, (order: number, eigen: Eigen) => Contest> = {
  LU: (order, { Matrix: EigenMatrix, Decompositions, GC }) => {
    const A = general(order);
    const M = new EigenMatrix(rows(A.data, order));
    GC.pushException(M);
    const f = lu(A);
    return {
      ours: () => f.refactor(A),
      peer: () => {
        Decompositions.lu(M);
        GC.flush();
      },
      dispose: () => f.dispose(),
    };
  },
  QR: (order, { Matrix: EigenMatrix, Decompositions, GC }) => {
    const A = general(order);
    const M = new EigenMatrix(rows(A.data, order));
    GC.pushException(M);
    const f = qr(A);
    return {
      ours: () => f.refactor(A),
      peer: () => {
        Decompositions.qr(M);
        GC.flush();
      },
      dispose: () => f.dispose(),
    };
  },
  Cholesky: (order, { Matrix: EigenMatrix, Decompositions, GC }) => {
    const A = definite(order);
    const M = new EigenMatrix(rows(A.data, order));
    GC.pushException(M);
    const f = cholesky(A);
    return {
      ours: () => f.refactor(A),
      peer: () => {
        Decompositions.cholesky(M);
        GC.flush();
      },
      dispose: () => f.dispose(),
    };
  },
  product: (order, { Matrix: EigenMatrix, GC }) => {
    const A = general(order);
    const M = new EigenMatrix(rows(A.data, order));
    GC.pushException(M);
    // eigen leaves its product in its own memory: ours goes into an array that is there.
    const out = matrix(order, order);
    return {
      ours: () => matmul(A, A, { out }),
      peer: () => {
        M.matMul(M);
        GC.flush();
      },
    };
  },
};

for (const [name, setup] of Object.entries(eigenOn)) {
  for (const order of [64, n]) {
    try {
      const eigen = await freshEigen();
      bench("linalg", {
        name: `${name} vs eigen`,
        sizes: [order],
        goal: 1.5,
        setup: (size) => setup(size, eigen),
      });
    } catch (error) {
      console.log(`linalg ${name} vs eigen ${order}: eigen fails, ${(error as Error).message}`);
    }
  }
}
