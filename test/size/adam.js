// One first-order rule at work: the class that serves all of them, and its kernels.
import { adam, optimizer } from "downhill";

const opt = optimizer([1, 2], adam());
opt.grads.set([1, 1]);
opt.step();
globalThis.answer = opt.params[0];
