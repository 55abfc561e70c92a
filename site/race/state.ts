// What of the race is in the address.

import type { Box } from "./functions.js";

export interface RaceState {
  fn: string;
  text: string;
  /** Empty: the landscape's own. */
  start: readonly number[];
  box: readonly number[];
  on: readonly string[];
  focus: string;
  /** log10 of the factor on every rule's rate. */
  rate: number;
  momentum: number;
  schedule: string;
  /** log10 of the evaluations allowed. */
  budget: number;
  noise: number;
  axis: string;
  /** What is drawn into the map; see walls.ts. */
  bounds: readonly number[];
  line: readonly number[];
  circle: readonly number[];
}

export const defaults: RaceState = {
  fn: "rosenbrock",
  text: "sin(3*x) + cos(4*y) + (x^2 + y^2)/5",
  start: [],
  box: [],
  on: [
    "sgd",
    "momentum",
    "nesterov",
    "adam",
    "rmsprop",
    "rprop",
    "lbfgs",
    "bfgs",
    "newton",
    "trustRegion",
    "nelderMead",
    "cmaes",
  ],
  focus: "",
  rate: 0,
  momentum: 0.9,
  schedule: "constant",
  budget: 2.7,
  noise: 0,
  axis: "evaluations",
  bounds: [],
  line: [],
  circle: [],
};

export interface View {
  readonly text: string;
  readonly box: Box;
  readonly start: readonly [number, number];
}
