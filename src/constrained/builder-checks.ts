// What a builder of a model is told, checked: names, coefficients by name, two sides.

import { DownhillError, quote } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";

export const wrong = (where: string, option: string, value: unknown, expected: string) =>
  new DownhillError("OPTION", `${where}: ${option} must be ${expected}, got ${quote(value)}`, {
    details: { option, value },
  });
export const checkName = (where: string, name: unknown): void => {
  if (typeof name !== "string" || name === "") throw wrong(where, "name", name, "a name");
};
export const checkTerms = (where: string, terms: unknown): void => {
  if (typeof terms !== "object" || terms === null || Array.isArray(terms))
    throw wrong(where, "terms", terms, "coefficients by name, such as { x: 2 }");
  for (const [name, v] of Object.entries(terms))
    if (typeof v !== "number" || !Number.isFinite(v)) throw wrong(where, name, v, "a finite coefficient");
};
export const checkSides = (
  where: string,
  [low, lower]: [string, number],
  [up, upper]: [string, number],
): void => {
  for (const [name, v] of [
    [low, lower],
    [up, upper],
  ] as const)
    if (typeof v !== "number" || Number.isNaN(v)) throw wrong(where, name, v, "a number");
  if (lower > upper || lower === Infinity || upper === -Infinity)
    throw wrong(where, low, lower, `at most ${up}, which is ${upper}, and one of them finite`);
};
/** Where variables are declared at all, a name that is none of them is a slip. */
export const declared = (where: string, terms: object, known: ReadonlySet<string>): void => {
  if (known.size === 0) return;
  for (const name of Object.keys(terms)) {
    if (known.has(name)) continue;
    const meant = nearest(name, [...known]);
    throw new DownhillError("OPTION", `${where}: there is no variable ${quote(name)}`, {
      hint: meant ? `did you mean "${meant}"?` : `declare it first: variable(${quote(name)})`,
      details: { option: "terms", value: name },
    });
  }
};
