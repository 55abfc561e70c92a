// How far a sample lies from a law.

/** sqrt(n) sup |F_n - F|; 1.95 is passed by one sample in a thousand (Kolmogorov's law). */
export function kolmogorov(sample: Float64Array, cdf: (x: number) => number): number {
  const x = sample.slice().sort();
  const n = x.length;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(x[i]!);
    worst = Math.max(worst, p - i / n, (i + 1) / n - p);
  }
  return Math.sqrt(n) * worst;
}
