// The test functions: values, gradients, Hessians and what they say of themselves, at points about their starts and minima.
import { list } from "./numbers.js";

const sized = [
  "rosenbrock",
  "extendedRosenbrock",
  "styblinskiTang",
  "rastrigin",
  "ackley",
  "dixonPrice",
  "quadratic",
];

const at = (problem, x) => {
  const { n, fun, grad, hess } = problem;
  const [g, h] = [new Float64Array(n), new Float64Array(n * n)];
  const f = fun(x);
  grad(x, g);
  hess(x, h);
  return [f, g, h];
};

/** The start, the minima, points about them, zero, far ones, and one of each sign. */
const points = ({ n, x0, minima }) => [
  x0,
  ...minima.map(({ x }) => x),
  Array.from(list(n, 3), (v, i) => x0[i] + v),
  Array.from(list(n, 4), (v) => 2 * v),
  Array.from(list(n, 5), (v) => 30 * v),
  new Array(n).fill(0),
];

export function* cases(_d, t) {
  for (const [name, make] of Object.entries(t).sort(([a], [b]) => (a < b ? -1 : 1))) {
    yield [`${name} of itself`, () => make()];
    for (const n of sized.includes(name) ? [undefined, 2, 4, 10] : [undefined]) {
      const problem = make(n);
      yield [`${name} ${n ?? "as it is"} at its start`, () => problem.fun(problem.x0)];
      yield [`${name} ${n ?? "as it is"} at points`, () => points(problem).map((x) => at(problem, x))];
    }
  }
  for (const [n, condition] of [
    [1, 10],
    [3, 1],
    [5, 1e12],
  ])
    yield [`quadratic ${n} of condition ${condition}`, () => at(t.quadratic(n, condition), list(n, 1))];
}
