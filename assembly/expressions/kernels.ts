// Kernels of the room `least-squares`, called in its instance over the same memory: nothing of them is built twice.

// @ts-ignore: decorator
@external("least-squares", "allFinite")
export declare function allFinite(k: i32, v: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "linearise")
export declare function linearise(m: i32, n: i32, method: i32, fresh: i32, frame: usize, state: usize): i32;
// @ts-ignore: decorator
@external("least-squares", "lineariseSmall")
export declare function lineariseSmall(n: i32, fresh: i32, frame: usize, state: usize): bool;
// @ts-ignore: decorator
@external("least-squares", "trialStep")
export declare function trialStep(m: i32, n: i32, method: i32, frame: usize, state: usize): void;
// @ts-ignore: decorator
@external("least-squares", "cost")
export declare function cost(m: i32, r: usize, loss: i32, C: f64): f64;
// @ts-ignore: decorator
@external("least-squares", "weigh")
export declare function weigh(m: i32, n: i32, r: usize, f: usize, J: usize, loss: i32, C: f64): void;
