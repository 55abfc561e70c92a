// What a user gives to be minimised, in one shape: every call checked, promises let through only where they may be.

import { DownhillError, quote } from "../runtime/errors.js";
import { type Elsewhere, hintFor, optionError } from "../runtime/options.js";

export type MaybePromise<T> = T | PromiseLike<T>;

/** Vectors are borrowed for the call. A matrix is n*n, row-major. At least one of `fun` and `funGrad` is needed. */
export interface ObjectiveParts<R = number> {
  fun?: ((x: Float64Array) => R) | undefined;
  /** Fills `out` with the gradient. */
  grad?: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Returns the value and fills `outGrad`. */
  funGrad?: ((x: Float64Array, outGrad: Float64Array) => R) | undefined;
  /** Fills `out` with the Hessian. */
  hess?: ((x: Float64Array, out: Float64Array) => unknown) | undefined;
  /** Fills `out` with the Hessian at x times v. */
  hessVec?: ((x: Float64Array, v: Float64Array, out: Float64Array) => unknown) | undefined;
}

export type Objective = ((x: Float64Array) => number) | ObjectiveParts;
export type AsyncObjective =
  | ((x: Float64Array) => MaybePromise<number>)
  | ObjectiveParts<MaybePromise<number>>;

const names = ["fun", "grad", "funGrad", "hess", "hessVec"] as const;

/** Names that other libraries have for the same, where they look otherwise. */
const meant: Elsewhere = {
  function: "fun",
  value: "fun",
  cost: "fun",
  loss: "fun",
  objective: "fun",
  g: "grad",
  gradient: "grad",
  derivative: "grad",
  fprime: "grad",
  jac: "grad",
  jacobian: "grad",
  df: "grad",
  valueandgradient: "funGrad",
  fungradient: "funGrad",
  fg: "funGrad",
  h: "hess",
  hessian: "hess",
  hessp: "hessVec",
  hv: "hessVec",
};

/** Options of solvers, here and elsewhere, which stand in the last argument. What a function may keep for itself (`x0`, `n`, `target`) is none. */
export const OPTIONS =
  /^((in)?eq(uality)?|cons(traints)?|linear|bounds|lower|upper|[lu]b|method|algorithm|options|args|sense|maximi.e|max_?(iter|f(ev|un)|eval|time).*|(.|\w{4})?_?tol(erance)?_?(abs|rel)?)$/i;

/** A part under another name would be left out without a word, and so would an option. */
function checkNames(where: string, given: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(given)) {
    const option = value !== undefined && OPTIONS.test(key);
    if ((names as readonly string[]).includes(key) || !(option || typeof value === "function")) continue;
    throw new DownhillError("OPTION", `${where}: f has no part ${quote(key)}`, {
      hint: given.rowNames
        ? "minimizeConstrained takes programs"
        : option
          ? "options come after x0"
          : (hintFor(key, names, meant) ?? `its parts are ${names.join(", ")}`),
      details: { option: `f.${key}` },
    });
  }
}

export function readObjective(where: string, f: unknown): ObjectiveParts<MaybePromise<number>> {
  if (typeof f === "function") return { fun: f as (x: Float64Array) => number };
  const given = (typeof f === "object" && f !== null ? f : {}) as Record<string, unknown>;
  const own = Object.getPrototypeOf(given) === Object.prototype;
  if (own) checkNames(where, given);
  for (const name of names) {
    if (given[name] !== undefined && typeof given[name] !== "function")
      throw optionError(where, `f.${name}`, given[name], "a function");
  }
  if (given.fun === undefined && given.funGrad === undefined) {
    throw optionError(
      where,
      "f",
      f,
      "a function, what compileObjective makes, or an object with fun or funGrad",
    );
  }
  if (own) return given as ObjectiveParts<MaybePromise<number>>;
  // Bound, so that an object whose methods use `this` (a compiled objective) serves as it is.
  const bound: Record<string, unknown> = {};
  for (const name of names) {
    const part = given[name] as ((...args: unknown[]) => unknown) | undefined;
    if (part) bound[name] = part.bind(given);
  }
  return bound as ObjectiveParts<MaybePromise<number>>;
}

/** CALLBACK_RESULT unless a settled value is a number. */
export function checkValue(where: string, value: unknown, who = "the objective"): number {
  if (typeof value === "number") return value;
  throw new DownhillError("CALLBACK_RESULT", `${where}: ${who} must return a number, got ${quote(value)}`, {
    details: { value },
  });
}

/** CALLBACK_RESULT when a callback answers instead of filling its argument. */
export function checkFilled(where: string, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  throw new DownhillError(
    "CALLBACK_RESULT",
    `${where}: ${name} must fill its last argument and return nothing, got ${quote(value)}`,
    { hint: "(x, out) => { out[0] = ... }", details: { value } },
  );
}
