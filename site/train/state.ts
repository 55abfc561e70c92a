// What of the training is in the address.

export interface TrainState {
  data: string;
  noise: number;
  /** Units of each hidden layer. */
  hidden: readonly number[];
  activation: string;
  norm: boolean;
  init: string;
  rule: string;
  /** log10 of the learning rate. */
  rate: number;
  schedule: string;
  /** What comes before training: nothing, autoencoders, or growing under the labels. */
  before: string;
  epochs: number;
  batch: number;
  seed: number;
}
export const defaults: TrainState = {
  data: "moons",
  noise: 0.15,
  hidden: [16, 16],
  activation: "relu",
  norm: true,
  init: "he",
  rule: "adam",
  rate: -2,
  schedule: "constant",
  before: "none",
  epochs: 60,
  batch: 32,
  seed: 1,
};
/** What suits the digits: the network of the README. */
export const forDigits = {
  hidden: [128, 64],
  activation: "relu",
  norm: true,
  init: "he",
  rule: "adam",
  rate: -2.5,
  epochs: 20,
  batch: 64,
};
export const forPlane = { hidden: [16, 16], epochs: 60, batch: 32, rate: -2 };
