// Points that differ only by rounding are the same point: a run that goes round in the last bits has nowhere to go.

/** Half the distance of 1 from the next number: a step of a smaller share of x moves nothing. */
export const LAST_BIT = 1.1102230246251565e-16;

/** The step is lost in the rounding of every variable, whatever the unit of f; `bits`: or stays within so many halves of a last bit. */
export function unmoved(x: ArrayLike<number>, step: ArrayLike<number>, bits = 1): boolean {
  for (let j = 0; j < x.length; j++)
    if (!(Math.abs(step[j]!) <= bits * LAST_BIT * Math.abs(x[j]!))) return false;
  return true;
}
