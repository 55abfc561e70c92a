// maxEvaluations for methods that count their own work (nfev: factorisations, changes of an active set, blocks of products): the driver looks at
// that limit where something is to be evaluated.

import type { Call, End, Method } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";

const ANOTHER: Call = { kind: "call", cost: () => 1, run: () => undefined };

export function* withinEvaluations<E extends End>(watch: Watch, run: Method<E>): Method<E> {
  try {
    for (let next = run.next(); ; next = run.next()) {
      if (next.done) return next.value;
      yield next.value;
      if (watch.nfev >= watch.maxEvaluations) yield ANOTHER;
    }
  } finally {
    run.return(undefined as never);
  }
}
