// Global searches under constraints.
import { box, METHODS, sum } from "./global.js";
import { resumed, together } from "./several.js";

function* constraints(d) {
  const inequality = [(x) => 2 - x[0] * x[1], (x) => x[1] - x[0] * x[0]];
  const b = { lower: [0, 0], upper: [3, 4] };
  const able = () => [
    ...METHODS.slice(0, 3),
    d.differentialEvolution({ strategy: "best1bin" }),
    d.cmaes({ portfolio: false }),
    d.cmaes({ covariance: "separable" }),
    d.genetic({ islands: 2, popSize: 20 }),
  ];
  yield [
    "inequalities",
    () =>
      together(
        able().map((method) =>
          d.minimizeGlobal((x) => -x[0] - x[1], b, {
            method,
            seed: 1,
            maxEvaluations: 1500,
            trace: true,
            every: 5,
            inequality,
          }),
        ),
      ),
  ];
  yield [
    "inequalities at once",
    () =>
      together(
        able().map((method) =>
          d.minimizeGlobal((x) => -x[0] - x[1], b, {
            method,
            seed: 1,
            maxEvaluations: 600,
            inequality: {
              count: 2,
              fun: (x, out) => {
                out[0] = inequality[0](x);
                out[1] = inequality[1](x);
              },
            },
          }),
        ),
      ),
  ];
  const circle = [(x) => x[0] * x[0] + x[1] * x[1] - 1];
  for (const popSize of [undefined, 20])
    yield [
      `an equation ${popSize}`,
      () =>
        d.minimizeGlobal((x) => x[0] + 2 * x[1], box(2), {
          seed: 1,
          maxEvaluations: 3000,
          equality: circle,
          popSize,
        }),
    ];
  yield [
    "both",
    () =>
      d.minimizeGlobal((x) => sum(x, (v) => v * v), box(3), {
        seed: 1,
        maxEvaluations: 3000,
        equality: [(x) => x[0] + x[1] - 1],
        inequality: [(x) => x[2] - 0.5],
        feasTol: 1e-3,
      }),
  ];
  yield [
    "no feasible point",
    () =>
      together(
        able().map((method) =>
          d.minimizeGlobal((x) => x[0], box(2), {
            method,
            seed: 1,
            maxEvaluations: 500,
            inequality: [(x) => -1 - x[0] * x[0]],
          }),
        ),
      ),
  ];
  yield [
    "constraints that are NaN",
    () =>
      together(
        able().map((method) =>
          d.minimizeGlobal((x) => x[0] * x[0], box(2), {
            method,
            seed: 1,
            maxEvaluations: 500,
            inequality: [(x) => (x[0] < 0 ? NaN : x[1])],
          }),
        ),
      ),
  ];
  yield [
    "constraints to the end",
    () =>
      d.minimizeGlobal((x) => sum(x, (v) => v * v), box(2), {
        seed: 1,
        method: d.cmaes({ restarts: 1 }),
        inequality: [(x) => x[0] - 1],
      }),
  ];
  yield [
    "resumed under constraints",
    () =>
      resumed(
        (o) => d.iterateGlobal((x) => -x[0] - x[1], b, { seed: 1, maxEvaluations: 900, inequality, ...o }),
        9,
      ),
  ];
}

export function* cases(d) {
  yield* constraints(d);
}
