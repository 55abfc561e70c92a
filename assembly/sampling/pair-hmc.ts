// Transitions of Hamiltonian Monte Carlo of two chains at once, one in each lane. Both make the same number of steps, so their numbers
// stand side by side throughout. The operations of each chain are those of hmc.ts.

import {
  C_FRAME, C_LEFT, C_NUMBERS, C_RECORD, F_D, F_DIVERGENCE, F_G, F_INVERSE, F_Q, F_RANDOM, F_V, F_WORDS, N_ACCEPTANCE, N_DEPTH,
  N_DIVERGENT, N_ENERGY, N_JITTER, N_LEAVES, N_LP, N_POSITION, N_STEP, N_STEPS, P_FROM_G, P_G, P_INVERSE, P_P, P_Q, P_ROOT, P_U, P_X,
} from "../../src/abi/sampling";
import { slot } from "./density";
import { DIVERGENT } from "./nuts";
import { expPair, lanes, pairDensity } from "./pair-density";
import { enter, fillNormals, uniform } from "./stream";
import { keepNumbers } from "./record";
import { at } from "./tree";

/** Two vectors as one, side by side. */
function weave(d: i32, a: usize, b: usize, to: usize): void {
  for (const end = a + (<usize>d << 3); a < end; a += 8, b += 8, to += 16) v128.store(to, lanes(load<f64>(a), load<f64>(b)));
}

/** One of two vectors that stand side by side. */
function unweave(d: i32, from: usize, lane: usize, to: usize): void {
  from += lane << 3;
  for (const end = to + (<usize>d << 3); to < end; to += 8, from += 16) store<f64>(to, load<f64>(from));
}

/** Momenta of both from normal numbers; p'v of both. */
function momenta(d: i32, za: usize, zb: usize, inverse: usize, root: usize, p: usize): v128 {
  let even = f64x2.splat(0), odd = even;
  const end = p + (<usize>(d & ~1) << 4);
  for (; p < end; za += 16, zb += 16, inverse += 32, root += 32, p += 32) {
    const a = v128.load(za), b = v128.load(zb);
    const first = f64x2.div(v128.shuffle<f64>(a, b, 0, 2), v128.load(root));
    const second = f64x2.div(v128.shuffle<f64>(a, b, 1, 3), v128.load(root, 16));
    v128.store(p, first);
    v128.store(p, second, 16);
    even = f64x2.add(even, f64x2.mul(first, f64x2.mul(v128.load(inverse), first)));
    odd = f64x2.add(odd, f64x2.mul(second, f64x2.mul(v128.load(inverse, 16), second)));
  }
  if (d & 1) {
    const last = f64x2.div(lanes(load<f64>(za), load<f64>(zb)), v128.load(root));
    v128.store(p, last);
    even = f64x2.add(even, f64x2.mul(last, f64x2.mul(v128.load(inverse), last)));
  }
  return f64x2.add(even, odd);
}

/** A kick and a drift of both, from `q`; where they are goes to u and to x. */
function kickPair(d: i32, kick: v128, e: v128, inverse: usize, g: usize, p: usize, q: usize, u: usize, x: usize): void {
  const end = p + (<usize>d << 4);
  for (; p < end; inverse += 16, g += 16, p += 16, q += 16, u += 16, x += 16) {
    const moved = f64x2.add(v128.load(p), f64x2.mul(kick, v128.load(g)));
    const to = f64x2.add(v128.load(q), f64x2.mul(e, f64x2.mul(v128.load(inverse), moved)));
    v128.store(p, moved);
    v128.store(u, to);
    v128.store(x, to);
  }
}

