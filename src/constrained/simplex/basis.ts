// The basis of a linear program's vertex, as plain numbers.

import { shapeError } from "../../linalg/matrix.js";
import { DownhillError } from "../../runtime/errors.js";

/** What each variable, and the value of each row, is at a vertex: 0 basic, -1 at its lower side, 1 at its upper one; without sides, at 0. */
export interface Basis {
  /** Length n. */
  readonly variables: ArrayLike<number>;
  /** Length m. As many of all are 0 as there are rows. */
  readonly rows: ArrayLike<number>;
}

/** Checked and copied; SHAPE, OPTION. */
export function readBasis(where: string, given: Basis, n: number, m: number): Basis {
  const part = (name: "variables" | "rows", length: number) => {
    const s = given?.[name];
    if (s === undefined || s === null || s.length !== length)
      throw shapeError(where, `basis.${name} must have length ${length}`, { argument: `basis.${name}` });
    return Int8Array.from({ length }, (_, i) => {
      const v = s[i];
      if (v === 0 || v === 1 || v === -1) return v;
      throw new DownhillError(
        "OPTION",
        `${where}: basis.${name}[${i}] is ${String(v)}, expected -1, 0 or 1`,
        {
          details: { option: `basis.${name}`, index: i, value: v },
        },
      );
    });
  };
  return { variables: part("variables", n), rows: part("rows", m) };
}
