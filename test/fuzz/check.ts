// One fuzzed call and what must hold of it: no foreign error, memory given back, inputs as they were, claims that are true.

import { DownhillError } from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { type Args, calls, functionOf, names, some } from "./calls.js";
import { Draw } from "./draw.js";
import { hostile, hostileFunction, Mine, shifty } from "./hostile.js";

/** Milliseconds that a call may take, whose own limits are 8 ms and a few iterations. */
const PATIENCE = 3000;
/** Written into on purpose; a state of metropolisHastings is the caller's own, of any kind, and reaches the caller's functions as it is. */
const inPlace = new Set([
  "clipValue",
  "clipNorm",
  "model.evaluate",
  "pretrain",
  "findLearningRate",
  "metropolisHastings",
]);
const plain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !shifty.has(value) &&
  (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);

type Site = readonly [parent: Record<string | number, unknown>, key: string | number];

/** Every place of the arguments where a value can be put. */
function sitesOf(args: Args): Site[] {
  const sites: Site[] = [];
  const walk = (parent: Record<string | number, unknown>, depth: number): void => {
    for (const key of Object.keys(parent).slice(0, 16)) {
      sites.push([parent, key]);
      const value = parent[key];
      if (depth < 4 && plain(value) && !Object.isFrozen(value)) walk(value, depth + 1);
    }
  };
  walk(args as unknown as Record<number, unknown>, 0);
  return sites;
}

function spoil(draw: Draw, args: Args): void {
  const count = draw.pick([0, 1, 1, 1, 2, 3]);
  for (let i = 0; i < count; i++) {
    const sites = sitesOf(args);
    if (sites.length === 0) return;
    const [parent, key] = draw.pick(sites);
    const modest = typeof parent[key] === "number" && key !== "maxIterations";
    parent[key] =
      typeof parent[key] === "function" && draw.chance(0.7) ? hostileFunction(draw) : hostile(draw, modest);
  }
  if (draw.chance(0.05)) args.splice(draw.below(args.length + 1), 1);
  if (draw.chance(0.05)) args.push(hostile(draw, true));
}

/** The content as text, typed arrays and numbers to the bit; what is shifty or foreign only by its kind. */
function content(value: unknown, depth = 0): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return typeof value;
  if (shifty.has(value) || depth > 4) return "?";
  if (ArrayBuffer.isView(value)) return value.byteLength > 0 && "join" in value ? String(value) : "view";
  if (!plain(value)) return "object";
  return `{${Object.keys(value).map((key) => `${key}:${content(value[key], depth + 1)}`)}}`;
}

interface Answer {
  readonly x?: unknown;
  readonly fun?: unknown;
  readonly success?: unknown;
  readonly status?: unknown;
}

/** What a result says of itself. */
function claims(name: string, args: Args, answer: Answer, values: readonly number[]): string {
  // A batch has a number for each of its curves, 0 where it converged.
  const good = ArrayBuffer.isView(answer.status)
    ? (answer.status as Uint8Array).every((one) => one === 0)
    : ["converged", "solved", "completed"].includes(String(answer.status));
  if ("status" in answer && answer.success === true && !good)
    return `success with status ${String(answer.status)}`;
  if (!/^(minimize|multistart)(Global|Constrained)?(Async)?$/.test(name)) return "";
  const { x, fun, success } = answer;
  if (success === true && !Number.isFinite(fun)) return `success with fun ${String(fun)}`;
  const options = args[2] as { bounds?: { lower?: number[]; upper?: number[] } } | undefined;
  const bounds = /multistart|Global/.test(name) ? (args[1] as never) : options?.bounds;
  if (plain(bounds) && x instanceof Float64Array && !shifty.has(bounds)) {
    const { lower, upper } = bounds as { lower?: number[]; upper?: number[] };
    // Sides that answer in another way at every reading are compared with nothing.
    const sides = (side: unknown): number[] => (Array.isArray(side) && !shifty.has(side) ? side : []);
    for (let j = 0; j < x.length; j++) {
      const [low, high] = [sides(lower)[j], sides(upper)[j]];
      if (typeof low === "number" && x[j]! < low) return `below its bounds: ${x[j]} of ${low}`;
      if (typeof high === "number" && x[j]! > high) return `above its bounds: ${x[j]} of ${high}`;
    }
  }
  // A feasible point may lie above others that were tried.
  if (name.includes("Constrained")) return "";
  const seen = Math.min(...values.filter((v) => !Number.isNaN(v)));
  if (typeof fun === "number" && values.length > 0 && fun > seen && seen > -Infinity)
    return `the best point was lost: ${fun}, seen ${seen}`;
  return "";
}

