// Where a training ended: what `fit` with `continue: true` goes on from, and what `net.save({ optimizer: true })` takes along.

import type { Kept } from "../first-order/snapshot.js";
import type { Held } from "./continued.js";

export interface Training {
  /** Epochs so far. */
  readonly epoch: number;
  /** The optimizer's state. */
  readonly kept: Kept;
  /** The epoch whose weights the network was left with, where they are not the last ones. */
  readonly weights?: number | undefined;
  /** The epoch from which patience counts on; where it had run out, or nothing was waited for, it begins anew. */
  readonly since?: number | undefined;
  /** What was waited for: of something else patience begins anew. */
  readonly monitored?: string | undefined;
  /** Options that hold on; a file need not have them. */
  readonly options?: Held | undefined;
}
