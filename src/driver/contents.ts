// What the caller's functions leave of the things that they are lent: a state or an individual that is written into is that of everybody
// who holds it.

/** Calls of a function of the caller that are watched, and how deep what they are given is looked into. */
export const WATCHED = 50;
const DEPTH = 3;

/** Numbers and other parts of a thing that are looked at: watching a large one is to cost no more than a call. */
const MOST = 4096;

/** What was where: a value of a thing or of one of its parts. */
export interface Held {
  readonly owner: object;
  readonly key: string | number;
  readonly value: unknown;
}

/** The first values in a thing and its parts. */
export function contents(thing: unknown): readonly Held[] {
  const held: Held[] = [];
  gather(thing, DEPTH, held);
  return held;
}

function gather(owner: unknown, depth: number, held: Held[]): void {
  if (typeof owner !== "object" || owner === null || depth === 0) return;
  if (ArrayBuffer.isView(owner)) {
    const list = owner as unknown as ArrayLike<unknown>;
    for (let key = 0; key < list.length && held.length < MOST; key++)
      held.push({ owner, key, value: list[key] });
    return;
  }
  if (Array.isArray(owner)) held.push({ owner, key: "length", value: owner.length });
  for (const key in owner) {
    if (held.length >= MOST) return;
    // What is computed when it is asked for is no part, and what comes to be known later no change.
    const value = Object.getOwnPropertyDescriptor(owner, key)?.value;
    if ((value === undefined || value === null) && !Array.isArray(owner)) continue;
    held.push({ owner, key, value });
    gather(value, depth - 1, held);
  }
}

/** Whether everything is still where it was. */
export const holds = (held: readonly Held[]): boolean =>
  held.every(({ owner, key, value }) => Object.is(Reflect.get(owner, key), value));