/** p'v of both after a last kick. */
function measurePair(d: i32, kick: v128, inverse: usize, g: usize, p: usize): v128 {
  let even = f64x2.splat(0), odd = even;
  const end = p + (<usize>(d & ~1) << 4);
  for (; p < end; inverse += 32, g += 32, p += 32) {
    const first = f64x2.add(v128.load(p), f64x2.mul(kick, v128.load(g)));
    const second = f64x2.add(v128.load(p, 16), f64x2.mul(kick, v128.load(g, 16)));
    even = f64x2.add(even, f64x2.mul(first, f64x2.mul(v128.load(inverse), first)));
    odd = f64x2.add(odd, f64x2.mul(second, f64x2.mul(v128.load(inverse, 16), second)));
  }
  if (d & 1) {
    const last = f64x2.add(v128.load(p), f64x2.mul(kick, v128.load(g)));
    even = f64x2.add(even, f64x2.mul(last, f64x2.mul(v128.load(inverse), last)));
  }
  return f64x2.add(even, odd);
}

/** to = taken ? from : to. */
function take(d: i32, taken: v128, from: usize, to: usize): void {
  for (const end = to + (<usize>d << 4); to < end; from += 16, to += 16)
    v128.store(to, v128.bitselect(v128.load(from), v128.load(to), taken));
}

/** A chain's step size, with its share of chance. */
// @ts-ignore: decorator
@inline
function stepOf(random: usize, numbers: usize): f64 {
  const jitter = load<f64>(numbers, 8 * N_JITTER), e = load<f64>(numbers, 8 * N_STEP);
  return jitter > 0 ? e * (1 + jitter * (2 * uniform(random) - 1)) : e;
}

/** What a chain keeps of a transition; whether it moves. */
function settle(chain: usize, lane: usize, u: usize, lp: f64, energy: f64, start: f64, gain: f64, ratio: f64, leaves: i32): bool {
  const frame = at(chain, C_FRAME), numbers = at(chain, C_NUMBERS);
  const divergent = -gain > DIVERGENT, acceptance = min(1, ratio);
  // A lane whose density became 0 has put its point there already.
  if (divergent && lp != -Infinity) unweave(<i32>slot(frame, F_D), u, lane, slot(frame, F_DIVERGENCE));
  const accepted = acceptance == 1 || uniform(slot(frame, F_RANDOM)) < acceptance;
  if (accepted) store<f64>(numbers, lp, 8 * N_LP);
  store<f64>(numbers, acceptance, 8 * N_ACCEPTANCE);
  store<f64>(numbers, 0, 8 * N_DEPTH);
  store<f64>(numbers, <f64>leaves, 8 * N_LEAVES);
  store<f64>(numbers, divergent ? 1 : 0, 8 * N_DIVERGENT);
  store<f64>(numbers, accepted ? energy : start, 8 * N_ENERGY);
  return accepted;
}

/** The chain's point and numbers as a record. */
function keep(d: i32, chain: usize, lane: usize, q: usize): void {
  const record = at(chain, C_RECORD);
  unweave(d, q, lane, record);
  store<u32>(chain, <u32>keepNumbers(at(chain, C_FRAME), at(chain, C_NUMBERS), record), C_RECORD);
}

