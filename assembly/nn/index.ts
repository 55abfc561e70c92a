// Room "nn": layers forward and backward, losses, batch normalisation; f32 and f64 from one source.
import { gemmWork } from "../dense/gemm";

export * from "./affine";
export * from "./batch-norm";
export * from "./batch-norm-back";
export * from "./activations";
export * from "./dropout";
export * from "./loss";

export function productWorkF64(m: i32, n: i32, k: i32): usize { return gemmWork<f64>(m, n, k); }
export function productWorkF32(m: i32, n: i32, k: i32): usize { return gemmWork<f32>(m, n, k); }
export function copyF64(n: i32, x: usize, y: usize): void { memory.copy(y, x, <usize>n << 3); }
export function copyF32(n: i32, x: usize, y: usize): void { memory.copy(y, x, <usize>n << 2); }
