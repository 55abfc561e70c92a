// Every option of every function: undefined is as good as left out; what is of a wrong kind is refused in our terms, or has a meaning,
// and leaves no memory behind.
import { expect, test } from "vitest";
import * as d from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { type Args, calls, functionOf } from "./calls.js";
import { Draw } from "./draw.js";

const plain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** All that an answer says but the time it took, the options it repeats and memory that it holds. */
const said = (answer: unknown): string =>
  `${typeof answer} ${JSON.stringify(answer, (key, value) => {
    if (/^(elapsedMs|input|trace|workspace|given)$/.test(key)) return undefined;
    return ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value;
  })}`;

/** What the call says with another argument at this place; its error. */
async function answerOf(
  name: string,
  at: number,
  change: (argument: unknown) => unknown,
): Promise<string | Error> {
  const draw = new Draw(5, 0);
  const args: Args = calls[name]!(draw);
  for (const arg of args) if (plain(arg)) delete arg.maxTimeMs;
  if (at >= 0) args[at] = change(args[at]);
  try {
    const answer = await functionOf(name)(...args);
    const text = said(answer);
    const held = (answer ?? {}) as { dispose?: () => void; return?: () => void };
    if (typeof held.dispose === "function") held.dispose();
    else if (typeof held.return === "function" && "next" in held) held.return();
    return text;
  } catch (error) {
    return error as Error;
  } finally {
    draw.release();
  }
}

/** The options that the refusal of an unknown one lists. */
async function optionsOf(name: string, at: number): Promise<string[]> {
  const error = await answerOf(name, at, (arg) =>
    arg === undefined || plain(arg) ? { ...(arg as object), unheardOf: 1 } : arg,
  );
  if (!(error instanceof d.DownhillError) || !error.message.includes("unheardOf")) return [];
  const [, list = ""] = /known options: ([^)|]*)/.exec(`${error.message} ${error.hint}`) ?? [];
  return list.split(", ").filter((key) => key !== "");
}

/** No value of a wrong kind has a meaning here, also where the call would not come to use it. */
const ALWAYS_READ = ["runtime", "signal"];
const WRONG_KINDS = [null, NaN, -1, 1.5, "nonsense", true, [], {}];

test("undefined is as good as left out, and no wrong kind breaks in", async () => {
  const wrong: string[] = [];
  const { memory } = defaultRuntime();
  let tried = 0;
  for (const name of Object.keys(calls)) {
    const base = await answerOf(name, -1, () => undefined);
    if (base instanceof Error) continue;
    const draw = new Draw(5, 0);
    const count = calls[name]!(draw).length;
    draw.release();
    for (let at = 0; at <= count; at++) {
      for (const key of await optionsOf(name, at)) {
        const given = (value: unknown) => (arg: unknown) =>
          (arg as Record<string, unknown> | undefined)?.[key] === undefined
            ? { ...(arg as object), [key]: value }
            : arg;
        tried++;
        if ((await answerOf(name, at, given(undefined))) !== base) wrong.push(`${name}: ${key} undefined`);
        for (const kind of WRONG_KINDS) {
          const answer = await answerOf(name, at, given(kind));
          const call = `${name}: ${key} ${JSON.stringify(kind)}`;
          if (answer instanceof Error && !(answer instanceof d.DownhillError))
            wrong.push(`${call}: ${answer.message}`);
          if (ALWAYS_READ.includes(key) && !(answer instanceof Error)) wrong.push(`${call} is not refused`);
          if (memory.used > 0) wrong.push(`${call} leaves ${memory.handles()}`);
          if (memory.used > 0) return expect(wrong).toEqual([]);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(1000);
});

const square = (x: ArrayLike<number>) => x[0]! * x[0]!;
const side = { lower: [-1], upper: [1] };
const peak = { x: [0, 1, 2, 3, 4, 5, 6, 7], y: [0, 0, 1, 3, 1, 0, 0, 0] };
const net = () => d.network({ inputs: 1, layers: [d.dense(1)], loss: "mse", seed: 1 });

test.each<[string, () => unknown, string, RegExp]>([
  ["a state for sample", () => d.sample(square, [0], { resume: {} } as never), "OPTION", /iterateSample/],
  [
    "choices that are a number",
    () => d.minimizeGlobal(square, { ...side, choices: 5 as never }),
    "OPTION",
    /choices/,
  ],
  ["sigma null of peaks", () => d.fitPeaks({ ...peak, sigma: null as never }), "OPTION", /sigma/],
  ["sigma of another length", () => d.fitPeaks({ ...peak, sigma: [1] }), "SHAPE", /sigma/],
  [
    "variables of ode in a text",
    () => d.ode({ derivatives: { S: "-k*S" }, variables: "S" as never }),
    "OPTION",
    /names/,
  ],
  [
    "params of ode as a number",
    () => d.ode({ derivatives: { S: "-k*S" }, params: 1 as never }),
    "OPTION",
    /names/,
  ],
  [
    "a signal that is none",
    () => d.minimizeGlobalAsync(square, side, { signal: {} as never }),
    "OPTION",
    /AbortSignal/,
  ],
  [
    "a basis that is null",
    () => d.solveLP({ c: [1], lower: [0] }, { method: d.simplex({ basis: null as never }) }),
    "SHAPE",
    /basis/,
  ],
  ["no out of a gradient", () => d.compileObjective("x^2").grad([1], undefined as never), "SHAPE", /out/],
  [
    "no x of an equation",
    () => d.ode({ derivatives: { S: "-k*S" } }).solve(5 as never, { k: 1, S0: 1 }),
    "SHAPE",
    /x/,
  ],
  [
    "no values of an equation",
    () => d.ode({ derivatives: { S: "-k*S" } }).solve([5], null as never),
    "OPTION",
    /p /,
  ],
  [
    "a reading of states that is none",
    () => d.metropolisHastings({ start: 0, propose: (i) => i, logDensity: () => 0 }).derive("x" as never),
    "OPTION",
    /read/,
  ],
  [
    "what reads no number of a state",
    () =>
      d.metropolisHastings({ start: 0, propose: (i) => i, logDensity: () => 0 }).derive(() => null as never),
    "CALLBACK_RESULT",
    /number/,
  ],
  ["a center that is null", () => d.prox.squared(1, null as never), "SHAPE", /center/],
  [
    "choices in a Map",
    () => d.minimizeGlobal(square, { ...side, choices: new Map() as never }),
    "OPTION",
    /choices/,
  ],
  [
    "an average of NaN",
    () => {
      const own = net();
      try {
        return own.fit([[1]], [1], { epochs: 1, average: NaN as never });
      } finally {
        own.dispose();
      }
    },
    "OPTION",
    /average/,
  ],
])("%s is refused", async (_, call, code, words) => {
  let refusal: unknown;
  try {
    await call();
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(d.DownhillError);
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(words) });
});
