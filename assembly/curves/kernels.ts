// Kernels of the rooms `least-squares` and `expressions`, called in their instances over the same memory.

// @ts-ignore: decorator
@external("least-squares", "allFinite")
export declare function allFinite(k: i32, v: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "backToBest")
export declare function backToBest(m: i32, n: i32, frame: usize, state: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "covariance")
export declare function covariance(m: i32, n: i32, summed: i32, frame: usize, state: usize): void;
// @ts-ignore: decorator
@external("least-squares", "doubt")
export declare function doubt(n: i32, frame: usize, state: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "normalEquations")
export declare function normalEquations(m: i32, n: i32, J: usize, r: usize, A: usize, g: usize, work: usize): void;
// @ts-ignore: decorator
@external("least-squares", "normalInverse")
export declare function normalInverse(n: i32, full: i32, out: usize, frame: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "robustVariance")
export declare function robustVariance(m: i32, n: i32, r: usize, loss: i32, C: f64): f64;
// @ts-ignore: decorator
@external("least-squares", "sumOfSquares")
export declare function sumOfSquares(m: i32, r: usize): f64;
// @ts-ignore: decorator
@external("least-squares", "weighAll")
export declare function weighAll(m: i32, n: i32, frame: usize, state: usize): void;
// @ts-ignore: decorator
@external("expressions", "fit")
export declare function fit(m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize): i32;
// @ts-ignore: decorator
@external("expressions", "modelJacobian")
export declare function modelJacobian(m: i32, n: i32, p: usize, r: usize, J: usize, model: usize): void;
// @ts-ignore: decorator
@external("expressions", "modelNormal")
export declare function modelNormal(m: i32, n: i32, p: usize, r: usize, A: usize, g: usize, model: usize): void;
