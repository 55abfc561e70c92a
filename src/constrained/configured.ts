// Methods that were made by a function with options, those of convex and those of nonlinear programs: what each was given. One function may
// serve both (interiorPoint), and each side takes the options it has.

const made = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** Marks a method as made from these options. */
export function madeFrom(method: object, given: object): void {
  made.set(method, { ...given });
}

/** The options that a method was made from; undefined where no function of the room made it. */
export const givenTo = (method: object): Readonly<Record<string, unknown>> | undefined => made.get(method);
