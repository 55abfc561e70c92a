// The tables that the package computes when they are first needed, against mpmath's, bit for bit.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ELEMENTARY_BYTES } from "../../src/models/constants.js";
import { makeTables } from "../../src/models/tables.js";

const { tables } = JSON.parse(
  readFileSync(new URL("../reference-data/elementary-tables.json", import.meta.url), "utf8"),
) as { tables: Record<string, number[]> };

test("every entry is the double that mpmath gives, and they fill the rest of the block", () => {
  const made = makeTables();
  const expected = Object.values(tables).flat();
  expect(made.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Object.is(made[i], value), `entry ${i}`).toBe(true);
  expect(made.length * 8).toBeLessThan(ELEMENTARY_BYTES);
});
