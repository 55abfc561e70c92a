// Parameters that are whole numbers: the fit with them free, then fits with them held at whole numbers near by, moving to a better
// neighbour until there is none.

import { DownhillError, quote } from "../runtime/errors.js";
import { isRecord } from "../runtime/options.js";
import type { FullFitResult } from "./full-fit.js";

type Specs = Readonly<Record<string, unknown>>;
type Held = Readonly<Record<string, number>>;

interface WholeSpec {
  readonly integer?: unknown;
  readonly shared?: unknown;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** Fits asked for by the search; each is answered by its result. */
export type WholeSearch = Generator<object, FullFitResult, FullFitResult>;

/** All neighbours up to so many whole numbers, else those along one axis. */
const ALL_NEIGHBOURS = 3;

/** The search that these options ask for, or null where no parameter is a whole number. */
export function wholeSearch(where: string, options: object): WholeSearch | null {
  const specs = (options as { params?: unknown } | null)?.params;
  if (!isRecord(specs)) return null;
  const given: Specs = specs;
  const told = Object.keys(given).filter((name) => {
    const spec = given[name];
    return isRecord(spec) && Object.hasOwn(spec, "integer");
  });
  if (told.length === 0) return null;
  const plain: Record<string, unknown> = { ...given };
  const names: string[] = [];
  for (const name of told) {
    const { integer = false, ...others } = given[name] as WholeSpec;
    if (typeof integer !== "boolean")
      throw refused(where, name, `integer must be true or false, got ${quote(integer)}`, integer);
    plain[name] = others;
    if (!integer) continue;
    names.push(name);
    checkSpec(where, name, others, (options as { data?: unknown }).data !== undefined);
  }
  return search({ ...options, params: plain }, plain, names);
}

const refused = (where: string, name: string, what: string, value: unknown): DownhillError =>
  new DownhillError("OPTION", `${where}: parameter ${quote(name)}: ${what}`, {
    details: { option: "params", param: name, value },
  });

function checkSpec(where: string, name: string, { shared, min, max }: WholeSpec, global: boolean): void {
  if (global && shared !== true)
    throw refused(where, name, "a whole number of several sets must be shared: true", shared);
  const [low, high] = rangeOf({ min, max });
  if (low > high) throw refused(where, name, `no whole number lies between ${min} and ${max}`, min);
}

const rangeOf = ({ min, max }: WholeSpec): [number, number] => [
  Math.ceil(typeof min === "number" ? min : -Infinity),
  Math.floor(typeof max === "number" ? max : Infinity),
];

function* search(options: object, specs: Specs, names: readonly string[]): WholeSearch {
  const relaxed = yield options;
  if (names.length === 0) return relaxed;
  const ranges = names.map((name) => rangeOf(specs[name] as WholeSpec));
  const seen = new Set<string>();
  /** The fit with these whole numbers, from where `from` ended. */
  const held = (at: readonly number[], from: FullFitResult): object => {
    const whole: Held = Object.fromEntries(names.map((name, k) => [name, at[k]!]));
    return { ...options, starts: undefined, params: heldSpecs(specs, whole, from) };
  };
  let at = names.map((name, k) => {
    const [low, high] = ranges[k]!;
    return Math.min(Math.max(Math.round(relaxed.values[name]!), low), high);
  });
  seen.add(at.join());
  let best = yield held(at, relaxed);
  for (let moved = true; moved; ) {
    moved = false;
    for (const near of neighbours(at)) {
      if (seen.has(near.join()) || near.some((v, k) => v < ranges[k]![0] || v > ranges[k]![1])) continue;
      seen.add(near.join());
      const fit = yield held(near, best);
      // Only what ended as it should, or no worse than what it replaces.
      if (!(fit.cost < best.cost) || (best.success && !fit.success)) continue;
      [best, at, moved] = [fit, near, true];
      break;
    }
    if (best.reason === "abort" || best.reason === "maxTime") break;
  }
  return best;
}

/** Every parameter starts where it ended, inside its bounds; the whole numbers stay. */
function heldSpecs(specs: Specs, whole: Held, { values }: FullFitResult): Specs {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(specs)) {
    const given = specs[name];
    const value = whole[name] ?? values[name];
    // Of several sets, a parameter of each set goes on from its own start.
    if (value === undefined || (isRecord(given) && given.expr !== undefined)) out[name] = given;
    else if (name in whole) {
      const { shared } = given as WholeSpec;
      out[name] = { init: value, fixed: true, ...(shared !== undefined && { shared }) };
    } else out[name] = typeof given === "object" && given !== null ? { ...given, init: value } : value;
  }
  return out;
}

/** The points around one, nearest directions first. */
function* neighbours(at: readonly number[]): Generator<number[]> {
  for (let k = 0; k < at.length; k++)
    for (const step of [1, -1]) yield at.map((v, j) => (j === k ? v + step : v));
  if (at.length > ALL_NEIGHBOURS) return;
  for (let code = 0; code < 3 ** 3; code++) {
    const step = at.map((_, k) => (Math.floor(code / [1, 3, 9][k]!) % 3) - 1);
    if (code < [1, 3, 9, 27][at.length]!) yield at.map((v, k) => v + step[k]!);
  }
}
