// What is kept of a transition: the chain's point, its numbers, and where it diverged.

import {
  F_D, F_DIVERGENCE, N_ACCEPTANCE, N_DEPTH, N_DIVERGENT, N_ENERGY, N_LEAVES, N_LP, R_ACCEPTANCE, R_DEPTH, R_DIVERGENT, R_ENERGY, R_LEAVES, R_LP,
  RECORD_EXTRA,
} from "../../src/abi/sampling";
import { slot } from "./density";
import { copy } from "./leapfrog";

/** The numbers of a transition behind its point, which stands at `record`; where the next record goes. */
export function keepNumbers(frame: usize, numbers: usize, record: usize): usize {
  const d = <i32>slot(frame, F_D);
  record += <usize>d << 3;
  store<f64>(record, load<f64>(numbers, 8 * N_LP), 8 * R_LP);
  store<f64>(record, load<f64>(numbers, 8 * N_ACCEPTANCE), 8 * R_ACCEPTANCE);
  store<f64>(record, load<f64>(numbers, 8 * N_DEPTH), 8 * R_DEPTH);
  store<f64>(record, load<f64>(numbers, 8 * N_LEAVES), 8 * R_LEAVES);
  store<f64>(record, load<f64>(numbers, 8 * N_DIVERGENT), 8 * R_DIVERGENT);
  store<f64>(record, load<f64>(numbers, 8 * N_ENERGY), 8 * R_ENERGY);
  record += 8 * RECORD_EXTRA;
  if (load<f64>(numbers, 8 * N_DIVERGENT) != 0) copy(d, slot(frame, F_DIVERGENCE), record);
  return record + (<usize>d << 3);
}
