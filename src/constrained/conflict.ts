// A small set of rows that contradict each other: those of a proof and, while they are few, without those that are not needed (the
// deletion filter: Chinneck and Dravnieks 1991).

import type { Look, Mark } from "../driver/task.js";
import { farkas, onlyRows, PROOF, phaseOne } from "./certificates.js";
import { largest, type Program } from "./program.js";

/** Rows of a proof among which the needed ones are looked for. */
const FEW = 25;

/** Where multipliers are not 0 to rounding. */
function support(y: Float64Array): number[] {
  const most = largest(y);
  return [...y.keys()].filter((i) => Math.abs(y[i]!) > 1e-9 * most);
}

/** Shows each smaller set to `report`; `multipliers` solves a program of phase one and gives its y. */
export function* conflictOf(
  program: Program,
  y: Float64Array,
  multipliers: (p: Program) => Generator<Mark | Look, Float64Array, void>,
  report: (rows: readonly (string | number)[]) => void,
): Generator<Mark | Look, void, void> {
  let rows = support(y);
  const show = () => report(rows.map((i) => program.rowNames?.[i] ?? i));
  show();
  if (rows.length <= FEW) {
    for (const i of [...rows]) {
      if (!rows.includes(i)) continue;
      const fewer = onlyRows(
        program,
        rows.filter((r) => r !== i),
      );
      const found = yield* multipliers(phaseOne(fewer.program, new Float64Array(fewer.program.m).fill(1)));
      const proof = farkas(fewer.program, found);
      if (proof.radius >= PROOF) rows = support(proof.y).map((k) => fewer.rows[k]!);
    }
  }
  show();
}
