// What the splitting methods ask of functions and operators that a caller writes: that they fill what they are given, whole, and return nothing.

import { checkFilled } from "../../minimize/objective.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { optionError } from "../../runtime/options.js";
import { forget, isPromise, later } from "../../runtime/promises.js";
import { checkWhole, UNWRITTEN } from "../../runtime/unwritten.js";
import { applied, type ProximalOperator } from "./operators.js";

/** Calls `fill(out)` and looks at what it answers; the first time also whether it wrote every number. */
export function filler(where: string, name: string): (out: Float64Array, fill: () => unknown) => unknown {
  let first = true;
  return (out, fill) => {
    if (first) out.fill(UNWRITTEN);
    return later(fill(), (answer) => {
      if (answer !== out) checkFilled(where, name, answer);
      if (!first) return;
      first = false;
      checkWhole(where, name, out);
    });
  };
}

/** An operator as the methods call it: one of this library without its checks, as points of a run may be not finite; others with ours. */
export interface Applied {
  value(x: ArrayLike<number>): number;
  prox(v: Float64Array, t: number, out: Float64Array): void;
}

export function readOperator(where: string, name: string, given: unknown, or = ""): Applied {
  const own = given as ProximalOperator | null | undefined;
  const fast = typeof own === "object" && own !== null ? applied(own) : undefined;
  if (fast) return { value: own!.value, prox: fast };
  if (
    typeof own !== "object" ||
    own === null ||
    typeof own.prox !== "function" ||
    typeof own.value !== "function"
  )
    throw optionError(
      where,
      name,
      given,
      `an operator such as prox.l1(0.1), with prox(v, t, out) and value(x)${or}`,
    );
  const write = filler(where, `${name}.prox`);
  return {
    value: (x) => {
      const v: unknown = own.value(x);
      if (typeof v === "number") return v;
      throw new DownhillError(
        "CALLBACK_RESULT",
        `${where}: ${name}.value must return a number, got ${quote(v)}`,
        {
          details: { value: v },
        },
      );
    },
    prox: (v, t, out) => {
      const done = write(out, () => own.prox(v, t, out));
      if (!isPromise(done)) return;
      forget(done);
      throw new DownhillError(
        "CALLBACK_RESULT",
        `${where}: ${name}.prox must fill its last argument at once, got a Promise`,
      );
    },
  };
}
