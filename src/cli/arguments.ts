// What stands behind options: a=1,b=0.1 and b=0: and 0:10.

import { DownhillError } from "../runtime/errors.js";

const refuse = (option: string, text: string, form: string): DownhillError =>
  new DownhillError("OPTION", `${option}: ${JSON.stringify(text)} is not of the form ${form}`, {
    hint: `write ${option} ${form}`,
    details: { option },
  });

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

/** "a=1,b=0.1" */
export function readValues(option: string, text: string | undefined): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text?.split(",") ?? []) {
    const [name = "", value = "", more] = part.split("=");
    if (!name.trim() || more !== undefined || !isNumber(value)) throw refuse(option, part, "a=1,b=0.1");
    put(option, found, name.trim(), Number(value));
  }
  return found;
}

function put<V>(option: string, found: Map<string, V>, name: string, value: V): void {
  if (found.has(name))
    throw new DownhillError("OPTION", `${option}: ${name} is given twice`, {
      hint: "give one",
      details: { option },
    });
  found.set(name, value);
}

/** "0:10", "0:", ":10" */
export function readRange(option: string, text: string): [number, number] {
  const [low = "", high, more] = text.split(":");
  const ok =
    high !== undefined &&
    more === undefined &&
    [low, high].every((part) => part.trim() === "" || isNumber(part));
  if (!ok) throw refuse(option, text, "0:10");
  const range: [number, number] = [
    low.trim() ? Number(low) : -Infinity,
    high.trim() ? Number(high) : Infinity,
  ];
  if (range[0] < range[1]) return range;
  throw refuse(option, text, "0:10, the lower end first");
}

/** "b=0:,c=-1:1" */
export function readBounds(option: string, text: string | undefined): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>();
  for (const part of text?.split(",") ?? []) {
    const [name = "", range, more] = part.split("=");
    if (!name.trim() || range === undefined || more !== undefined) throw refuse(option, part, "b=0:");
    put(option, found, name.trim(), readRange(option, range));
  }
  return found;
}

export const readList = (text: string | undefined): string[] =>
  (text?.split(",") ?? []).map((name) => name.trim()).filter(Boolean);

/** Models: a comma between parentheses parts none. */
export function readModels(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const sign of text) {
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (sign === "," && depth <= 0) found.push("");
    else found[found.length - 1] += sign;
  }
  return [...new Set(found.map((model) => model.trim()).filter(Boolean))];
}

/** The parts of "a=1,b=0.1" or "a,b" that are of these names; `seen` collects the names that had a place. */
export function ofNames(
  text: string | undefined,
  names: readonly string[],
  seen: Set<string>,
): string | undefined {
  const nameOf = (part: string): string =>
    part
      .split("=")[0]!
      .replace(/\[\d+\]\s*$/, "")
      .trim();
  const parts = text?.split(",").filter((part) => names.includes(nameOf(part))) ?? [];
  for (const part of parts) seen.add(nameOf(part));
  return parts.length > 0 ? parts.join(",") : undefined;
}
