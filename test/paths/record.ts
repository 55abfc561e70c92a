// The lines of a room, as Node 20 made them: they are compared on every engine, and `vitest run -u paths` writes them anew.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import * as functions from "../../src/testfunctions/index.js";

type Cases = Iterable<[string, () => unknown]>;

/** The cases of test/paths/<room>.js are compared with test/paths/<room>.txt; they are handed src/index.ts, what is given more, and the test functions. */
export async function comparePaths(room: string, more: object = {}): Promise<void> {
  const load = (name: string) => import(new URL(`./${name}.js`, import.meta.url).href);
  const { linesOf } = (await load("line")) as { linesOf(cases: Cases): string[] };
  const { cases } = (await load(room)) as { cases(d: object, t: typeof functions): Cases };
  const all = [...cases({ ...downhill, ...more }, functions)];
  const lines = linesOf(all);
  test(`the ${all.length} calls of ${room} come to the same in memory that others have used`, () => {
    expect(linesOf(all.reverse()).reverse()).toEqual(lines);
  });
  test(`the ${lines.length} calls of ${room} come to what they came to`, async () => {
    await expect(lines.join("")).toMatchFileSnapshot(`../paths/${room}.txt`);
  });
}
