// Kernels of the room `least-squares`, called in its instance over the same memory: nothing of them is built twice.

// @ts-ignore: decorator
@external("least-squares", "turn")
export declare function turn(m: i32, n: i32, method: i32, frame: usize, state: usize): i32;
