// An objective that is to be maximised, as one that is minimised.

import { later } from "../../runtime/promises.js";

type Part = (...args: unknown[]) => unknown;

/** What is no number is refused where it is read. */
const turned = (value: unknown): unknown => (typeof value === "number" ? -value : value);
const turn = (value: unknown): unknown => later(value, turned);

const DERIVATIVES = ["grad", "funGrad", "hess", "hessVec"] as const;

/** A function of x, or parts with derivatives, which fill their last argument. */
export function negative(f: unknown): unknown {
  if (typeof f === "function") return (x: Float64Array) => turn(f(x));
  if (typeof f !== "object" || f === null) return f;
  const given = f as Readonly<Record<string, Part | undefined>>;
  const parts: Record<string, unknown> = { ...given };
  if (typeof given.fun === "function") parts.fun = (x: unknown) => turn(given.fun!(x));
  for (const name of DERIVATIVES) {
    if (typeof given[name] !== "function") continue;
    parts[name] = (...args: unknown[]) =>
      later(given[name]!(...args), (value) => {
        const out = args.at(-1) as Float64Array;
        for (let k = 0; k < out.length; k++) out[k] = -out[k]!;
        return name === "funGrad" ? turned(value) : value;
      });
  }
  return parts;
}
