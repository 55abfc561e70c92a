// Fits of their own kinds: differential equations, peaks, errors in x, Student's law.
import { grid, noise, pearson, told, values } from "./fit-data.js";
import { attempt, timeless } from "./several.js";

const flu = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4];

function* equations(d) {
  const systems = {
    decay: [{ derivatives: { A: "-k*A" } }, [2, 0.7]],
    chain: [
      { derivatives: { A: "-k*A", B: "k*A - l*B" }, initial: { A: "a", B: 0 }, observe: "2*B + t*0" },
      [1.2, 0.3, 2],
    ],
    logistic: [{ derivatives: { y: "r*y*(1 - y/K)" }, initial: { y: 0.1 } }, [1.5, 3]],
    oscillator: [
      { derivatives: { x: "v", v: "-w^2*x - c*v + sin(t)" }, initial: { x: -1, v: "w/2" }, observe: "x + v" },
      [2, 0.2],
    ],
    lotka: [
      { derivatives: { u: "a*u - b*u*v", v: "b*u*v - v" }, initial: { u: 2, v: 1 }, observe: "max(u, v)" },
      [1.5, 1],
    ],
    pole: [{ derivatives: { y: "y^2*p" }, initial: { y: 1 } }, [0.4]],
    constant: [{ derivatives: { y: "0*k" }, initial: { y: "c" } }, [1, 2]],
    zero: [{ derivatives: { y: "k*y" }, initial: { y: 0 } }, [1]],
    steps: [{ derivatives: { y: "t > 1 ? k : -k" }, initial: { y: 0 } }, [1.3]],
    fast: [
      { derivatives: { y: "-1000*k*(y - 1/(1 + t))", z: "y - z" }, initial: { y: 0, z: 1 }, observe: "z" },
      [1],
    ],
  };
  const times = [0, 0.01, 0.5, 0.5, 1, 2.2, 3, -0.4, -1];
  const grids = { plain: times, late: [7, 30], early: [-3, -0.001], start: [0], none: [] };
  for (const [name, [system, p]] of Object.entries(systems))
    for (const method of ["explicit", "stiff"])
      yield [
        `${name} ${method}`,
        () => {
          const model = d.ode({ ...system, method });
          const forward = Object.entries(grids).filter(
            ([key]) => name !== "fast" || (key !== "plain" && key !== "early"),
          );
          return forward.map(([, x]) => {
            const [out, J] = [new Float64Array(x.length), new Float64Array(x.length * p.length)];
            model.evaluate(x, p, out);
            model.jacobian(x, p, J);
            const solved = model.solve(x, Object.fromEntries(model.params.map((one, k) => [one, p[k]])));
            return [model.params, out, J, solved];
          });
        },
      ];
  const [oscillator, p] = systems.oscillator;
  const x = grid(9, 0, 6);
  for (const method of ["explicit", "stiff"])
    for (const o of [
      { tolerance: 1e-3 },
      { tolerance: 1e-6 },
      { tolerance: 1e-13 },
      { maxSteps: 3 },
      { maxSteps: 12 },
      { from: 2 },
      { from: -1e3, tolerance: 1e-4 },
    ])
      yield [
        `oscillator ${method} ${JSON.stringify(o)}`,
        () => {
          const model = d.ode({ ...oscillator, method, ...o });
          const [out, J] = [new Float64Array(9), new Float64Array(18)];
          model.evaluate(x, p, out);
          model.jacobian(x, p, J);
          return [out, J];
        },
      ];
  const robertson = {
    derivatives: { A: "-a*A + b*B*C", B: "a*A - b*B*C - c*B^2", C: "c*B^2" },
    initial: { A: 1, B: 0, C: 0 },
    observe: "1e4*B",
    method: "stiff",
  };
  yield [
    "robertson",
    () => {
      const model = d.ode(robertson);
      const J = new Float64Array(15);
      model.jacobian([1e-6, 1e-2, 1, 400, 1e5], [0.04, 1e4, 3e7], J);
      return [J, model.solve([0.4, 4e4, 1e9], { a: 0.04, b: 1e4, c: 3e7 })];
    },
  ];
  const sir = {
    derivatives: { S: "-beta*S*I/763", I: "beta*S*I/763 - gamma*I" },
    initial: { S: "763 - I0", I: "I0" },
    observe: "I",
  };
  for (const method of ["explicit", "stiff"])
    for (const params of [
      { beta: 1.5, gamma: 0.5, I0: 2 },
      { I0: { init: 1, fixed: true }, gamma: 0.3, beta: 2 },
    ])
      yield [
        `influenza ${method} ${Object.keys(params)[0]}`,
        () =>
          d.curveFit({
            model: d.ode({ ...sir, method, tolerance: 1e-6 }),
            x: flu.map((_, i) => i),
            y: flu,
            params,
          }),
      ];
  // More equations than a routine holds in registers, and other names of time and order.
  const ring = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`q${i}`, `k*(q${(i + 1) % 12} - q${i}) + tau*0.01`]),
  );
  const initial = Object.fromEntries(Object.keys(ring).map((name, i) => [name, i]));
  yield [
    "a ring",
    () => d.ode({ derivatives: ring, initial, observe: "q0", time: "tau" }).solve([1, 5], { k: 0.7 }),
  ];
  yield [
    "an order",
    () =>
      d
        .ode({ derivatives: { B: "A", A: "-B" }, variables: ["A", "B"], params: ["A0", "B0"], observe: "A" })
        .solve([1], { A0: 1, B0: 0 }),
  ];
  const wrong = {
    nothing: {},
    "no text": { derivatives: { A: 1 } },
    "a stray": { derivatives: { A: "A", B: "B" }, variables: ["A"] },
    "an initial of another": { derivatives: { A: "A" }, initial: { B: 1 } },
    "an initial of NaN": { derivatives: { A: "A" }, initial: { A: NaN } },
    "an initial over time": { derivatives: { A: "A" }, initial: { A: "t" } },
    "nothing observed": { derivatives: { A: "A", B: "B" } },
    "an unknown name": { derivatives: { A: "k*A" }, params: ["A0"] },
    "a text": { derivatives: { A: "k*" } },
    tolerance: { derivatives: { A: "A" }, tolerance: 1e-15 },
    maxSteps: { derivatives: { A: "A" }, maxSteps: 0 },
    method: { derivatives: { A: "A" }, method: "implicit" },
    "a name twice": { derivatives: { t: "t" } },
  };
  for (const [name, o] of Object.entries(wrong)) yield [`ode refused ${name}`, () => d.ode(o)];
  yield [
    "ode refused params",
    () =>
      d.curveFit({ model: d.ode({ derivatives: { A: "-k*A" } }), x: [0, 1], y: [1, 2], params: { k: 1 } }),
  ];
  yield ["ode refused a solve", () => d.ode({ derivatives: { A: "-k*A" } }).solve([1], { k: 1 })];
}

