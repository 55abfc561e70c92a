// What a small step or a small decrease is worth as a sign of the end: it may come from a small rate, from a step that nobody
// chose, or from a change of sign. One rule for all methods.

/** Products of the last step s and the change y of the gradient. */
export interface Seen {
  readonly ss: number;
  readonly sy: number;
}

/** Of the point reached and the one before, what the rule looks at. */
interface Look {
  readonly n: number;
  /** Of the gradient's components. */
  readonly error: number;
  readonly here: { readonly x: Float64Array; readonly g: Float64Array };
  readonly there: { readonly x: Float64Array; readonly g: Float64Array };
  /** Half the second derivative along each variable as differences saw it, where there are any. */
  readonly bends: Float64Array | null;
  /** How far x_j may go down the slope. */
  room(j: number): number;
}

/** A gain of so small a share of |f| is lost in its rounding. */
const LOST = 1e-13;

function productsOf({ n, here, there }: Look): Seen {
  let ss = 0;
  let sy = 0;
  for (let j = 0; j < n; j++) {
    const s = here.x[j]! - there.x[j]!;
    ss += s * s;
    sy += s * (here.g[j]! - there.g[j]!);
  }
  return { ss, sy };
}

/**
 * What is left: with the curvature seen along the last step, s'y / s's (Barzilai & Borwein 1988, equation 5), a Newton step has
 * the size |g| s's / s'y and gains |g|^2 s's / (2 s'y), as a share of `height`. Of the projected gradient, where there are
 * bounds, and its error; no less than the variables would gain one by one; Infinity where no curvature was seen. The step comes relative to each variable. Both are 0 where the gain is lost in
 * the rounding of f.
 */
export function outlook(look: Look, height: number, seen?: Seen): { decrease: number; step: number } {
  const { n, here, error, bends } = look;
  const { ss, sy } = seen ?? productsOf(look);
  const { x, g } = here;
  let gg = 0;
  let size = 0;
  let alone = 0;
  for (let j = 0; j < n; j++) {
    if (look.room(j) <= 0) continue;
    const d = Math.abs(g[j]!) + error;
    gg += d * d;
    if (bends) alone += (d * d) / (4 * Math.abs(bends[j]!));
    size = Math.max(size, d / Math.abs(x[j]!));
  }
  if (gg === 0) return { decrease: 0, step: 0 };
  // Changes of a gradient by differences are curvature as far as they are beyond its errors.
  const sure = sy - 2 * error * Math.sqrt(n * ss);
  const inverse = sure > 0 ? ss / sure : Infinity;
  const gain = Math.max((gg * inverse) / 2, alone);
  if (gain <= LOST * height) return { decrease: 0, step: 0 };
  return { decrease: gain / height, step: size * inverse };
}
