// Memory for one call beside a factor: kernels take addresses of both, which only mean something in one memory.

import { takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import type { Precision, Real } from "./matrix.js";
import { doubles, type Kernels, kernelsOf, view } from "./precision.js";

/** A factor in its workspace. */
export interface Placed {
  readonly workspace: Workspace;
  readonly given: Runtime | undefined;
  readonly precision: Precision;
  readonly F: Real;
  readonly at: number;
}

/** `size` numbers X and `work` more beside the factor, or, where it has no room, beside a copy of it. */
export function beside(
  where: string,
  { workspace, given, precision, F, at }: Placed,
  size: number,
  work: number,
  use: (k: Kernels, X: Real, at: number, work: number, factor: number) => void,
): void {
  const f64 = { X: doubles(size, precision), work: doubles(work, precision) };
  const key = `${where} ${precision} beside ${f64.X} ${f64.work}`;
  const run = (w: Workspace<"X" | "work", never, never>, factor: number): void => {
    try {
      use(kernelsOf(w.runtime, precision), view(w, "X", size, precision), w.at.X, w.at.work, factor);
    } finally {
      w.release();
    }
  };
  const near = workspace.runtime.takeWorkspace<"X" | "work", never, never>({ key, f64 });
  if (near) {
    run(near, at);
    return;
  }
  const copied = takeWorkspace<"X" | "work" | "F", never, never>(workspace.ownsRuntime ? undefined : given, {
    key: `${key} ${F.length}`,
    f64: { ...f64, F: doubles(F.length, precision) },
  });
  view(copied, "F", F.length, precision).set(F);
  run(copied, copied.at.F);
}
