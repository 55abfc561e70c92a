// The room `curves`: many fits of one compiled model in one call.

export { fitBatch } from "./batch";
