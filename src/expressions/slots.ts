// Places of compiled models in the core's function table. A fit borrows a pair while it runs; pairs are used again, so
// the table grows with the number of fits that run at the same time, not with the number of models.

import type { Instance } from "../models/cache.js";

interface Pair {
  readonly at: number;
  holds: Instance | null;
}

const pools = new WeakMap<WebAssembly.Table, Pair[]>();

/** Index of the instance's first function; those after it follow (`values`, `jacobian`). */
export function borrow(table: WebAssembly.Table, instance: Instance): { at: number; giveBack(): void } {
  let idle = pools.get(table);
  if (!idle) {
    idle = [];
    pools.set(table, idle);
  }
  let k = idle.findIndex(({ holds }) => holds === instance);
  if (k < 0) k = idle.length - 1;
  const pair = k < 0 ? { at: table.grow(2), holds: null as Instance | null } : (idle.splice(k, 1)[0] as Pair);
  if (pair.holds !== instance) {
    Object.values(instance.exports)
      .slice(0, 2)
      .forEach((f, i) => {
        table.set(pair.at + i, f);
      });
    pair.holds = instance;
  }
  let borrowed = true;
  return {
    at: pair.at,
    giveBack() {
      if (borrowed) idle.push(pair);
      borrowed = false;
    },
  };
}
