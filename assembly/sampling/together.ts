// Transitions of several chains of a density that the core takes at two points at once.

import { C_FRAME, C_LEFT, C_NUMBERS, C_RECORD, CHAIN_BYTES } from "../../src/abi/sampling";
import { hmcTogether } from "./pair-hmc";
import { nutsTogether } from "./pair-nuts";
import { transitions } from "./transitions";
import { at } from "./tree";

/** The transitions of NUTS (`nuts` = 1) or HMC that each of `count` chains has left: the same number, at least one. */
export function together(pair: usize, chains: usize, count: i32, nuts: i32): void {
  if (nuts && count > 1) {
    nutsTogether(pair, chains, count);
    return;
  }
  for (; count > 1; count -= 2, chains += 2 * CHAIN_BYTES) hmcTogether(pair, chains, chains + CHAIN_BYTES);
  if (count == 1)
    transitions(at(chains, C_FRAME), at(chains, C_NUMBERS), nuts, load<i32>(chains, C_LEFT), at(chains, C_RECORD));
}
