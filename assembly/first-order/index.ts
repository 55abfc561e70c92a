// Room "first-order": what every rule needs, f32 and f64 from one source. Each family of rules is a room of its own beside it.
export * from "./gradient";
export * from "./average";
