// Room "first-order": one fused kernel per update rule, f32 and f64 from one source.
export * from "./momentum";
export * from "./adaptive";
export * from "./adam";
export * from "./sign";
export * from "./gradient";
export * from "./average";
