// What the race hands to its page.

export interface Runner {
  readonly name: string;
  /** Learning rate of a rule; null for a method, which has none. */
  readonly rate: number | null;
  /** A global search: its evaluations are points all over the box, not a way. */
  readonly search: boolean;
  /** Every evaluation in order: x, y, f. */
  readonly path: [x: number, y: number, f: number][];
  /** On the page: the number of each evaluation kept in `path`, from 0. */
  readonly at?: number[];
  readonly status: string;
  readonly fun: number;
  readonly x: [number, number];
  readonly evaluations: number;
  readonly arrived: "global" | "local" | null;
  /** Of a saddle: it ended away from the ridge. */
  readonly escaped: boolean;
  /** Some evaluation was higher than the start, or outside the drawn box. */
  readonly overshot: boolean;
  /** Some evaluation lay on the edge of the box; null for a method that takes no bounds. */
  readonly clipped: boolean | null;
}

export interface RaceCourse {
  readonly id: string;
  readonly name: string;
  readonly box: readonly [readonly [number, number], readonly [number, number]];
  readonly start: readonly [number, number];
  readonly minima: readonly (readonly [number, number, number])[];
  readonly runners: readonly Runner[];
}

export interface RaceData {
  readonly courses: readonly RaceCourse[];
}
