// leastSquares: every method by every kind of problem, losses, options, ends; pulled runs.
import { grid, noise } from "./fit-data.js";
import { jacobianOf, smooth, strange } from "./least-squares-problems.js";
import { attempt, timeless } from "./several.js";

function* methods(d) {
  for (const [name, [f, m, start]] of Object.entries({ ...smooth, ...strange }))
    for (const method of d.methodNames) {
      yield [
        `${name} ${method}`,
        () => d.leastSquares(f, m, start, { method, maxIterations: 300, trace: true }),
      ];
      const jacobian = jacobianOf(f, m);
      yield [
        `${name} ${method} exact`,
        () => d.leastSquares(f, m, start, { method, jacobian, maxIterations: 300, trace: true }),
      ];
    }
  const [f, m] = smooth.rosenbrock;
  for (const make of ["levenbergMarquardt", "levenberg", "dogleg"])
    for (const factor of [1e-3, 0.1, 100])
      yield [
        `${make} factor ${factor}`,
        () => d.leastSquares(f, [-12, 10], { m, method: d[make]({ factor }), trace: true }),
      ];
  yield ["gaussNewton made", () => d.leastSquares(f, [-1.2, 1], { m, method: d.gaussNewton() })];
  // From far away, 150 iterations and a second attempt.
  for (const start of [
    [1e4, 1],
    [-1e6, 1e-6],
    [1e-9, -1e9],
    [0, 0],
  ])
    yield [`rosenbrock from ${start}`, () => d.leastSquares(f, m, start, { maxIterations: 2000 })];
  for (const name of ["kowalik", "freudenstein", "brownScaled"])
    for (const far of [10, -100]) {
      const [g, count, start] = smooth[name];
      yield [
        `${name} from ${far} times`,
        () =>
          d.leastSquares(
            g,
            count,
            start.map((v) => far * v),
            {},
          ),
      ];
    }
}

const wild = { x: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], y: [1, 3.1, 4.9, 7.2, 30, 10.8, 13.1, -9, 17.2, 18.9] };
const fitWild = ([a, b], out) => out.set(wild.x.map((x, i) => a + b * x - wild.y[i]));
const fitCurve = ([a, b], out) => out.set(wild.x.map((x, i) => (a * x) / (b + x) - wild.y[i]));

function* losses(d) {
  for (const loss of d.lossNames)
    for (const lossScale of [1, 0.05, 30, "mad"]) {
      yield [`${loss} ${lossScale}`, () => d.leastSquares(fitWild, [0, 0], { m: 10, loss, lossScale })];
      yield [
        `${loss} ${lossScale} of a curve`,
        () => d.leastSquares(fitCurve, [10, 1], { m: 10, loss, lossScale, trace: true }),
      ];
    }
  for (const method of d.methodNames)
    for (const loss of ["softL1", "cauchy", "tukey"])
      yield [`${loss} ${method}`, () => d.leastSquares(fitWild, [50, -9], { m: 10, method, loss })];
  // Scales that do not settle: passes are limited.
  const heavy = noise(16, 222);
  const far = grid(8, 0, 1).map((v, i) => v + heavy[i] / (0.02 + Math.abs(heavy[i + 8])));
  const fitFar = ([a, b], out) => out.set(far.map((y, i) => a + (b * i) / 7 - y));
  for (const loss of ["tukey", "huber", "softL1"])
    yield [`unsettled ${loss}`, () => d.leastSquares(fitFar, [0, 0], { m: 8, loss, lossScale: "mad" })];
  // More than half of the residuals are 0; all of them.
  const most = ([a], out) => out.set([0, 0, 0, 0, 5].map((y, i) => a * i - y));
  const none = ([a], out) => out.set([0, 1, 2, 3].map((y) => a * y - y));
  for (const [name, f, m] of [
    ["most 0", most, 5],
    ["all 0", none, 4],
  ])
    for (const loss of d.lossNames)
      yield [
        `${name} ${loss}`,
        () => [0, 1, 0.3].map((start) => d.leastSquares(f, m, [start], { loss, lossScale: "mad" })),
      ];
}

