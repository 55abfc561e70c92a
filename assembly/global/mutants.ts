// The mutants of differential evolution, a whole generation in one call, drawn from the stream of src/random: the bits of the readable
// twin in test/reference/moves.ts. SciPy's strategies, and L-SHADE (Tanabe and Fukunaga, CEC 2013, 71, and CEC 2014, 1658).

import { getDouble as item, getInteger as word, setDouble, word as at } from "../memory";
import {
  DE_BEST1, DE_BEST2, DE_LSHADE, DE_MEMORY, DE_RAND1, DE_RAND2, DE_RANDTOBEST1, M_ARCHIVE, M_ARCHIVED, M_CR, M_F, M_KIND, M_LEAD, M_MEMORY_CR,
  M_MEMORY_F, M_N, M_ORDER, M_PARENTS, M_POINTS, M_RANDOM, M_ROWS, M_TAIL,
} from "../../src/abi/moves";
import { below, normal, uniform } from "./stream";

/** A mutant of every parent; without adaptation all have the factor `low + (high - low) u` (dithering) and the rate `rate`. */
export function moveMutants(frame: usize, low: f64, high: f64, rate: f64): void {
  const rows = word(frame, M_ROWS), random = at(frame, M_RANDOM);
  const f = at(frame, M_F), cr = at(frame, M_CR);
  const factor = low + (high - low) * uniform(random);
  const adaptive = word(frame, M_KIND) == DE_LSHADE;
  for (let i = 0; i < rows; i++) {
    if (adaptive) draw(frame, random, i);
    else {
      setDouble(f, i, factor);
      setDouble(cr, i, rate);
    }
    mutant(frame, random, i);
  }
}

/** F from a Cauchy law around a remembered success, CR from a normal one (equations 1 and 2 of SHADE). */
function draw(frame: usize, random: usize, i: i32): void {
  const r = <i32>below(random, DE_MEMORY);
  const cr = item(at(frame, M_MEMORY_CR), r);
  setDouble(at(frame, M_CR), i, cr < 0 ? 0 : min<f64>(1, max<f64>(0, cr + 0.1 * normal(random))));
  let f: f64 = 0;
  while (f <= 0) {
    const over = normal(random);
    f = item(at(frame, M_MEMORY_F), r) + 0.1 * (over / normal(random));
  }
  setDouble(at(frame, M_F), i, min<f64>(1, f));
}

/** An index below `count` that is none of the given five. */
function other(random: usize, count: i32, a: i32, b: i32, c: i32, d: i32, e: i32): i32 {
  let r: i32;
  do r = <i32>below(random, count);
  while (r == a || r == b || r == c || r == d || r == e);
  return r;
}

function mutant(frame: usize, random: usize, i: i32): void {
  const n = word(frame, M_N), rows = word(frame, M_ROWS), kind = word(frame, M_KIND), exponential = word(frame, M_TAIL) == 1;
  const P = at(frame, M_PARENTS), order = at(frame, M_ORDER);
  const bytes = <usize>n << 3;
  const r1 = other(random, rows, i, i, i, i, i);
  // Addresses of the five rows beside the parent that a strategy may take.
  let lead = P + <usize>word(order, 0) * bytes, B = P, C = P, D = P, E = P;
  if (kind == DE_LSHADE) {
    lead = P + <usize>word(order, <i32>below(random, word(frame, M_LEAD))) * bytes;
    const r2 = other(random, rows + word(frame, M_ARCHIVED), i, r1, i, i, i);
    B = r2 >= rows ? at(frame, M_ARCHIVE) + <usize>(r2 - rows) * bytes : P + <usize>r2 * bytes;
  } else {
    const r2 = other(random, rows, i, r1, i, i, i);
    const r3 = other(random, rows, i, r1, r2, i, i);
    const r4 = other(random, rows, i, r1, r2, r3, i);
    B = P + <usize>r2 * bytes;
    C = P + <usize>r3 * bytes;
    D = P + <usize>r4 * bytes;
    if (kind == DE_RAND2) E = P + <usize>other(random, rows, i, r1, r2, r3, r4) * bytes;
  }
  const f = item(at(frame, M_F), i), cr = item(at(frame, M_CR), i);
  const own0 = P + <usize>i * bytes, A = P + <usize>r1 * bytes, out = at(frame, M_POINTS) + <usize>i * bytes;
  const sure = <i32>below(random, n);
  // Exponential: a run of variables from `sure` on, each with chance cr.
  let run = 1;
  if (exponential) while (run < n && uniform(random) < cr) run++;
  for (let j = 0; j < n; j++) {
    const own = item(own0, j);
    const taken = exponential ? (j - sure + n) % n < run : uniform(random) < cr || j == sure;
    if (!taken) {
      setDouble(out, j, own);
      continue;
    }
    const a = item(A, j), b = item(B, j), c = item(C, j), d = item(D, j), top = item(lead, j);
    let v: f64;
    if (kind == DE_LSHADE) v = own + f * (top - own) + f * (a - b);
    else if (kind == DE_BEST1) v = top + f * (a - b);
    else if (kind == DE_BEST2) v = top + f * (a + b - c - d);
    else if (kind == DE_RAND1) v = a + f * (b - c);
    else if (kind == DE_RAND2) v = a + f * (b + c - d - item(E, j));
    else if (kind == DE_RANDTOBEST1) v = a + f * (top - a) + f * (b - c);
    else v = own + f * (top - own) + f * (a - b);
    // Halfway from the parent to the bound that was crossed.
    setDouble(out, j, v < 0 ? own / 2 : v > 1 ? (own + 1) / 2 : v);
  }
}
