// Inputs are read before a run begins: what the caller writes into them in its middle reaches nobody.
import { expect, test } from "vitest";
import { calls, functionOf } from "./calls.js";
import { Draw } from "./draw.js";

const DRAWS = 6;
type Numbers = number[] | Float64Array;

/** The lists of numbers in what is handed over. */
function lists(value: unknown, depth = 0): Numbers[] {
  if (typeof value !== "object" || value === null || depth > 5) return [];
  if (ArrayBuffer.isView(value)) return [value as Float64Array];
  if (Array.isArray(value)) {
    const plain = value.length > 0 && value.every((entry) => typeof entry === "number");
    return plain ? [value] : value.flatMap((entry) => lists(entry, depth + 1));
  }
  const parts = Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : [];
  return parts.flatMap((part) => lists(part, depth + 1));
}

/** All that an answer says but the time it took and the options it repeats. */
const said = (answer: unknown): string =>
  JSON.stringify(answer, (key, value) => {
    if (key === "elapsedMs" || key === "input" || key === "trace") return undefined;
    return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  });

/** What a call says whose inputs are written over when it first reports; null where it reports nothing. */
async function answerOf(name: string, index: number, spoil: boolean): Promise<string | null> {
  const draw = new Draw(5, index);
  const args = calls[name]!(draw);
  const options = args.find(
    (arg): arg is Record<string, unknown> => typeof arg === "object" && arg !== null && "onIteration" in arg,
  );
  try {
    if (!options) return null;
    let reported = false;
    const all = lists(args);
    const { maxTimeMs: _, ...others } = options;
    const onIteration = (): void => {
      if (spoil && !reported) for (const list of all) for (let i = 0; i < list.length; i++) list[i] = 7 + i;
      reported = true;
    };
    const own = { ...others, maxIterations: Math.min(Number(options.maxIterations ?? 30), 30), onIteration };
    const answer = await functionOf(name)(...args.map((arg) => (arg === options ? own : arg)));
    const text = said(answer);
    const held = answer as { dispose?: () => void; return?: () => void };
    held.dispose?.();
    held.return?.();
    return reported ? text : null;
  } finally {
    draw.release();
  }
}

test("what is written into inputs in the middle of a run reaches nobody", async () => {
  let compared = 0;
  const different: string[] = [];
  for (const name of Object.keys(calls)) {
    for (let index = 0; index < DRAWS; index++) {
      const plain = await answerOf(name, index, false).catch(() => null);
      if (plain === null) continue;
      compared++;
      if ((await answerOf(name, index, true)) !== plain) different.push(`${name} ${index}`);
    }
  }
  expect(different).toEqual([]);
  expect(compared).toBeGreaterThan(200);
});
