// What a result may warn of is in the guides, and the guides name nothing else.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

function texts(folder: string, form: RegExp): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return texts(path, form);
    return form.test(name) ? [readFileSync(path, "utf8")] : [];
  });
}

const codes = (list: readonly string[], form: RegExp): string[] =>
  [...new Set(list.flatMap((text) => Array.from(text.matchAll(form), ([, code]) => code!)))].sort();

test("every code of a warning is explained in docs, and every code there is one", () => {
  const raised = codes(texts("src", /\.ts$/), /"(W_[A-Z_]+)"/g);
  expect(raised.length).toBeGreaterThan(30);
  expect(codes(texts("docs", /\.md$/), /\b(W_[A-Z_]+)/g)).toEqual(raised);
});
