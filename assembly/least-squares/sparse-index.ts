// The room `sparse-least-squares`: the iteration of the room `least-squares`, compiled for a sparse Jacobian.

export { backToBest } from "./attempts";
export { doubt } from "./ends";
export { cost, robustVariance, sumOfSquares } from "./loss";
export { variances } from "./selected";
export { settle, turn } from "./turn";
