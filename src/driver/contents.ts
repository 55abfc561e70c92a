// What the caller's functions leave of the things that they are lent: a state or an individual that is written into is that of everybody
// who holds it.

/** Calls of a function of the caller that are watched, and how deep what they are given is looked into. */
export const WATCHED = 50;
const DEPTH = 3;

/** The values in a thing, those of its parts in their place. */
export function contents(thing: unknown, depth = DEPTH): readonly unknown[] {
  if (typeof thing !== "object" || thing === null || depth === 0) return [thing];
  const parts: readonly unknown[] = ArrayBuffer.isView(thing)
    ? Array.from(thing as unknown as ArrayLike<unknown>)
    : Object.values(thing);
  return parts.flatMap((part) => contents(part, depth - 1));
}

/** Whether a thing still holds what it did. */
export function holds(thing: unknown, held: readonly unknown[]): boolean {
  const now = contents(thing);
  return now.length === held.length && now.every((value, i) => Object.is(value, held[i]));
}