function* options(d) {
  const [f, m, start] = smooth.kowalik;
  const run = (name, o, [g, k, p] = [f, m, start]) => [name, () => d.leastSquares(g, k, p, o)];
  for (const [key, sizes] of Object.entries({
    gradTol: [0, 1e-3, 0.5],
    stepTol: [0, 1e-3, 0.1],
    funTol: [0, 1e-6, 0.1],
    target: [1e-4, 2e-4, 1],
    maxIterations: [0, 1, 3],
    maxEvaluations: [1, 2, 6, 7, 20],
    level: [0.5, 0.999],
    absoluteSigma: [true],
    every: [2],
  }))
    for (const size of sizes) yield run(`${key} ${size}`, { [key]: size, trace: true });
  yield run("no tolerance", { gradTol: 0, stepTol: 0, funTol: 0 });
  for (const stop of [1, 4]) {
    const stopped = () => {
      const seen = [];
      const onIteration = (one) => (seen.push(one.fun, one.nfev), one.nit >= stop ? "stop" : undefined);
      return [d.leastSquares(f, m, start, { onIteration }), seen];
    };
    yield [`stopped at ${stop}`, stopped];
  }
  const boxes = {
    tight: { lower: [-2, -0.5], upper: [0.7, 2] },
    oneSide: { lower: [-Infinity, 1.5], upper: [Infinity, Infinity] },
    held: { lower: [-1.2, -5], upper: [-1.2, 5] },
    corner: { lower: [-1.2, 1], upper: [0.2, 3] },
    thin: { lower: [-1.2 - 1e-9, 0], upper: [-1.2 + 1e-9, 2] },
  };
  const [g, k, p] = smooth.rosenbrock;
  for (const [name, bounds] of Object.entries(boxes))
    for (const method of d.methodNames)
      for (const jacobian of [undefined, jacobianOf(g, k)]) {
        const o = { bounds, method, jacobian, trace: true };
        const at = [-1.2, Math.max(1, bounds.lower[1])];
        yield [`box ${name} ${method}${jacobian ? " exact" : ""}`, () => d.leastSquares(g, k, at, o)];
      }
  for (const loss of ["huber", "tukey"])
    yield run(`${loss} in a box`, { loss, bounds: { lower: [0, 0], upper: [1, 1.2] } }, [
      fitWild,
      10,
      [0.5, 0.5],
    ]);
  const wrong = (q, J) => {
    jacobianOf(g, k)(q, J);
    J[1] *= -1;
  };
  for (const method of d.methodNames)
    yield [
      `wrong Jacobian ${method}`,
      () => d.leastSquares(g, k, p, { jacobian: wrong, method, maxIterations: 99 }),
    ];
  for (const fill of [NaN, Infinity, 0])
    yield [`Jacobian of ${fill}`, () => d.leastSquares(g, k, p, { jacobian: (_, J) => void J.fill(fill) })];
  // Rank by forward differences, and a share of a variable in the direction that is lost.
  for (const eps of [1e-5, 1e-6, 7e-7, 6e-7, 5e-7, 1e-7])
    yield [
      `columns ${eps} apart`,
      () =>
        [1, 1000].map((maxIterations) =>
          d.leastSquares(([a, b], out) => out.set(wild.y.map((y, i) => a + b * (1 + eps * i) - y)), [1, 1], {
            m: 10,
            maxIterations,
          }),
        ),
    ];
  for (const share of [0.1, 0.2, 0.3]) {
    const rest = Math.sqrt(1 - share * share);
    const lost = ([a, b, c], out) => out.set([a + share * c - 1, b + rest * c - 2, 0.1, 0.2]);
    yield [`a share of ${share}`, () => d.leastSquares(lost, [1, 1, 1], { m: 4 })];
  }
  yield ["report", () => timeless(d.leastSquares(f, m, start).report())];
  yield ["report without errors", () => timeless(d.leastSquares(...strange.rankOne).report())];
  yield ["brief", () => timeless(`${d.leastSquares(f, m, start)}`)];
}

/** Broken off after so many iterations, sent through JSON, gone on with. */
function resumed(d, [f, m, start], o, after, more = {}) {
  const first = d.iterateLeastSquares(f, m, start, o);
  for (let i = 0; i < after; i++) first.next();
  const state = JSON.parse(JSON.stringify(first.state()));
  const middle = attempt(() => first.result);
  first.return();
  const rest = d.iterateLeastSquares(f, m, start, { ...o, ...more, resume: state });
  const seen = [...rest].map(({ fun }) => fun);
  return { ...rest.result.toJSON(), middle, seen };
}

