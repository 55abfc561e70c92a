// What a constraint on coordinates is: its kinds, a block of coordinates, and what a transform must do.

export type ConstraintKind =
  | "real"
  | "positive"
  | "lower"
  | "upper"
  | "interval"
  | "simplex"
  | "ordered"
  | "positiveOrdered"
  | "unitVector"
  | "correlation";

/** `size` neighbouring coordinates under one constraint; `at` and `freeAt` say where they begin. */
export interface Block {
  readonly kind: ConstraintKind;
  readonly size: number;
  readonly lower: number;
  readonly upper: number;
  readonly at: number;
  readonly freeAt: number;
}

export interface Transform {
  /** Free coordinates of a block of this size. */
  free(size: number): number;
  /** Writes x, returns log |Jacobian|. */
  constrain(b: Block, u: Float64Array, x: Float64Array): number;
  unconstrain(b: Block, x: ArrayLike<number>, u: Float64Array): void;
  /** gu = (dx/du)' gx + d log |Jacobian| / du; may spoil gx. */
  pull(b: Block, u: Float64Array, x: Float64Array, gx: Float64Array, gu: Float64Array): void;
  /** Whether x fulfils the constraint strictly; null, or what is wrong. */
  inside(b: Block, x: ArrayLike<number>): string | null;
}