function* peaks(d) {
  const x = grid(60, 0, 20);
  const g = "h*gaussian(x, c, s)";
  const l = "h*lorentzian(x, c, s)";
  const sum = (parts, size, base = (v) => v * 0) => {
    const columns = parts.map(([text, h, c, s]) => values(d, text, x, { h, c, s }));
    const e = noise(60, 5);
    return x.map((v, i) => columns.reduce((total, column) => total + column[i], base(v) + size * e[i]));
  };
  const spectra = {
    one: sum([[g, 5, 8, 1]], 0.1),
    two: sum(
      [
        [g, 5, 6, 1],
        [g, 3, 13, 0.8],
      ],
      0.1,
      (v) => 1 + 0.1 * v,
    ),
    merged: sum(
      [
        [g, 5, 8, 1],
        [g, 4, 10, 1],
      ],
      0.02,
    ),
    shoulder: sum(
      [
        [l, 5, 8, 1],
        [l, 1.5, 11, 0.7],
      ],
      0.02,
    ),
    four: sum(
      [
        [l, 5, 3, 0.4],
        [l, 4, 7, 0.5],
        [l, 6, 12, 0.4],
        [l, 1, 16, 0.5],
      ],
      0.05,
      (v) => 1 - 0.02 * v * v,
    ),
    noise: sum([], 1),
    slope: sum([], 0.1, (v) => v),
    dip: sum([[g, -5, 8, 1]], 0.05),
    exact: sum([[g, 5, 8, 1]], 0),
    edge: sum([[g, 5, 0.5, 1]], 0.05),
    bump: sum([], 0.01, (v) => 1 / (1 + v)),
  };
  for (const [name, y] of Object.entries(spectra))
    for (const shape of ["gaussian", "lorentzian", "pseudoVoigt"]) {
      yield [`peaks ${name} ${shape}`, () => d.fitPeaks({ x, y, shape })];
      if (shape === "gaussian") yield [`peaks ${name} two`, () => d.fitPeaks({ x, y, shape, count: 2 })];
    }
  for (const baseline of ["none", "linear", "quadratic"])
    for (const name of ["two", "four"])
      yield [
        `peaks ${name} on ${baseline}`,
        () => d.fitPeaks({ x, y: spectra[name], baseline, shape: "lorentzian" }),
      ];
  const y = spectra.two;
  const turned = { x: [...x].reverse(), y: [...y].reverse() };
  const options = {
    turned,
    sigma: { sigma: 0.1, absoluteSigma: true, level: 0.5 },
    "sigma of points": { ...turned, sigma: [...x].reverse().map((v) => 0.05 + v / 100) },
    "at most one": { maxCount: 1 },
    "one wanted": { count: 1 },
    "three wanted": { count: 3 },
    "eleven points": { x: x.slice(10, 21), y: y.slice(10, 21) },
    "twelve points": { x: x.slice(10, 22), y: y.slice(10, 22) },
    "six points": { x: x.slice(15, 21), y: y.slice(15, 21) },
    "three points": { x: x.slice(0, 3), y: y.slice(0, 3) },
    uneven: { x: x.map((v) => v * v), y },
    large: { x: x.map((v) => v * 1e12), y: y.map((v) => v * 1e-12) },
    "a key": { counts: 1 },
    shape: { shape: "voigt" },
    baseline: { baseline: "cubic" },
    count: { count: 0 },
    "y of NaN": { y: y.map((v, i) => (i ? v : NaN)) },
    "y of another length": { y: [1] },
  };
  for (const [name, o] of Object.entries(options)) yield [`peaks, ${name}`, () => d.fitPeaks({ x, y, ...o })];
}

function* others(d) {
  const line = { ...pearson, model: "a + b*x" };
  yield [
    "odr",
    () =>
      told(
        d.odr(line),
        d.odr(line).band([3]),
        d.odr(line).predict([3]),
        timeless(d.odr(line).report()),
        timeless(`${d.odr(line)}`),
      ),
  ];
  const o = { absoluteSigma: true, level: 0.5, params: { a: 5, b: { init: -0.5, fixed: true } } };
  yield ["odr held", () => told(d.odr({ ...line, ...o }), timeless(d.odr({ ...line, ...o }).report()))];
  yield ["odr singular", () => attempt(() => timeless(d.odr({ ...line, model: "a + b + c*x" }).report()))];
  yield [
    "student",
    () => d.curveFitStudent({ model: "a + b*x", x: [0, 1, 2, 3, 4, 5], y: [0.1, 1, 2.1, 9, 3.9, 5.1] }),
  ];
}

export function* cases(d) {
  yield* equations(d);
  yield* peaks(d);
  yield* others(d);
}
