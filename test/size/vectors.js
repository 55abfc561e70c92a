// The smallest program: a runtime and two vectors, no kernel.
import { loadSync } from "downhill";

const runtime = loadSync();
const x = runtime.f64([1, 2, 3]);
const y = runtime.f64(3);
y.data.set(x.data);
globalThis.answer = y.data[2];
