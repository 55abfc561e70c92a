// Where a training ended: what `fit` with `continue: true` goes on from, and what `net.save({ optimizer: true })` takes along.

import type { Kept } from "../first-order/snapshot.js";
import type { Held } from "./continued.js";

export interface Training {
  /** Epochs so far. */
  readonly epoch: number;
  /** The optimizer's state. */
  readonly kept: Kept;
  /** Options that hold on; a file need not have them. */
  readonly options?: Held | undefined;
}