function* pulled(d) {
  const wildLine = [fitWild, 10, [40, -3]];
  for (const method of d.methodNames)
    for (const after of [0, 1, 5])
      yield [`resumed ${method} after ${after}`, () => resumed(d, smooth.rosenbrock, { method }, after)];
  for (const loss of ["softL1", "tukey"])
    for (const lossScale of [1, "mad"])
      for (const after of [1, 4, 9, 14])
        yield [
          `resumed ${loss} ${lossScale} after ${after}`,
          () => resumed(d, wildLine, { loss, lossScale }, after),
        ];
  yield ["resumed after the end", () => resumed(d, smooth.line, {}, 9)];
  yield ["resumed with a limit", () => resumed(d, smooth.kowalik, {}, 3, { maxIterations: 5 })];
  yield ["resumed with a target", () => resumed(d, smooth.kowalik, {}, 3, { target: 2e-4 })];
  yield ["resumed elsewhere", () => resumed(d, smooth.kowalik, {}, 3, { method: "dogleg" })];
  yield ["resumed with a loss", () => resumed(d, smooth.kowalik, {}, 3, { loss: "huber" })];
  yield [
    "resumed in a box",
    () => resumed(d, smooth.kowalik, {}, 3, { bounds: { lower: [0, 0, 0, 0], upper: [1, 1, 1, 1] } }),
  ];
  const box = (high) => ({ bounds: { lower: [-2, -2], upper: [high, 2] } });
  yield ["resumed in another box", () => resumed(d, smooth.rosenbrock, box(0.5), 2, box(0.6))];
  const state = () => {
    const it = d.iterateLeastSquares(...smooth.kowalik, {});
    it.next();
    const saved = it.state();
    it.return();
    return saved;
  };
  const damaged = {
    "a memory": (s) => ({ ...s, memory: s.memory.slice(0, 40) }),
    "a number": (s) => ({ ...s, passes: 3 }),
    "a version": (s) => ({ ...s, version: 99 }),
    nothing: () => null,
    "an m": (s) => ({ ...s, m: 4 }),
  };
  for (const [name, damage] of Object.entries(damaged))
    yield [
      `damaged in ${name}`,
      () => d.iterateLeastSquares(...smooth.kowalik, { resume: damage(state()) }).return(),
    ];
}

/** Broyden's banded residuals with a loose end, the pattern of their Jacobian, and the Jacobian itself in its order. */
function banded(d, n, more) {
  const m = n + more;
  const [row, col, rowPtr] = [[], [], [0]];
  for (let i = 0; i < m; i++) {
    for (let j = Math.max(0, (i % n) - 1); j <= Math.min(n - 1, (i % n) + 1); j++) {
      row.push(i);
      col.push(j);
    }
    rowPtr.push(col.length);
  }
  const pattern = d.csrFromTriplets({ rows: m, cols: n, row, col, value: row.map(() => 1) });
  const f = (x, out) => {
    for (let i = 0; i < m; i++) {
      const k = i % n;
      out[i] = (3 - 2 * x[k]) * x[k] - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1 + (i < n ? 0 : (i % 3) - 1);
    }
  };
  const jacobian = (x, out) => {
    for (let e = 0; e < row.length; e++) {
      const k = row[e] % n;
      out[e] = col[e] === k ? 3 - 4 * x[k] : col[e] < k ? -1 : -2;
    }
  };
  return { f, m, start: Array.from({ length: n }, () => -1), pattern, jacobian };
}

function* sparse(d) {
  for (const [n, more] of [
    [1, 0],
    [2, 3],
    [9, 0],
    [40, 15],
  ]) {
    const { f, m, start, pattern: jacobianPattern, jacobian } = banded(d, n, more);
    const run = (o) => () => d.leastSquares(f, m, start, { jacobianPattern, ...o });
    for (const method of d.methodNames) {
      yield [`sparse ${n} + ${more} ${method}`, run({ method, trace: true })];
      yield [`sparse ${n} + ${more} ${method} exact`, run({ method, jacobian, trace: true })];
    }
    yield [`sparse ${n} + ${more} huber`, run({ loss: "huber", lossScale: 0.3, jacobian })];
    yield [`sparse ${n} + ${more} in a box`, run({ bounds: { lower: -1.2, upper: -0.6 } })];
    yield [`sparse ${n} + ${more} after 2`, run({ maxIterations: 2 })];
  }
  // Equal columns, one of zeros, one without an entry.
  const A = d.csr({
    rows: 4,
    cols: 4,
    rowPtr: [0, 2, 4, 6, 7],
    colIdx: [0, 1, 0, 1, 0, 1, 2],
    values: [1, 1, 2, 2, 3, 3, 0],
  });
  const line = (x, out) => {
    A.multiply(x, out);
    for (let i = 0; i < 4; i++) out[i] -= i;
  };
  yield [
    "sparse below full rank",
    () =>
      d.leastSquares(line, 4, [1, 2, 3, 4], { jacobianPattern: A, jacobian: (_, out) => out.set(A.values) }),
  ];
  const { f, m, start, pattern: jacobianPattern } = banded(d, 9, 0);
  for (const after of [1, 3])
    yield [`sparse resumed after ${after}`, () => resumed(d, [f, m, start], { jacobianPattern }, after)];
}

export function* cases(d) {
  yield* methods(d);
  yield* losses(d);
  yield* options(d);
  yield* pulled(d);
  yield* sparse(d);
}
