// Residuals in exact operations: Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7 (1981) 17, and odd ones.

const rows = (...f) => [(p, out) => out.set(f.map((one) => one(p))), f.length];

/** y = f(x) over data, as residuals. */
const data = (x, y, f) => [(p, out) => out.set(Array.from(x, (v, i) => f(v, p, i) - y[i])), x.length];

const kowalik = {
  y: [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246],
  u: [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625],
};
const bard = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const line = { x: [0, 1, 2, 3, 4, 5, 6, 7], y: [1.1, 2.9, 5.2, 6.8, 9.1, 10.9, 13.2, 14.8] };

/** name: [residuals, m, start]. */
export const smooth = {
  rosenbrock: [
    ...rows(
      ([a, b]) => 10 * (b - a * a),
      ([a]) => 1 - a,
    ),
    [-1.2, 1],
  ],
  freudenstein: [
    ...rows(
      ([a, b]) => -13 + a + ((5 - b) * b - 2) * b,
      ([a, b]) => -29 + a + ((b + 1) * b - 14) * b,
    ),
    [0.5, -2],
  ],
  brownScaled: [
    ...rows(
      ([a]) => a - 1e6,
      ([, b]) => b - 2e-6,
      ([a, b]) => a * b - 2,
    ),
    [1, 1],
  ],
  beale: [
    ...rows(
      ([a, b]) => 1.5 - a * (1 - b),
      ([a, b]) => 2.25 - a * (1 - b * b),
      ([a, b]) => 2.625 - a * (1 - b * b * b),
    ),
    [1, 1],
  ],
  powellSingular: [
    ...rows(
      ([a, b]) => a + 10 * b,
      ([, , c, e]) => Math.sqrt(5) * (c - e),
      ([, b, c]) => (b - 2 * c) * (b - 2 * c),
      ([a, , , e]) => Math.sqrt(10) * (a - e) * (a - e),
    ),
    [3, -1, 0, 1],
  ],
  kowalik: [
    ...data(kowalik.u, kowalik.y, (u, [a, b, c, e]) => (a * (u * u + u * b)) / (u * u + u * c + e)),
    [0.25, 0.39, 0.415, 0.39],
  ],
  bard: [
    ...data(bard, bard, (_, [a, b, c], i) => {
      const [u, v] = [i + 1, 15 - i];
      return a + u / (v * b + Math.min(u, v) * c);
    }),
    [1, 1, 1],
  ],
  broyden: [
    ...rows(
      ...Array.from(
        { length: 6 },
        (_, i) => (x) => (3 - 2 * x[i]) * x[i] - (x[i - 1] ?? 0) - 2 * (x[i + 1] ?? 0) + 1,
      ),
    ),
    [-1, -1, -1, -1, -1, -1],
  ],
  line: [...data(line.x, line.y, (x, [a, b]) => a + b * x), [0, 0]],
  hyperbola: [...data(line.x, line.y, (x, [a, b]) => (a * x) / (b + x)), [5, 2]],
  small: [...data(line.x, line.y, (x, [a, b]) => 1e12 * a + 1e-12 * b * x), [1e-12, 1e12]],
};

const odd = (size) => (((size * 1e7) % 1) - 0.5) * 1e-7;

export const strange = {
  rankOne: [
    ...rows(
      ...[1, 2, 3, 4].map(
        (i) =>
          ([a, b, c]) =>
            i * (a + 2 * b + 3 * c) - 1,
      ),
    ),
    [1, 1, 1],
  ],
  unused: [
    ...rows(
      ([a]) => a - 2,
      ([a]) => 3 - a * a,
      ([a]) => a,
    ),
    [1, 5],
  ],
  exact: [
    ...rows(
      ([a]) => a - 2,
      ([, b]) => b * 3,
    ),
    [2, 0],
  ],
  constant: [
    ...rows(
      () => 1,
      () => 2,
      () => 3,
    ),
    [1, 1],
  ],
  away: [
    ...rows(
      ([a]) => 1 / (1 + a * a),
      ([, b]) => b - 1,
      ([a, b]) => b / (1 + a * a),
    ),
    [1, 1],
  ],
  wall: [
    ...rows(
      ([a]) => (a > 1.5 ? NaN : a - 2),
      ([, b]) => b * b - 1,
      ([a, b]) => a * b,
    ),
    [0.3, 2],
  ],
  nan: [
    ...rows(
      ([a]) => a,
      () => NaN,
      ([, b]) => b,
    ),
    [1, 1],
  ],
  infinite: [
    ...rows(
      ([a]) => a * 1e200,
      ([a, b]) => (a - b) * 1e200,
      ([, b]) => b,
    ),
    [1, 3],
  ],
  underflow: [
    ...rows(
      ([a, b]) => (10 * (b - a * a)) / 1e170,
      ([a]) => (1 - a) / 1e170,
    ),
    [-1.2, 1],
  ],
  large: [
    ...rows(
      ([a, b]) => 1e81 * (b - a * a),
      ([a]) => 1e80 * (1 - a),
    ),
    [-1.2, 1],
  ],
  noisy: [
    ...rows(
      ([a]) => a - 1 + odd(a),
      ([a, b]) => b - a + odd(b),
      ([a, b]) => a * b - 2,
    ),
    [0.2, 0.4],
  ],
  kink: [
    ...rows(
      ([a]) => Math.abs(a - 1) + 0.1,
      ([a, b]) => Math.abs(b) + a / 10,
      ([, b]) => b + 0.5,
    ),
    [3, 2],
  ],
  steps: [
    ...rows(
      ([a]) => Math.floor(4 * a) - 2,
      ([, b]) => Math.floor(b),
    ),
    [3, 2],
  ],
  flatStart: [
    ...rows(
      ([a]) => a * a * a - 8,
      ([, b]) => b * b + 1,
    ),
    [0, 0],
  ],
};

/** The Jacobian of residuals by wide central differences: exact for parabolas, and otherwise as good as any other for a path. */
export const jacobianOf = (residuals, m) => (p, J) => {
  const n = p.length;
  const [above, below] = [new Float64Array(m), new Float64Array(m)];
  const at = Array.from(p);
  for (let j = 0; j < n; j++) {
    const h = (Math.abs(p[j]) || 1) / 8192;
    at[j] = p[j] + h;
    residuals(at, above);
    at[j] = p[j] - h;
    residuals(at, below);
    at[j] = p[j];
    for (let i = 0; i < m; i++) J[i * n + j] = (above[i] - below[i]) / (2 * h);
  }
};
