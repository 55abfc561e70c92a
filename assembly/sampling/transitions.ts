// Transitions of chains, each kept: one in the warm-up, many of each once that is over; of several chains at once where the core takes
// their density at two points.

import { C_FRAME, C_LEFT, C_NUMBERS, C_RECORD, CHAIN_BYTES, F_D, F_Q, F_RANDOM, N_POSITION } from "../../src/abi/sampling";
import { slot } from "./density";
import { hmcStep } from "./hmc";
import { copy } from "./leapfrog";
import { hmcTogether } from "./pair-hmc";
import { keepNumbers } from "./record";
import { nutsAlone, nutsTogether } from "./steps";
import { enter } from "./stream";
import { at } from "./tree";

function hmcAlone(chain: usize): void {
  const frame = at(chain, C_FRAME), numbers = at(chain, C_NUMBERS), random = slot(frame, F_RANDOM);
  const d = <i32>slot(frame, F_D);
  enter(random, load<f64>(numbers, 8 * N_POSITION));
  let record = at(chain, C_RECORD);
  for (let left = load<i32>(chain, C_LEFT); left > 0; left--) {
    hmcStep(frame, numbers);
    copy(d, slot(frame, F_Q), record);
    record = keepNumbers(frame, numbers, record);
  }
  store<f64>(numbers, <f64>load<u64>(random), 8 * N_POSITION);
}

/** The transitions of NUTS (`nuts` = 1) or HMC that each of `count` chains has left: of each as many, at least one. */
export function transitions(pair: usize, chains: usize, count: i32, nuts: i32): void {
  if (nuts) {
    if (count > 1) nutsTogether(pair, chains, count);
    else nutsAlone(chains);
    return;
  }
  for (; count > 1; count -= 2, chains += 2 * CHAIN_BYTES) hmcTogether(pair, chains, chains + CHAIN_BYTES);
  if (count == 1) hmcAlone(chains);
}
