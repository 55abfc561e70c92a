// What may name a variable or a parameter.

import { DownhillError, quote } from "../runtime/errors.js";
import { nameAt, RESERVED } from "./language.js";
import type { Names } from "./syntax.js";

/** OPTION unless the names are well formed, different, and free to take. Names of functions, pi and e may be taken. */
export function checkNames(where: string, { variables, params }: Names): void {
  const seen = new Set<string>();
  for (const name of [...variables, ...params]) {
    const wellFormed = typeof name === "string" && name !== "" && nameAt(name, 0) === name;
    if (!wellFormed || RESERVED.has(name)) {
      throw new DownhillError("OPTION", `${where}: ${quote(name)} cannot name a variable or parameter`, {
        hint: wellFormed
          ? "the name is reserved"
          : "names are letters, digits and _, not beginning with a digit",
        details: { name },
      });
    }
    if (seen.has(name)) {
      throw new DownhillError("OPTION", `${where}: the name ${quote(name)} is declared twice`, {
        hint: "as a variable and a parameter?",
        details: { name },
      });
    }
    seen.add(name);
  }
}
