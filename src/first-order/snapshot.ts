// Snapshots of an optimizer: its state as copies, and as plain data with a checksum that survives structuredClone and JSON.
// Vectors are base64 of their bytes, so that every bit (-0, NaN, infinities) comes back.

import { decodeBase64, encodeBase64 } from "../runtime/base64.js";
import { DownhillError } from "../runtime/errors.js";
import { type Sealed, seal, unseal } from "../runtime/saved.js";
import type { Patch } from "./groups.js";
import { guardKeys } from "./guards.js";
import type { DType } from "./run.js";
import type { FloatVector } from "./types.js";

const FORMAT = "downhill.optimizer";
const VERSION = 2;

/** What a state must match to be taken over. */
export interface Shape {
  readonly rule: string;
  readonly dtype: DType;
  readonly length: number;
  /** Ranges of the groups. */
  readonly groups: readonly (readonly [start: number, end: number])[];
}

export type Views = Readonly<Record<string, FloatVector>>;

interface Content<V> extends Shape {
  readonly steps: number;
  readonly skipped: number;
  /** Running products and counts: of the rule, then of each group. */
  readonly counters: readonly Readonly<Record<string, number>>[];
  /** Options set by `configure`, schedules excepted: of the rule, then of each group. */
  readonly configured: readonly Readonly<Record<string, number | string | boolean>>[];
  readonly vectors: Readonly<Record<string, V>>;
}

/** The state as copies. */
export type Kept = Content<FloatVector>;

/** The state as data: `vectors` are base64 of little-endian numbers, parameters first. */
export interface OptimizerState extends Content<string>, Sealed {}

const isStorable = (value: unknown): value is number | string | boolean =>
  typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** What a snapshot keeps of configured options: no functions or live objects; infinities as text, for JSON. */
function storable(patch: Patch): Record<string, number | string | boolean> {
  const kept: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === Infinity) kept[name] = "Infinity";
    else if (isStorable(value)) kept[name] = value;
  }
  return kept;
}

function restored(stored: Readonly<Record<string, unknown>>): Patch {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, value === "Infinity" ? Infinity : value]),
  );
}

/** `into`: vectors of an earlier state that may be written over. */
export function keep(
  shape: Shape,
  counts: { readonly steps: number; readonly skipped: number },
  run: { readonly counters: Record<string, number>[]; readonly configured: Patch[] },
  guards: Patch,
  vectors: Views,
  into: Views = {},
): Kept {
  return {
    ...shape,
    groups: shape.groups.map(([start, end]) => [start, end]),
    ...counts,
    counters: run.counters,
    configured: run.configured.map((patch, i) => storable(i === 0 ? { ...patch, ...guards } : patch)),
    vectors: Object.fromEntries(
      Object.entries(vectors).map(([name, view]) => {
        const old = into[name];
        if (old?.length !== view.length || old.BYTES_PER_ELEMENT !== view.BYTES_PER_ELEMENT)
          return [name, view.slice()];
        old.set(view);
        return [name, old];
      }),
    ),
  };
}

const textOf = ({ buffer, byteOffset, byteLength }: FloatVector): string =>
  encodeBase64(new Uint8Array(buffer, byteOffset, byteLength));

/** What was kept, as data. */
export function sealed(kept: Kept): OptimizerState {
  const vectors = Object.fromEntries(Object.entries(kept.vectors).map(([name, v]) => [name, textOf(v)]));
  return seal(FORMAT, VERSION, { ...kept, vectors });
}

/** What a saved state holds; SNAPSHOT when it is damaged, or of another format or version. Not yet compared with a shape. */
export function unsealed(where: string, state: unknown): Kept {
  const given = unseal<OptimizerState>(where, state, FORMAT, VERSION);
  const Type = given.dtype === "f32" ? Float32Array : Float64Array;
  const vectors = Object.entries(given.vectors ?? {}).map(([name, text]) => {
    const bytes = typeof text === "string" ? decodeBase64(text) : null;
    if (!bytes || bytes.length % Type.BYTES_PER_ELEMENT !== 0)
      throw refusal(where, `vectors.${name}`, typeof text, "base64 of numbers");
    return [name, new Type(bytes.buffer)] as const;
  });
  return { ...given, vectors: Object.fromEntries(vectors) };
}

/** The options that were configured in a checked state: those of the rule and its groups, and the guards. */
export function configuredOf(state: Kept): { configured: Patch[]; guards: Patch } {
  const configured = state.configured.map(restored);
  const guards: Patch = {};
  const [all = {}] = configured;
  for (const key of guardKeys) {
    if (key in all) guards[key] = all[key];
    delete all[key];
  }
  return { configured, guards };
}

const refusal = (where: string, what: string, got: unknown, expected: unknown): DownhillError =>
  new DownhillError("SNAPSHOT", `${where}: ${what} is ${got}, this optimizer expects ${expected}`, {
    details: { what, got, expected },
  });

/** SNAPSHOT, naming the first difference, unless the state is one of this shape with these vectors and counters. */
export function checkKept(
  where: string,
  state: Kept,
  expected: Shape,
  views: Views,
  counterNames: readonly string[],
): void {
  const same = (what: string, got: unknown, wanted: unknown): void => {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (a === b) return;
    throw refusal(where, what, a, b);
  };
  for (const what of ["rule", "dtype", "length", "groups"] as const) same(what, state[what], expected[what]);
  const { steps, skipped, counters, configured, vectors } = state;
  same(
    "steps",
    [steps, skipped].every((count) => Number.isInteger(count) && count >= 0),
    true,
  );
  same("sets", [counters?.length, configured?.length], Array(2).fill(expected.groups.length + 1));
  const plain = (patch: object | null) =>
    typeof patch === "object" && patch !== null && Object.values(patch).every(isStorable);
  same("configured", configured.every(plain), true);
  const known = (each: Readonly<Record<string, number>>) =>
    counterNames.every((name) => each[name]! >= -Infinity);
  same("counters", counters.every(known), true);
  const lengths = (views: Views) => Object.entries(views).map(([name, { length }]) => `${name} ${length}`);
  same("vectors", lengths(vectors).sort(), lengths(views).sort());
}
