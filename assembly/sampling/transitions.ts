// Several transitions of one chain in one call, each kept: what `sample` takes once the warm-up is over.

import { F_D, F_Q, F_RANDOM, N_POSITION } from "../../src/abi/sampling";
import { slot } from "./density";
import { hmcStep } from "./hmc";
import { copy } from "./leapfrog";
import { nutsStep } from "./nuts";
import { enter } from "./random";
import { keepNumbers } from "./record";

/** `count` transitions of NUTS (`nuts` = 1) or HMC. */
export function transitions(frame: usize, numbers: usize, nuts: i32, count: i32, records: usize): void {
  const d = <i32>slot(frame, F_D);
  const q = slot(frame, F_Q), random = slot(frame, F_RANDOM);
  enter(random, load<f64>(numbers, 8 * N_POSITION));
  for (; count > 0; count--) {
    if (nuts) nutsStep(frame, numbers);
    else hmcStep(frame, numbers);
    copy(d, q, records);
    records = keepNumbers(frame, numbers, records);
  }
  store<f64>(numbers, <f64>load<u64>(random), 8 * N_POSITION);
}
