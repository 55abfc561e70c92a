// The room `models`: vector mathematics, f(x) for arrays of doubles. k is the constants block (layout.ts).
export * from "./kernels";