/** One transition of both. */
function hmcPair(pair: usize, a: usize, b: usize): void {
  const frame = at(a, C_FRAME), other = at(b, C_FRAME), numbersA = at(a, C_NUMBERS), numbersB = at(b, C_NUMBERS);
  const randomA = slot(frame, F_RANDOM), randomB = slot(other, F_RANDOM), za = slot(frame, F_V), zb = slot(other, F_V);
  const d = <i32>slot(frame, F_D), steps = <i32>load<f64>(numbersA, 8 * N_STEPS);
  const inverse = slot(pair, P_INVERSE), p = slot(pair, P_P), q = slot(pair, P_Q), from = slot(pair, P_FROM_G);
  const u = slot(pair, P_U), x = slot(pair, P_X), g = slot(pair, P_G);
  const e = lanes(stepOf(randomA, numbersA), stepOf(randomB, numbersB));
  const half = f64x2.mul(f64x2.splat(0.5), e);
  fillNormals(d, randomA, slot(frame, F_WORDS), za);
  fillNormals(d, randomB, slot(other, F_WORDS), zb);
  const kinetic = momenta(d, za, zb, inverse, slot(pair, P_ROOT), p);
  let lp = lanes(load<f64>(numbersA, 8 * N_LP), load<f64>(numbersB, 8 * N_LP));
  const start = f64x2.sub(f64x2.mul(f64x2.splat(0.5), kinetic), lp);
  const none = f64x2.splat(-Infinity);
  let leavesA = steps, leavesB = steps, dead = f64x2.splat(0);
  for (let k = 0; k < steps; k++) {
    if (k == 0) kickPair(d, half, e, inverse, from, p, q, u, x);
    else kickPair(d, e, e, inverse, g, p, u, u, x);
    lp = v128.bitselect(none, pairDensity(frame, pair), dead);
    // Where the density is zero a chain has come to its end.
    const ends = i64x2.bitmask(v128.andnot(f64x2.eq(lp, none), dead));
    if (ends == 0) continue;
    if (ends & 1) {
      leavesA = k + 1;
      unweave(d, u, 0, slot(frame, F_DIVERGENCE));
    }
    if (ends & 2) {
      leavesB = k + 1;
      unweave(d, u, 1, slot(other, F_DIVERGENCE));
    }
    dead = f64x2.eq(lp, none);
    if (i64x2.bitmask(dead) == 3) break;
  }
  const energy = f64x2.sub(f64x2.mul(f64x2.splat(0.5), measurePair(d, half, inverse, g, p)), lp);
  const rough = f64x2.sub(start, energy);
  const gain = v128.bitselect(rough, none, v128.andnot(f64x2.eq(energy, energy), dead));
  const ratio = expPair(gain);
  const movesA = settle(
    a, 0, u, f64x2.extract_lane(lp, 0), f64x2.extract_lane(energy, 0), f64x2.extract_lane(start, 0), f64x2.extract_lane(gain, 0),
    f64x2.extract_lane(ratio, 0), leavesA,
  );
  const movesB = settle(
    b, 1, u, f64x2.extract_lane(lp, 1), f64x2.extract_lane(energy, 1), f64x2.extract_lane(start, 1), f64x2.extract_lane(gain, 1),
    f64x2.extract_lane(ratio, 1), leavesB,
  );
  const taken = i64x2.replace_lane(i64x2.splat(movesA ? -1 : 0), 1, movesB ? -1 : 0);
  take(d, taken, u, q);
  take(d, taken, g, from);
}

/** The transitions that two chains have left, as many of each. */
export function hmcTogether(pair: usize, a: usize, b: usize): void {
  const frame = at(a, C_FRAME), other = at(b, C_FRAME);
  const d = <i32>slot(frame, F_D), q = slot(pair, P_Q), inverse = slot(pair, P_INVERSE), root = slot(pair, P_ROOT);
  enter(slot(frame, F_RANDOM), load<f64>(at(a, C_NUMBERS), 8 * N_POSITION));
  enter(slot(other, F_RANDOM), load<f64>(at(b, C_NUMBERS), 8 * N_POSITION));
  weave(d, slot(frame, F_Q), slot(other, F_Q), q);
  weave(d, slot(frame, F_G), slot(other, F_G), slot(pair, P_FROM_G));
  weave(d, slot(frame, F_INVERSE), slot(other, F_INVERSE), inverse);
  for (let i: usize = 0; i < <usize>d << 4; i += 16) v128.store(root + i, f64x2.sqrt(v128.load(inverse + i)));
  for (let left = load<i32>(a, C_LEFT); left > 0; left--) {
    hmcPair(pair, a, b);
    keep(d, a, 0, q);
    keep(d, b, 1, q);
  }
  for (let lane: usize = 0; lane < 2; lane++) {
    const own = lane ? other : frame, numbers = at(lane ? b : a, C_NUMBERS);
    unweave(d, q, lane, slot(own, F_Q));
    unweave(d, slot(pair, P_FROM_G), lane, slot(own, F_G));
    store<f64>(numbers, <f64>load<u64>(slot(own, F_RANDOM)), 8 * N_POSITION);
  }
}
