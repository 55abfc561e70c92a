// Numbers by which kernels know activations and elementwise losses: this file is compiled on both sides.

export const RELU = 0;
export const LEAKY_RELU = 1;
export const TANH = 2;
export const SIGMOID = 3;
export const SOFTPLUS = 4;
export const GELU = 5;

export const BINARY = 0;
export const SQUARED = 1;
export const HUBER = 2;
