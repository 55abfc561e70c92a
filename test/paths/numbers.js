// Data of the cases, the same on every engine: sums, products and quotients alone.
import { attempt } from "./several.js";

/** Numbers from -1 to 1 (Knuth's linear congruences, 32 bits). */
export function draws(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2147483648 - 1;
  };
}

export function list(n, seed) {
  const next = draws(seed);
  return Float64Array.from({ length: n }, next);
}

export function filled(rows, cols, seed) {
  return { rows, cols, data: list(rows * cols, seed) };
}

/** Of entry (i, j). */
export function entries(rows, cols, f) {
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[i * cols + j] = f(i, j);
  return { rows, cols, data };
}

/** Symmetric, with `shift` on the diagonal: definite where it is large. */
export function symmetric(n, seed, shift) {
  const { data } = filled(n, n, seed);
  return entries(n, n, (i, j) => data[Math.max(i, j) * n + Math.min(i, j)] + (i === j ? shift : 0));
}

/** What the named properties of something say, which goes when they are read. */
export function told(thing, names, more = () => null) {
  try {
    return [...names.map((name) => attempt(() => thing[name])), more(thing)];
  } finally {
    thing.dispose?.();
  }
}

/** A case for each wrong call: its line is the message. */
export function* wrong(calls) {
  for (const [name, call] of Object.entries(calls)) yield [`wrong, ${name}`, call];
}

/** Cases of one name as one case, whose answer is the list of theirs. */
export function* merged(cases) {
  const groups = new Map();
  for (const [name, call] of cases) groups.set(name, [...(groups.get(name) ?? []), call]);
  for (const [name, calls] of groups)
    yield [name, calls.length === 1 ? calls[0] : () => calls.flatMap((call) => attempt(call))];
}
