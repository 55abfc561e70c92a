// The examples of docs/constrained.md run, and what stands behind `expression; // numbers` is what comes out.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

const blocks = [...readFileSync("docs/constrained.md", "utf8").matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code as string,
);
const NUMBER = /-?\d+(?:\.\d+)?(?:e-?\d+)?/g;

/** Numbers in a value, names left out. */
function numbers(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(numbers);
}

test.each(blocks.map((code, i) => [i, code] as const))("block %i", (_, code) => {
  const names = new Set<string>();
  const body = code
    .replace(/import \{([^}]*)\} from "downhill";/g, (__, list: string) => {
      for (const name of list.split(",")) names.add(name.trim());
      return "";
    })
    .replace(
      /^([\w.[\]]+); +\/\/ (.*)$/gm,
      (__, expression, said) => `seen.push([${expression}, ${JSON.stringify(said)}]);`,
    );
  const seen: [unknown, string][] = [];
  const values = [...names].map((name) => (downhill as Record<string, unknown>)[name]);
  expect(values).not.toContain(undefined);
  new Function("seen", ...names, body)(seen, ...values);
  expect(seen.length).toBeGreaterThan(0);
  for (const [value, said] of seen) {
    const told = (said.replace(/[a-z_]\w*:/gi, "").match(NUMBER) ?? []).map(
      (text) => [Number(text), text] as const,
    );
    const found = numbers(value);
    expect(told.length).toBe(found.length);
    told.forEach(([number, text], k) => {
      const digits = text.split(".")[1]?.length ?? 6;
      expect(Math.abs(found[k]! - number)).toBeLessThanOrEqual(10 ** -digits);
    });
  }
});
