// The lines of a room that src/index.ts does not hold whole: what it takes more is given.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import * as functions from "../../src/testfunctions/index.js";

type Cases = Iterable<[string, () => unknown]>;

/** The cases of test/paths/<room>.js, with more names beside those of src/index.ts, are compared with test/paths/<room>.txt. */
export async function compareGiven(room: string, more: object): Promise<void> {
  const load = (name: string) => import(new URL(`./${name}.js`, import.meta.url).href);
  const { linesOf } = (await load("line")) as { linesOf(cases: Cases): string[] };
  const { cases } = (await load(room)) as { cases(d: object, t: typeof functions): Cases };
  const lines = linesOf(cases({ ...downhill, ...more }, functions));
  test(`the ${lines.length} calls of ${room} come to what they came to`, async () => {
    await expect(lines.join("")).toMatchFileSnapshot(`../paths/${room}.txt`);
  });
}
