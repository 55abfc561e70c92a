// Room `stats`: what every fit needs of the laws in room `laws`, so that a bundle of fits need not carry all of them.

export { log } from "./elementary";
export { studentTQuantile } from "./distributions";
