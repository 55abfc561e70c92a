// Checks of options and data: each throws before any work and quotes what came and what was expected.

import { DownhillError, quote } from "./errors.js";

/** Edit distance, for naming the option that was probably meant. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, swap));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The known name that was probably meant: one that begins so, or one a few letters away. */
export function nearest(name: unknown, known: readonly string[]): string | undefined {
  if (typeof name !== "string") return undefined;
  if (name.length > 2) {
    const longer = known.find((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()));
    if (longer !== undefined) return longer;
  }
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least && d < Math.max(name.length, candidate.length)) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

/** Names of other libraries, in small letters and without _ and -, behind the name here: those that more than one room is asked for. */
const ELSEWHERE =
  "maxIterations:maxiter,iterations,niter;maxEvaluations:maxfev,maxfun,maxnfev;maxTimeMs:timeout;onIteration:callback,disp,verbose;" +
  "gradTol:gtol,tol,tolerance;funTol:ftol;stepTol:xtol;tolerance:tol,rtol,atol;" +
  "params:p0,initialvalues,initial,guess;x:xdata;y:ydata;init:value,start,guess,initial;min:lower,lb;max:upper,ub;" +
  "lower:lb,min;upper:ub,max;sigma:weights,weight,yerr,errors;lossScale:fscale;seed:randomstate,rng;" +
  "levenbergMarquardt:lm,leastsq,trf;differenceStep:eps,epsilon;method:damping,lambda,solver,algorithm";

/** What names of other libraries are in one room: a name here, or a hint in words. Keys as they are written there, or as in ELSEWHERE. */
export type Elsewhere = Readonly<Record<string, string>>;

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, "");

/** What a name of another library is called here, where that is among the known ones. */
function nameHere(name: string, known: readonly string[]): string | undefined {
  for (const entry of ELSEWHERE.split(";")) {
    const [here, there] = entry.split(":") as [string, string];
    if (known.includes(here) && there.split(",").includes(plain(name))) return here;
  }
  return undefined;
}

/** Where a function stands whose result is meant: said by its name if it is one of ours, which bundlers may have lengthened or changed. */
export function callIt(given: { readonly name: string }, known: readonly string[]): string | undefined {
  const name = given.name.replace(/\d+$/, "");
  return known.includes(name) ? `call it: ${name}()` : undefined;
}

/** What to write in place of a name that is not known. */
export function hintFor(
  name: unknown,
  known: readonly string[],
  elsewhere: Elsewhere = {},
): string | undefined {
  if (typeof name === "function") return callIt(name, known);
  if (typeof name !== "string") return undefined;
  const own = [name, plain(name)].find((key) => Object.hasOwn(elsewhere, key));
  const meant = own === undefined ? (nameHere(name, known) ?? nearest(name, known)) : elsewhere[own];
  return meant?.includes(" ") ? meant : meant && `did you mean "${meant}"?`;
}

/** A record, as `{ ... }` makes it in whatever realm: the contents of a Map, a Set or a Date are no properties. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const proto = Object.getPrototypeOf(value) as Partial<object> | null;
  return (proto?.constructor?.name ?? "Object") === "Object";
}

/** What every solver takes comes last. */
const byUse = (names: readonly string[]): string[] => {
  const common = (name: string) => Number(/^max[EIT]|signal|onIt|every|trace|runt/.test(name));
  return [...names].sort((a, b) => common(a) - common(b));
};

/** OPTION unless `options` is a record: where names are taken out of it before checkKeys sees the rest. */
export function checkObject(where: string, options: unknown, names: readonly string[] = []): void {
  if (isRecord(options)) return;
  // Below the options, `where` names the part: "minimize: bounds".
  const what = where.includes(": ") ? "" : ": the options";
  throw new DownhillError("OPTION", `${where}${what} must be a plain object, got ${quote(options)}`, {
    hint: names[0] && `its names are { ${byUse(names).slice(0, 4).join(", ")} ... }`,
  });
}

/** OPTION when `options` is not a record or has a key that is not expected; `also`: what may have been meant, besides. */
export function checkKeys(
  where: string,
  options: object,
  expected: readonly string[],
  elsewhere?: Elsewhere,
  also: readonly string[] = [],
): void {
  checkObject(where, options, expected);
  for (const key of Object.keys(options)) {
    if (expected.includes(key)) continue;
    const known = byUse([...expected, ...also]);
    throw new DownhillError("OPTION", `${where}: unknown option ${quote(key)}`, {
      hint: hintFor(key, known, elsewhere) ?? `known options: ${known.join(", ")}`,
      details: { option: key, value: (options as Record<string, unknown>)[key] },
    });
  }
}

export function optionError(
  where: string,
  option: string,
  value: unknown,
  expected: string,
  hint?: string,
): DownhillError {
  return new DownhillError("OPTION", `${where}: ${option} must be ${expected}, got ${quote(value)}`, {
    hint,
    details: { option, value },
  });
}

