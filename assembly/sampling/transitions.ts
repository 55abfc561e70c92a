// Several transitions of one chain in one call, each kept: what `sample` takes once the warm-up is over.

import {
  F_D, F_Q, F_RANDOM, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT, N_ENERGY, N_LEAVES, N_LP, N_POSITION, R_ACCEPTANCE, R_DEPTH, R_DIVERGENT,
  R_ENERGY, R_LEAVES, R_LP, RECORD_EXTRA,
} from "../../src/abi/sampling";
import { slot } from "./density";
import { hmcStep } from "./hmc";
import { copy } from "./leapfrog";
import { nutsStep } from "./nuts";
import { enter } from "./random";

/** The chain's point and its numbers as a record; where the next one goes. */
function keep(d: i32, q: usize, numbers: usize, record: usize): usize {
  copy(d, q, record);
  record += <usize>d << 3;
  store<f64>(record, load<f64>(numbers, 8 * N_LP), 8 * R_LP);
  store<f64>(record, load<f64>(numbers, 8 * N_ACCEPTANCE), 8 * R_ACCEPTANCE);
  store<f64>(record, load<f64>(numbers, 8 * N_DEPTH), 8 * R_DEPTH);
  store<f64>(record, load<f64>(numbers, 8 * N_LEAVES), 8 * R_LEAVES);
  store<f64>(record, load<f64>(numbers, 8 * N_DIVERGENT), 8 * R_DIVERGENT);
  store<f64>(record, load<f64>(numbers, 8 * N_ENERGY), 8 * R_ENERGY);
  return record + 8 * RECORD_EXTRA;
}

/** At most `count` transitions of NUTS (`nuts` = 1) or HMC; ends after one that diverged. Returns how many were made. */
export function transitions(frame: usize, numbers: usize, nuts: i32, count: i32, records: usize): i32 {
  const d = <i32>slot(frame, F_D);
  const q = slot(frame, F_Q), random = slot(frame, F_RANDOM);
  enter(random, load<f64>(numbers, 8 * N_POSITION));
  let made = 0;
  while (made < count) {
    if (nuts) nutsStep(frame, numbers);
    else hmcStep(frame, numbers);
    records = keep(d, q, numbers, records);
    made++;
    if (load<f64>(numbers, 8 * N_DIVERGENT) != 0) break;
  }
  store<f64>(numbers, <f64>load<u64>(random), 8 * N_POSITION);
  return made;
}
