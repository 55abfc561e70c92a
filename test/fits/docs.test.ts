// The examples of docs/fitting.md run, and what stands behind `expression; // numbers` is what comes out.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

const blocks = [...readFileSync("docs/fitting.md", "utf8").matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code!,
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
    .replace(/^console\.log\((.*)\);.*$/gm, "seen.push([$1.length > 99, '']);")
    .replace(/^([\w.[\]()" ,/]+);? +\/\/ (.*)$/gm, (line, expression: string, said: string) =>
      /^(const|for|if) /.test(expression) ? line : `seen.push([${expression}, ${JSON.stringify(said)}]);`,
    );
  const seen: [unknown, string][] = [];
  const values = [...names].map((name) => (downhill as Record<string, unknown>)[name]);
  expect(values).not.toContain(undefined);
  new Function("seen", ...names, body)(seen, ...values);
  expect(seen.length).toBeGreaterThan(0);
  for (const [value, said] of seen) {
    if (typeof value === "boolean") expect(value).toBe(true);
    else if (typeof value === "string") expect(value).toBe(said);
    else {
      const told = said.replace(/[a-z_]\w*:/gi, "").match(NUMBER) ?? [];
      const found = numbers(value);
      expect(told.length).toBe(found.length);
      told.forEach((text, k) => {
        const digits = text.split(".")[1]?.length ?? 6;
        expect(Math.abs(found[k]! - Number(text))).toBeLessThanOrEqual(0.51 * 10 ** -digits);
      });
    }
  }
});