export interface NumberRange {
  min?: number;
  max?: number;
  integer?: boolean;
  infinite?: boolean;
  exclusive?: boolean;
  /** Exclusive upper bound. */
  below?: number;
}

/** A number option in its range; `undefined` gives the default, where there is one. Infinity only where `infinite` says so. */
export function numberOption(
  where: string,
  option: string,
  value: unknown,
  fallback: number | null,
  range: NumberRange = {},
): number {
  if (value === undefined && fallback !== null) return fallback;
  const { min = -Infinity, max = Infinity, below = Infinity, integer, infinite, exclusive } = range;
  const ok =
    typeof value === "number" &&
    (exclusive ? value > min : value >= min) &&
    value <= max &&
    (value < below || below === Infinity) &&
    (Number.isFinite(value) || infinite) &&
    (!integer || Number.isInteger(value) || value === Infinity);
  if (!ok) {
    const kind = integer ? "an integer" : infinite ? "a number" : "a finite number";
    const low = min === -Infinity ? "" : exclusive ? ` > ${min}` : ` >= ${min}`;
    const upper = below !== Infinity ? ` < ${below}` : max !== Infinity ? ` <= ${max}` : "";
    const high = upper && low ? ` and${upper}` : upper;
    throw optionError(where, option, value, kind + low + high);
  }
  return value;
}

export function booleanOption(where: string, option: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw optionError(where, option, value, "true or false");
  return value;
}

export function choiceOption<T extends string>(
  where: string,
  option: string,
  value: unknown,
  choices: readonly T[],
  fallback: T,
  elsewhere?: Elsewhere,
): T {
  if (value === undefined) return fallback;
  if ((choices as readonly unknown[]).includes(value)) return value as T;
  throw optionError(where, option, value, `one of ${choices.join(", ")}`, hintFor(value, choices, elsewhere));
}

export function isArrayLike(value: unknown): value is ArrayLike<number> {
  return (
    typeof value === "object" &&
    value !== null &&
    Number.isInteger((value as ArrayLike<number>).length) &&
    (value as ArrayLike<number>).length >= 0 &&
    !(value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}

/** More doubles than 32 bits address, and longer than engines make an ordinary array: to obey such a length is to read for hours. */
const MOST_ELEMENTS = 2 ** 29;

/** SHAPE unless `value` is an array of numbers; DETACHED_INPUT when its buffer was transferred away. */
export function checkArray(
  where: string,
  argument: string,
  value: unknown,
  length?: number,
): asserts value is ArrayLike<number> {
  lengthOf(where, argument, value, length);
}

/** checkArray for what may answer otherwise the next time it is asked: the length, read once. */
export function lengthOf(where: string, argument: string, value: unknown, length?: number): number {
  if (!isArrayLike(value)) {
    throw new DownhillError(
      "SHAPE",
      `${where}: ${argument} must be an array of numbers, got ${quote(value)}`,
      {
        details: { argument },
      },
    );
  }
  checkAttached(where, argument, value);
  const found = value.length;
  const fits = length === undefined || length === found;
  const expected = fits && found > MOST_ELEMENTS ? "at most 2^29" : (length ?? found);
  if (expected !== found) {
    throw new DownhillError("SHAPE", `${where}: ${argument} has length ${found}, expected ${expected}`, {
      details: { argument, length: found, expected },
    });
  }
  return found;
}

/** checkArray for what is written to: a frozen array is refused before any work. */
export function checkWritable(where: string, argument: string, out: unknown, length: number): void {
  checkArray(where, argument, out, length);
  if (ArrayBuffer.isView(out) || !Object.isFrozen(out)) return;
  throw new DownhillError("SHAPE", `${where}: ${argument} is frozen, and is written to`, {
    hint: "leave it out, or give a Float64Array",
    details: { argument },
  });
}

/** SHAPE unless `out` is a typed array of this length. */
export function checkOut(where: string, out: unknown, length: number): void {
  checkArray(where, "out", out, length);
  if (ArrayBuffer.isView(out)) return;
  throw new DownhillError("SHAPE", `${where}: out must be a Float64Array, got ${quote(out)}`, {
    details: { argument: "out" },
  });
}

/** DETACHED_INPUT for a buffer, or the view of one, that was transferred away. */
export function checkAttached(where: string, argument: string, value: unknown): void {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength > 0) return;
  try {
    // Refused by the engine, where it is gone.
    new Uint8Array(buffer);
  } catch {
    throw new DownhillError(
      "DETACHED_INPUT",
      `${where}: the buffer of ${argument} was transferred or detached`,
      { details: { argument } },
    );
  }
}

/** NON_FINITE_INPUT with argument and first index when an element is not a finite number. */
export function checkFinite(where: string, argument: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new DownhillError(
      "NON_FINITE_INPUT",
      `${where}: ${argument}[${i}] is ${quote(values[i])}, expected a finite number`,
      {
        details: { argument, index: i, value: values[i] },
      },
    );
  }
}
