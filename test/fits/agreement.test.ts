// docs/agreement.md names a test for each of its comparisons: that test is there.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("every comparison that the table lists has its test, thirty at least", () => {
  const rows = readFileSync("docs/agreement.md", "utf8")
    .split("\n")
    .filter((line) => line.includes("| `test/"))
    .map((line) => /\| `(test\/[^`]+)`: (.*) \|$/.exec(line)!);
  expect(rows.length).toBeGreaterThanOrEqual(30);
  for (const [line, file, title] of rows)
    expect(readFileSync(file!, "utf8").includes(title!), line).toBe(true);
});