const foreign = (error: unknown): string => {
  if (error instanceof DownhillError || error instanceof Mine) return "";
  const { name, message, stack } = error as Error;
  const at =
    String(stack)
      .split("\n")
      .find((row) => /^\s+at /.test(row))
      ?.trim() ?? "";
  return `${name}: ${message} ${at}`;
};

/** Gives back what an answer holds. */
function dispose(answer: unknown): void {
  if (typeof answer !== "object" || answer === null) return;
  const { dispose: end, return: leave } = answer as { dispose?: () => void; return?: () => void };
  if (typeof end === "function") end.call(answer);
  else if (typeof leave === "function" && "next" in answer) leave.call(answer);
}

/** Who asks for 1e308 iterations, in years, gets them. */
function endless(arg: unknown): void {
  if (!plain(arg)) return;
  const { maxIterations, maxTimeMs } = arg as { maxIterations?: unknown; maxTimeMs?: unknown };
  const huge = (limit: unknown): boolean => typeof limit === "number" && limit > 1e6;
  if (huge(maxIterations) && huge(maxTimeMs)) (arg as { maxTimeMs: number }).maxTimeMs = 8;
}

/** What was wrong with this call, or nothing. */
export async function fuzzCall(seed: number, index: number, only?: string): Promise<string> {
  const draw = new Draw(seed, index);
  const chosen = draw.chance(0.75) ? draw.pick(Object.keys(calls)) : draw.pick(names);
  const name = only ?? chosen;
  const { used } = defaultRuntime().memory;
  const args = (calls[name] ?? some)(draw);
  // Of x, out: what was drawn at random may stand where it is written to.
  const asked = !(name in calls) && /^v[a-z]/.test(name) ? 1 : args.length;
  spoil(draw, args);
  args.forEach(endless);
  if (process.env.FUZZ_SHOW) console.dir([name, args], { depth: 6 });
  const values: number[] = [];
  // The objective is watched from outside: what it gave is what the best point is measured by.
  const watched =
    (f: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      const value = f(...given);
      if (typeof value === "number") values.push(value);
      return value;
    };
  const passed = args.slice();
  // Only with a gradient of its own: else points are looked at that are no candidates, for differences.
  const objective = args[0] as { fun?: never; grad?: unknown } | undefined;
  if (plain(objective) && typeof objective.fun === "function" && typeof objective.grad === "function")
    passed[0] = { ...objective, fun: watched(objective.fun) };
  // What was put behind the arguments may be `out`.
  const inputs = (): unknown => args.slice(0, asked);
  const before = content(inputs());
  const since = process.cpuUsage();
  let problem = "";
  let answer: unknown;
  try {
    answer = functionOf(name)(...passed);
    if (answer instanceof Promise) answer = await answer;
    if (typeof answer === "object" && answer !== null) problem = claims(name, args, answer as Answer, values);
    dispose(answer);
  } catch (error) {
    problem = foreign(error);
  }
  // Of the processor: the machine may have other work.
  const { user, system } = process.cpuUsage(since);
  const took = (user + system) / 1000;
  if (!problem && took > PATIENCE) problem = `took ${Math.round(took)} ms`;
  draw.release();
  const left = defaultRuntime().memory.used - used;
  if (!problem && left !== 0) problem = `left ${left} bytes: ${defaultRuntime().memory.handles().join(", ")}`;
  if (!problem && !inPlace.has(name) && content(inputs()) !== before) problem = "an input was changed";
  return problem && `${name}: ${problem}`;
}
