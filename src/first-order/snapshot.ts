// Snapshots of an optimizer: plain data that survives structuredClone and JSON. Vectors are base64 of their bytes, so that
// every bit (-0, NaN, infinities) comes back.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Patch } from "./groups.js";
import { guardKeys } from "./guards.js";
import type { DType } from "./run.js";
import type { FloatVector } from "./types.js";

export interface OptimizerState {
  readonly format: "downhill.optimizer";
  readonly version: 1;
  readonly rule: string;
  readonly dtype: DType;
  readonly length: number;
  readonly steps: number;
  readonly skipped: number;
  /** Ranges of the groups. */
  readonly groups: readonly (readonly [start: number, end: number])[];
  /** Running products and counts: of the rule, then of each group. */
  readonly counters: readonly Readonly<Record<string, number>>[];
  /** Options set by `configure`, schedules excepted: of the rule, then of each group. */
  readonly configured: readonly Readonly<Record<string, number | string | boolean>>[];
  /** Base64 of little-endian numbers, parameters first. */
  readonly vectors: Readonly<Record<string, string>>;
}

/** Bytes turned at a time: a multiple of 3, so that the pieces join. */
const PIECE = 24576;

function encodeBytes(view: FloatVector): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += PIECE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(i, i + PIECE))));
  }
  return pieces.join("");
}

/** The bytes of a vector of `length` numbers, or null when the text is not one. */
function decodeBytes(text: unknown, length: number): Uint8Array | null {
  if (typeof text !== "string" || text.length !== Math.ceil(length / 3) * 4) return null;
  const bytes = new Uint8Array(length);
  const step = (PIECE / 3) * 4;
  try {
    for (let i = 0, at = 0; i < text.length; i += step) {
      const piece = atob(text.slice(i, i + step));
      for (let j = 0; j < piece.length; j++) bytes[at++] = piece.charCodeAt(j);
    }
  } catch {
    return null;
  }
  return bytes;
}

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

/** What a state must match to be taken over. */
export interface Shape {
  readonly rule: string;
  readonly dtype: DType;
  readonly length: number;
  readonly groups: readonly (readonly [start: number, end: number])[];
}

export type Views = Readonly<Record<string, FloatVector>>;

export function takeState(
  shape: Shape,
  counts: { readonly steps: number; readonly skipped: number },
  run: { readonly counters: Record<string, number>[]; readonly configured: Patch[] },
  guards: Patch,
  vectors: Views,
): OptimizerState {
  const { rule, dtype, length, groups } = shape;
  return {
    format: "downhill.optimizer",
    version: 1,
    rule,
    dtype,
    length,
    ...counts,
    groups: groups.map(([start, end]) => [start, end]),
    counters: run.counters,
    configured: run.configured.map((patch, i) => storable(i === 0 ? { ...patch, ...guards } : patch)),
    vectors: Object.fromEntries(Object.entries(vectors).map(([name, view]) => [name, encodeBytes(view)])),
  };
}

/** The options that were configured in a checked state: those of the rule and its groups, and the guards. */
export function configuredOf(state: OptimizerState): { configured: Patch[]; guards: Patch } {
  const configured = state.configured.map(restored);
  const guards: Patch = {};
  const [all = {}] = configured;
  for (const key of guardKeys) {
    if (key in all) guards[key] = all[key];
    delete all[key];
  }
  return { configured, guards };
}

/** The bytes of every vector of a state that fits; SNAPSHOT, naming the first difference, for any other. */
export function checkState(
  state: unknown,
  expected: Shape,
  views: Views,
  counterNames: readonly string[],
): Map<string, Uint8Array> {
  const refuse = (what: string, got: unknown, wanted: unknown): never => {
    throw new DownhillError(
      "SNAPSHOT",
      `restore: ${what} is ${quote(got)}, this optimizer expects ${quote(wanted)}`,
      { details: { what, got, expected: wanted } },
    );
  };
  if (typeof state !== "object" || state === null) return refuse("the state", state, "an OptimizerState");
  const s = state as Partial<Record<keyof OptimizerState, unknown>>;
  const same = (what: keyof OptimizerState, wanted: unknown) => {
    const got = s[what];
    if (JSON.stringify(got) === JSON.stringify(wanted)) return;
    const show = (v: unknown) => (typeof v === "object" ? JSON.stringify(v) : v);
    refuse(what, show(got), show(wanted));
  };
  same("format", "downhill.optimizer");
  same("version", 1);
  same("rule", expected.rule);
  same("dtype", expected.dtype);
  same("length", expected.length);
  same("groups", expected.groups);
  for (const what of ["steps", "skipped"] as const) {
    if (!Number.isInteger(s[what]) || (s[what] as number) < 0) refuse(what, s[what], "a count");
  }
  for (const what of ["counters", "configured"] as const) {
    const list = s[what];
    if (!Array.isArray(list) || list.length !== expected.groups.length + 1)
      refuse(what, list, "one per group");
  }
  for (const patch of s.configured as unknown[]) {
    const ok = typeof patch === "object" && patch !== null && Object.values(patch).every(isStorable);
    if (!ok) refuse("configured", patch, "an object of numbers, texts and booleans");
  }
  for (const counters of s.counters as Record<string, unknown>[]) {
    for (const name of counterNames) {
      const value = counters?.[name];
      if (typeof value !== "number" || Number.isNaN(value)) refuse(`counters.${name}`, value, "a number");
    }
  }
  const vectors = (s.vectors ?? {}) as Record<string, unknown>;
  const names = Object.keys(vectors);
  const wanted = Object.keys(views);
  if (names.length !== wanted.length) refuse("vectors", names.join(", "), wanted.join(", "));
  const size = expected.length * (expected.dtype === "f64" ? 8 : 4);
  const bytes = new Map<string, Uint8Array>();
  for (const name of wanted) {
    const decoded = decodeBytes(vectors[name], size);
    if (decoded === null) return refuse(`vectors.${name}`, vectors[name], `base64 of ${size} bytes`);
    bytes.set(name, decoded);
  }
  return bytes;
}
