// Normal numbers that a seed repeats, for pictures; what the solvers draw is the library's own.

/** Box and Muller 1958, on a linear congruential generator with the constants of Numerical Recipes. */
export function gaussian(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  };
  for (let i = 0; i < 8; i++) uniform();
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
