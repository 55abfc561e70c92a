// The examples of docs/sampling.md run, what they log is finite, and every method and metric of the tables exists.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

const text = readFileSync(new URL("../../docs/sampling.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code as string);

/** Every number in what was logged. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbers);
}

test.each(blocks.map((code, i) => [i, code] as const))("block %i", (_, code) => {
  const names = new Set<string>();
  const body = code.replace(/import \{([^}]*)\} from "downhill";/g, (__, list: string) => {
    for (const name of list.split(",")) names.add(name.trim());
    return "";
  });
  const logged: unknown[] = [];
  const console = { log: (...values: unknown[]) => logged.push(...values) };
  const values = [...names].map((name) => (downhill as Record<string, unknown>)[name]);
  expect(values).not.toContain(undefined);
  new Function("console", ...names, body)(console, ...values);
  expect(logged.length).toBeGreaterThan(0);
  for (const value of logged) for (const v of numbers(value)) expect(v).not.toBeNaN();
  expect(logged).not.toContain(undefined);
});

test("the tables name methods and metrics that exist", () => {
  for (const name of [
    "nuts",
    "hmc",
    "mala",
    "metropolis",
    "slice",
    "ensemble",
    "tempering",
    "metropolisHastings",
  ]) {
    expect(text).toContain(`| \`${name}\``);
    expect((downhill as Record<string, unknown>)[name]).toBeTypeOf("function");
  }
  for (const code of ["W_GRADIENT_MISMATCH", "W_RARE_EXCHANGES"]) expect(text).toContain(code);
});
