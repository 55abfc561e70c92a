// The fastest plain JavaScript that the benchmarks of the project know: what WebAssembly is compared with.

export { cholesky, gemm } from "../../bench/plain/dense.js";
export { plain as steps } from "../../bench/plain/first-order.js";
