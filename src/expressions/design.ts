// The quasi-random points of a search for starts: multiples of one vector modulo 1, the powers of the root of x^(n+1) = x + 1, which
// for n = 1 is the golden ratio (Roberts, The unreasonable effectiveness of quasirandom sequences, 2018). Any run of them is even.

/** Points in (0, 1)^n, one after the other. */
export function design(n: number): () => Float64Array {
  let root = 2;
  for (let k = 0; k < 40; k++) {
    let power = 1;
    for (let j = 0; j < n; j++) power *= root;
    // Newton's step for x^(n+1) - x - 1.
    root -= (power * root - root - 1) / ((n + 1) * power - 1);
  }
  const step = new Float64Array(n);
  for (let j = 0, value = 1; j < n; j++) step[j] = value /= root;
  let i = 0;
  return () => {
    i++;
    return step.map((s) => (0.5 + i * s) % 1);
  };
}
