// The errors with which an optimizer refuses a step. None of them has changed anything.

import { DownhillError, quote } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";

/** What an optimizer is in the middle of. */
export type Busy = "closure" | "schedule" | "average";

const busyTexts: Readonly<Record<Busy, readonly [what: string, hint: string]>> = {
  closure: [
    "was used inside its own closure",
    "the closure fills the gradient and returns the loss; call step after it",
  ],
  schedule: ["was used inside its own schedule", "a schedule only returns a number"],
  average: ["has its average swapped in", "call swap() of the average again first"],
};

export function busyError(where: string, busy: Busy): DownhillError {
  const [what, hint] = busyTexts[busy];
  return new DownhillError("REENTRANT", `this optimizer (${where}) ${what}`, { hint });
}

export function closureNeeded(where: string): DownhillError {
  const expected = "true or false in step() without a closure: the gradient is taken ahead of the parameters";
  return optionError(where, "nesterov", "lookahead", expected);
}

export function notALoss(where: string, loss: unknown): DownhillError {
  return new DownhillError(
    "CALLBACK_RESULT",
    `${where}: the closure must return the loss, got ${quote(loss)}`,
    {
      details: { value: loss },
    },
  );
}

export function nonFiniteGradient(where: string, index: number, value: number): DownhillError {
  return new DownhillError("NON_FINITE_INPUT", `${where}: grads[${index}] is ${quote(value)}`, {
    hint: "clipping by norm needs a finite gradient; skipNonFinite: true skips such steps",
    details: { argument: "grads", index, value },
  });
}
