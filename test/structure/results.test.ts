// docs/results.md and the studio's page of results are drawn from one file.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("docs/results.md is what npm run results writes from site/results.json", async () => {
  const script = "../../scripts/results.mjs";
  const { toMarkdown } = (await import(script)) as { toMarkdown: (data: unknown) => string };
  const data = JSON.parse(readFileSync("site/results.json", "utf8"));
  expect(readFileSync("docs/results.md", "utf8")).toBe(toMarkdown(data));
  for (const { columns, rows } of data.sections)
    for (const row of rows) expect(row.length).toBe(columns.length);
});
