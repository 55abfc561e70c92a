// Parameters that already belong to somebody, as a network's do: an optimizer of them works in place.

import { DownhillError } from "../runtime/errors.js";
import type { Site } from "./place.js";
import type { DType } from "./run.js";

/** What owns parameters and their gradients in a runtime's memory. */
export interface Owner {
  /** As in "this network". */
  readonly what: string;
  readonly dtype: DType;
  readonly length: number;
  readonly site: Site;
  /** Range of the parameters of a layer. */
  rangeOf(where: string, layer: unknown): readonly [start: number, end: number];
  /** The parameters may not move from now on; `dispose` is called when they go. Returns the way to leave. */
  attach(dispose: () => void): () => void;
}

const known = new WeakMap<object, () => Owner>();
const places = new WeakMap<ArrayBufferLike, Set<() => Owner>>();

/** `key` stands for the parameters of an owner. */
export function announce(key: object, owner: () => Owner): void {
  known.set(key, owner);
}

/** The parameters of an owner lie in this memory. Returns the way to take that back. */
export function settleIn(memory: ArrayBufferLike, owner: () => Owner): () => void {
  const there = places.get(memory) ?? new Set();
  places.set(memory, there.add(owner));
  return () => there.delete(owner);
}

/** The owner that these are the parameters of, or null; OPTION for a view of a part of them. */
export function ownerOf(where: string, params: unknown): Owner | null {
  if (typeof params !== "object" || params === null) return null;
  const owner = known.get(params);
  if (owner) return owner();
  if (!ArrayBuffer.isView(params)) return null;
  const from = params.byteOffset;
  const to = from + params.byteLength;
  for (const find of places.get(params.buffer) ?? []) {
    const { site, length, dtype, what } = find();
    const bytes = length * (dtype === "f64" ? 8 : 4);
    if (from === site.x && to === site.x + bytes) return find();
    if (from >= site.x + bytes || to <= site.x) continue;
    throw new DownhillError("OPTION", `${where}: params is a view of a part of the parameters of ${what}`, {
      hint: 'optimizer(net, rule, { groups: [{ layer: "dense1", lr: 1e-4 }] }) works in place; Array.from(view) is a copy',
      details: { argument: "params" },
    });
  }
  return null;
}
