// The tables that the package computes when they are first needed, against mpmath's, bit for bit.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ELEMENTARY_BYTES, SPLATS } from "../../src/models/constants.js";
import { makeTables } from "../../src/models/tables.js";
import { fromLetters } from "../../src/runtime/letters.js";

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

test("splats stand 16 bytes apart, as many as are packed, and coefficients of a polynomial side by side in their order", () => {
  const layout = readFileSync(new URL("../../assembly/models/layout.ts", import.meta.url), "utf8");
  const places = [...layout.matchAll(/^export const (\w+): usize = (\d+);/gm)].map(
    ([, name, at]) => [name!, Number(at)] as const,
  );
  const splats = fromLetters(SPLATS).byteLength / 8;
  places.slice(0, splats).forEach(([name, at], i) => {
    expect([name, at]).toEqual([name, 16 * i]);
  });
  // The tables follow.
  expect(places[splats]![1]).toBe(16 * splats);
  const runs = places.slice(0, splats).flatMap(([name], i) => {
    const [, word, k] = /^([A-Z_]*?)(\d+)$/.exec(name) ?? [];
    return word && Number(k) > 0 && places.some(([n]) => n === `${word}0`)
      ? [[name, places[i - 1]![0], `${word}${Number(k) - 1}`]]
      : [];
  });
  expect(runs.length).toBeGreaterThan(20);
  for (const [name, before, want] of runs) expect([name, before]).toEqual([name, want]);
});
