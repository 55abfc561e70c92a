// Whether a callback wrote into what it was given to fill.

import { DownhillError } from "./errors.js";

/** A number that nobody computes and that disturbs nothing: what still has it was not written. */
export const UNWRITTEN = 5.4321e-301;

/** CALLBACK_RESULT where a number of `out`, which was full of UNWRITTEN, was left out. */
export function checkWhole(where: string, name: string, out: Float64Array): void {
  const index = out.indexOf(UNWRITTEN);
  if (index >= 0)
    throw new DownhillError(
      "CALLBACK_RESULT",
      `${where}: ${name} left number ${index} of its last argument unwritten`,
      { details: { index } },
    );
}

/** What was left out of a matrix, which was full of UNWRITTEN, is 0; CALLBACK_RESULT where all of it was. */
export function checkWritten(where: string, name: string, out: Float64Array): void {
  if (out.length > 0 && out.every((v) => v === UNWRITTEN))
    throw new DownhillError("CALLBACK_RESULT", `${where}: ${name} left its last argument unwritten`, {
      hint: "(x, out) => { out[0] = ... }",
    });
  for (let k = 0; k < out.length; k++) if (out[k] === UNWRITTEN) out[k] = 0;
}
