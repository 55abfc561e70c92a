// The dual active-set method in plain JavaScript, every system solved anew: the oracle of assembly/constrained/dual.ts. Minimise
// l'H l / 2 - v0'l + support(l); the values of the sides are v = v0 - H l, to be met within lo <= v <= up.
// D. Goldfarb and A. Idnani, Mathematical Programming 27 (1983) 1-33.

export interface DualEnd {
  readonly status: "solved" | "infeasible";
  /** Sides in the order in which they entered, -1 at the lower and 1 at the upper one, with their multipliers. */
  readonly set: readonly number[];
  readonly sign: readonly number[];
  readonly multipliers: readonly number[];
}

/** Gaussian elimination with partial pivots. */
function eliminate(A: number[][], b: number[]): number[] {
  const n = b.length;
  const M = A.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(M[i]![k]!) > Math.abs(M[p]![k]!)) p = i;
    [M[k], M[p]] = [M[p]!, M[k]!];
    for (let i = k + 1; i < n; i++) {
      const f = M[i]![k]! / M[k]![k]!;
      for (let j = k; j <= n; j++) M[i]![j]! -= f * M[k]![j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let s = M[i]![n]!;
    for (let j = i + 1; j < n; j++) s -= M[i]![j]! * x[j]!;
    x[i] = s / M[i]![i]!;
  }
  return x;
}

const DEPENDENT = 1e-12;

export function dualTwin(
  H: readonly (readonly number[])[],
  v0: readonly number[],
  lo: readonly number[],
  up: readonly number[],
): DualEnd {
  const set: number[] = [];
  const sign: number[] = [];
  let l: number[] = [];
  const block = () => set.map((i) => set.map((j) => H[i]![j]!));
  const leave = (b: number) => {
    set.splice(b, 1);
    sign.splice(b, 1);
    l.splice(b, 1);
  };
  /** Where the first multiplier reaches 0 on the way `step`, and how far that is. */
  const blocking = (step: readonly number[], most: number): { at: number; share: number } => {
    let [at, share] = [-1, most];
    step.forEach((d, i) => {
      const fall = -sign[i]! * d;
      const s = fall > 0 ? Math.max(sign[i]! * l[i]!, 0) / fall : Infinity;
      if (s < share) [at, share] = [i, s];
    });
    return { at, share };
  };
  for (;;) {
    for (;;) {
      const next = eliminate(
        block(),
        set.map((j, i) => v0[j]! - (sign[i]! > 0 ? up[j]! : lo[j]!)),
      );
      const step = next.map((v, i) => v - l[i]!);
      const { at, share } = blocking(step, 1);
      if (at < 0) {
        l = next;
        break;
      }
      l = l.map((v, i) => v + share * step[i]!);
      leave(at);
    }
    let [enters, most, s] = [-1, 0, 0];
    v0.forEach((v, i) => {
      if (set.includes(i)) return;
      const x = set.reduce((t, j, k) => t - H[i]![j]! * l[k]!, v);
      const by = Math.max(x - up[i]!, lo[i]! - x);
      if (by > 1e-10 && by > most) [enters, most, s] = [i, by, x > up[i]! ? 1 : -1];
    });
    if (enters < 0) return { status: "solved", set, sign, multipliers: l };
    for (;;) {
      const part = eliminate(
        block(),
        set.map((i) => H[i]![enters]!),
      );
      const left = set.reduce((t, i, k) => t - H[i]![enters]! * part[k]!, H[enters]![enters]!);
      const entering = set.length;
      if (left > DEPENDENT * H[enters]![enters]!) {
        set.push(enters);
        sign.push(s);
        l.push(0);
        break;
      }
      // H has a null vector: along it the objective falls until a multiplier reaches 0. The one that enters grows from 0.
      const { at, share } = blocking(
        part.map((v) => -s * v),
        Infinity,
      );
      if (at < 0 || entering === 0) return { status: "infeasible", set, sign, multipliers: l };
      // What enters has the multiplier share; as the kernel counts it, it is taken up with the next step.
      l = l.map((v, k) => v - s * part[k]! * share);
      leave(at);
    }
  }
}
