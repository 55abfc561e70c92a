// Whether a callback wrote into what it was given to fill: looked at once, the first time.

import { DownhillError } from "../runtime/errors.js";

/** A number that nobody computes and that disturbs nothing: what still has it was not written. */
export const UNWRITTEN = 5.4321e-301;

/** What was left out of a Jacobian is 0; CALLBACK_RESULT where all of it was. */
export function checkWritten(where: string, name: string, out: Float64Array): void {
  if (out.length > 0 && out.every((v) => v === UNWRITTEN))
    throw new DownhillError("CALLBACK_RESULT", `${where}: ${name} left its last argument unwritten`, {
      hint: "(x, out) => { out[0] = ... }",
    });
  for (let k = 0; k < out.length; k++) if (out[k] === UNWRITTEN) out[k] = 0;
}
