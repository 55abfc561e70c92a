// Compiled against the packed types as a user would: strict, libraries checked, no types of Node.
import { configure, curveFit, DownhillError, load, loadSync, type Runtime, type Vec } from "downhill";
import simd from "downhill/wasm/blas.simd.wasm";

configure({ variant: "auto", memoryBytes: 1 << 20 });
const runtime: Runtime = loadSync({ wasm: { "blas.simd": simd } });
const x: Vec = runtime.f64([1, 2, 3]);
export const first: number | undefined = x.data[0];
export const later: Promise<Runtime> = load({ variant: "simd" });

const fit = curveFit({
  model: (at, p) => p.a + p.b * at,
  x: [1, 2, 3],
  y: [2, 4, 7],
  params: { a: 0, b: 1 },
});
export const slope: number = fit.values.b;

export function codeOf(error: unknown): string {
  return error instanceof DownhillError ? error.code : "";
}
