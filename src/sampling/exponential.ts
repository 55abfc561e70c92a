// e^x for trajectories, where nothing goes on before it is known: the polynomial of src/runtime/elementary.ts summed by Estrin's
// scheme, which waits for a third of its multiplications. From + - * alone: the same bits on every engine, and in the core.

const words = new Float64Array(1);
const halves = new Uint32Array(words.buffer);

/** ln 2 in two parts; k times the first is exact for |k| < 2^20. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2^k, -1022 <= k <= 1023. */
function power2(k: number): number {
  halves[0] = 0;
  halves[1] = (k + 1023) << 20;
  return words[0]!;
}

/** x 2^k, rounded once. */
function scale2(x: number, k: number): number {
  if (k > 1023) return x * power2(1023) * power2(Math.min(k - 1023, 1023));
  if (k < -1022) return x * power2(Math.max(k + 200, -1022)) * power2(-200);
  return x * power2(k);
}

/** e^x, to about one unit in the last place; assembly/sampling/elementary.ts has the same operations. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const low = -k * LN2_LOW;
  const top = x - k * LN2_HIGH;
  const r = top + low;
  const lost = top - r + low;
  // exp(r) = 1 + r + r^2 q by its Taylor series: |r| <= 0.35, the first term left out is below 2^-62.
  const s = r * r;
  const t = s * s;
  const u = t * t;
  const a = 1 / 2 + r * (1 / 6) + s * (1 / 24 + r * (1 / 120));
  const b = 1 / 720 + r * (1 / 5040) + s * (1 / 40320 + r * (1 / 362880));
  const c = 1 / 3628800 + r * (1 / 39916800) + s * (1 / 479001600 + r * (1 / 6227020800));
  return scale2(1 + (r + (lost + s * (a + t * b + u * (c + t * (1 / 87178291200))))), k);
}
