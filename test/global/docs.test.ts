// The examples of docs/global.md run, and what they say of their values is so: `expression; // number` to 3 digits.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";

const text = readFileSync(new URL("../../docs/global.md", import.meta.url), "utf8");
const blocks = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code as string);

test.each(blocks.map((code, i) => [i, code] as const))("block %i", async (_, code) => {
  const names = new Set<string>();
  const body = code
    .replace(/import \{([^}]*)\} from "downhill(?:\/workers)?";/g, (__, list: string) => {
      for (const name of list.split(",")) names.add(name.trim());
      return "";
    })
    .replace(/^(\S[^\n]*); \/\/ (-?\d[\d.e-]*|\[[\d., -]*\])(?=[:,\n ])/gm, "check($1, $2);\n//");
  const values = [...names].map((name) => (downhill as Record<string, unknown>)[name]);
  expect(values).not.toContain(undefined);
  const check = (value: unknown, said: unknown) => {
    const list = (v: unknown) => (typeof v === "number" ? [v] : Array.from(v as ArrayLike<number>));
    const expected = list(said);
    expect(list(value)).toHaveLength(expected.length);
    list(value).forEach((v, i) => {
      const most = 1e-3 * Math.max(1, Math.abs(expected[i]!));
      expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(most);
    });
  };
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;
  await (new AsyncFunction("check", ...names, body) as (...args: unknown[]) => Promise<void>)(
    check,
    ...values,
  );
});

test("the tables name methods that exist", () => {
  for (const name of ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"]) {
    expect(text).toContain(`| \`${name}\``);
    expect((downhill as Record<string, unknown>)[name]).toBeTypeOf("function");
  }
});
