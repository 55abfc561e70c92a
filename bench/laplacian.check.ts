// sparseLdl on the 2-D Laplacian of k x k unknowns: processor time of analysis and factorisation together, of a refactorisation and of a
// solution, entries of L, and memory; bench/native/laplacian.cpp is Eigen's SimplicialLDLT on the same. Run:
// npx esbuild bench/laplacian.check.ts --bundle --platform=node --format=esm --outfile=build/laplacian.check.mjs && node build/laplacian.check.mjs [k]
import { csrFromTriplets, sparseLdl } from "../src/index.js";

const k = Number(process.argv[2] ?? 500);
const n = k * k;
const row: number[] = [];
const col: number[] = [];
const value: number[] = [];
const put = (i: number, j: number, v: number) => {
  row.push(i);
  col.push(j);
  value.push(v);
};
for (let i = 0; i < k; i++) {
  for (let j = 0; j < k; j++) {
    const at = i * k + j;
    put(at, at, 4);
    for (const beside of [i > 0 ? at - k : -1, j > 0 ? at - 1 : -1]) {
      if (beside < 0) continue;
      put(at, beside, -1);
      put(beside, at, -1);
    }
  }
}
const A = csrFromTriplets({ rows: n, cols: n, row, col, value });
const b = new Float64Array(n).fill(1);
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
for (let round = 0; round < 3; round++) {
  const a = cpu();
  const f = sparseLdl(A);
  const c = cpu();
  f.refactor(A);
  const d = cpu();
  const x = f.solve(b);
  const e = cpu();
  const r = A.multiply(x).map((v, i) => v - b[i]!);
  const norm = Math.sqrt(r.reduce((s, v) => s + v * v, 0) / n);
  const { rss, arrayBuffers } = process.memoryUsage();
  console.log(
    `downhill: analysis and factorisation ${(c - a).toFixed(0)} ms, refactorisation ${(d - c).toFixed(0)} ms, solution ${(e - d).toFixed(0)} ms; ${(f.stored / 1e6).toFixed(1)} million entries, residual ${norm.toExponential(1)}; ${(arrayBuffers / 1e6).toFixed(0)} MB of arrays, ${(rss / 1e6).toFixed(0)} MB of the process`,
  );
  f.dispose();
}
