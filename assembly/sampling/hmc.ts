// One transition of Hamiltonian Monte Carlo, or with one step of MALA, in the core: src/sampling/hmc.ts for linear memory, the
// same bits.

import {
  F_D, F_DIVERGENCE, F_ENDS, F_G, F_INVERSE, F_Q, F_RANDOM, F_V, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT, N_ENERGY, N_JITTER, N_LEAVES, N_LP,
  N_STEP, N_STEPS,
} from "../../src/abi/sampling";
import { density, slot } from "./density";
import { exp } from "./elementary";
import { copy, dot, kickAndDrift, kickAndMeasure, refresh } from "./leapfrog";
import { DIVERGENT } from "./nuts";
import { uniform } from "./stream";

/** A transition of Hamiltonian Monte Carlo: src/sampling/hmc.ts, the same operations in the same order. */
export function hmcStep(frame: usize, numbers: usize): void {
  const d = <i32>slot(frame, F_D);
  const size = <usize>d << 3;
  const q = slot(frame, F_ENDS), p = q + size, g = p + size;
  const v = slot(frame, F_V), inverse = slot(frame, F_INVERSE), random = slot(frame, F_RANDOM);
  const lp0 = load<f64>(numbers, 8 * N_LP), jitter = load<f64>(numbers, 8 * N_JITTER);
  const steps = <i32>load<f64>(numbers, 8 * N_STEPS);
  let e = load<f64>(numbers, 8 * N_STEP);
  if (jitter > 0) e *= 1 + jitter * (2 * uniform(random) - 1);
  copy(d, slot(frame, F_Q), q);
  copy(d, slot(frame, F_G), g);
  refresh(frame, d, p, v);
  const start = 0.5 * dot(d, p, v) - lp0;
  let lp = lp0, kick = 0.5 * e;
  let k = 0;
  for (; k < steps; k++) {
    kickAndDrift(d, kick, e, inverse, g, p, q);
    lp = density(frame, q, g);
    // The last half kick is below; where the density is zero there is none.
    if (lp == -Infinity) break;
    kick = e;
  }
  const energy = 0.5 * kickAndMeasure(d, lp == -Infinity ? 0 : 0.5 * e, inverse, g, p, v) - lp;
  const gain = energy != energy ? -Infinity : start - energy;
  const divergent = -gain > DIVERGENT;
  if (divergent) copy(d, q, slot(frame, F_DIVERGENCE));
  const acceptance = min(1, exp(gain));
  const accepted = acceptance == 1 || uniform(random) < acceptance;
  if (accepted) {
    copy(d, q, slot(frame, F_Q));
    copy(d, g, slot(frame, F_G));
    store<f64>(numbers, lp, 8 * N_LP);
  }
  store<f64>(numbers, acceptance, 8 * N_ACCEPTANCE);
  store<f64>(numbers, 0, 8 * N_DEPTH);
  store<f64>(numbers, <f64>min(k + 1, steps), 8 * N_LEAVES);
  store<f64>(numbers, divergent ? 1 : 0, 8 * N_DIVERGENT);
  store<f64>(numbers, accepted ? energy : start, 8 * N_ENERGY);
}
