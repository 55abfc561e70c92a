// sensitivity() of nonlinear programs against closed forms, differences of whole solutions, and the quadratic one.

import { describe, expect, test } from "vitest";
import { compileProgram, minimizeConstrained, minimizeConstrainedAsync, solveQP } from "../../src/index.js";

const close = (found: ArrayLike<number>, wanted: readonly number[], digits: number) => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((v, k) => {
    expect(found[k]).toBeCloseTo(v, digits);
  });
};

const code = (f: () => unknown): unknown => {
  try {
    f();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("closed forms", () => {
  // The point of the circle x'x = 1 + b nearest to a - q is sqrt(1 + b) (a - q) / |a - q|; here a = (3, 4).
  const q = [-0.128, 0.096, 0.096, -0.072]; // -(I - a a' / 25) / 5
  const b = [0.3, 0.4]; // a / (2 |a|)
  const fun = ([x, y]: Float64Array) => ((x! - 3) * (x! - 3) + (y! - 4) * (y! - 4)) / 2;
  const circle = ([x, y]: Float64Array) => x! * x! + y! * y! - 1;

  test("with exact derivatives, by every method", () => {
    const program = compileProgram("min ((x - 3)^2 + (y - 4)^2) / 2; x^2 + y^2 == 1");
    for (const method of ["sqp", "interiorPoint", "augmentedLagrangian"] as const) {
      const s = minimizeConstrained(program, [1, 1], { method }).sensitivity();
      close(s.q.data, q, 6);
      close(s.equality.data, b, 6);
      close(s.bounds.data, [0, 0, 0, 0], 15);
    }
    program.dispose();
  });

  test("by differences", () => {
    const s = minimizeConstrained(fun, [1, 1], { equality: [circle] }).sensitivity();
    close(s.q.data, q, 5);
    close(s.equality.data, b, 6);
    const inside = minimizeConstrained(fun, [0, 0], { inequality: [(x) => -circle(x)] }).sensitivity();
    // -x'x + 1 >= b: the radius shrinks.
    close(inside.inequality.data, [-0.3, -0.4], 6);
  });

  test("of a maximum q is added to what is maximised", () => {
    const program = compileProgram("max -((x - 3)^2 + (y - 4)^2) / 2; x^2 + y^2 == 1");
    const s = minimizeConstrained(program, [1, 1]).sensitivity();
    close(
      s.q.data,
      q.map((v) => -v),
      6,
    );
    program.dispose();
  });

  test("a quadratic program has the derivatives of solveQP", () => {
    const P = [
      [4, 1, 0],
      [1, 3, 1],
      [0, 1, 5],
    ];
    const c = [1, -8, 2];
    const A = [[1, 1, 1]];
    const o = { linear: { A, l: 1, u: 1 }, bounds: { lower: [-9, -9, 0], upper: 9 } };
    const f = {
      fun: (x: Float64Array) =>
        x.reduce((s, v, i) => s + v * (c[i]! + x.reduce((t, w, j) => t + P[i]![j]! * w, 0) / 2), 0),
      grad: (x: Float64Array, g: Float64Array) => {
        for (let i = 0; i < 3; i++) g[i] = c[i]! + x.reduce((t, w, j) => t + P[i]![j]! * w, 0);
      },
      hess: (_x: Float64Array, out: Float64Array) => {
        out.set(P.flat());
      },
    };
    const nonlinear = minimizeConstrained(f, [0, 0, 1], o);
    const quadratic = solveQP({ P, q: c, A, l: [1], u: [1], lower: [-9, -9, 0], upper: [9, 9, 9] });
    close(nonlinear.x, [...quadratic.x], 7);
    expect(nonlinear.active.lower).toEqual([2]);
    const [s, t] = [nonlinear.sensitivity(), quadratic.sensitivity()];
    close(s.q.data, [...t.q.data], 7);
    close(s.linear.data, [...t.rows.data], 7);
    close(s.bounds.data, [...t.bounds.data], 7);
  });
});

test("HS71: differences of whole solutions", () => {
  const text = (product: number, sphere: number, lower: number, tilt: number) =>
    `min x1*x4*(x1+x2+x3)+x3 + ${tilt}*x2; x1*x2*x3*x4 >= ${product}; x1^2+x2^2+x3^2+x4^2 == ${sphere}; ${lower} <= x1 <= 5; 1 <= x2 <= 5; 1 <= x3 <= 5; 1 <= x4 <= 5`; // prettier-ignore
  const solve = (...data: [number, number, number, number]) => {
    const program = compileProgram(text(...data));
    const r = minimizeConstrained(program, [1, 5, 5, 1], { gradTol: 1e-11, feasTol: 1e-12 });
    const found = { x: [...r.x], s: r.success ? r.sensitivity() : null };
    program.dispose();
    return found;
  };
  const base: [number, number, number, number] = [25, 40, 1, 0];
  const { s } = solve(...base);
  const slope = (k: number) => {
    const h = 1e-4;
    const at = (d: number) => solve(...(base.map((v, i) => (i === k ? v + d : v)) as typeof base)).x;
    const [up, down] = [at(h), at(-h)];
    return up.map((v, j) => (v - down[j]!) / (2 * h));
  };
  const column = (m: { data: Float64Array; cols: number }, k: number) =>
    [0, 1, 2, 3].map((j) => m.data[j * m.cols + k]!);
  close(column(s!.inequality, 0), slope(0), 6);
  close(column(s!.equality, 0), slope(1), 6);
  close(column(s!.bounds, 0), slope(2), 6);
  close(column(s!.q, 1), slope(3), 6);
});

test("where there is no derivative it says so", async () => {
  const f = ([x]: Float64Array) => x! * x!;
  // The bound binds, and f does not press against it.
  expect(code(() => minimizeConstrained(f, [1], { bounds: { lower: 0 } }).sensitivity())).toBe("UNSUPPORTED");
  const stopped = minimizeConstrained(f, [1], { inequality: [([x]) => x! - 0.5], maxIterations: 0 });
  expect(code(() => stopped.sensitivity())).toBe("UNSUPPORTED");
  // Not unique: any x_1 is as good.
  const flat = minimizeConstrained(([x]) => (x! - 1) * (x! - 1), [3, 3]);
  expect(flat.success).toBe(true);
  expect(code(() => flat.sensitivity())).toBe("SINGULAR");
  // A saddle is no minimum: at x = 0 on the bound of nothing.
  const g = {
    fun: ([x, y]: Float64Array) => x! * x! - y! * y!,
    grad: ([x, y]: Float64Array, out: Float64Array) => {
      out[0] = 2 * x!;
      out[1] = -2 * y!;
    },
  };
  const saddle = minimizeConstrained(g, [1, 0], { equality: [([x]) => x!] });
  if (saddle.success) expect(code(() => saddle.sensitivity())).toBe("UNSUPPORTED");
  const late = await minimizeConstrainedAsync(async ([x]) => (x! - 2) * (x! - 2), [0]);
  expect(late.success).toBe(true);
  expect(code(() => late.sensitivity())).toBe("UNSUPPORTED");
});

test("curvatures and rows of other units are not singular", () => {
  // f = (x - 1)^2 / 2 + k (y - 1)^2 / 2: dx / dq = -1, dy / dq = -1 / k.
  const k = 1e-15;
  const f = {
    fun: ([x, y]: Float64Array) => ((x! - 1) * (x! - 1)) / 2 + (k * (y! - 1) * (y! - 1)) / 2,
    grad: ([x, y]: Float64Array, g: Float64Array) => {
      g[0] = x! - 1;
      g[1] = k * (y! - 1);
    },
    hess: (_x: Float64Array, out: Float64Array) => {
      out.set([1, 0, 0, k]);
    },
  };
  const s = minimizeConstrained(f, [1, 1]).sensitivity();
  close([s.q.data[0]!, s.q.data[1]!, s.q.data[2]!, s.q.data[3]! * k], [-1, 0, 0, -1], 12);
  // Nearest to 0 on 1e9 (x + y) = 2e9: x = y = side / 2e9.
  const half = {
    fun: ([x, y]: Float64Array) => (x! * x! + y! * y!) / 2,
    grad: (x: Float64Array, g: Float64Array) => {
      g.set(x);
    },
    hess: (_x: Float64Array, out: Float64Array) => {
      out.set([1, 0, 0, 1]);
    },
  };
  const r = minimizeConstrained(half, [1, 1], { linear: { A: [[1e9, 1e9]], l: 2e9, u: 2e9 } });
  const t = r.sensitivity();
  close(
    [...t.linear.data].map((v) => v * 1e9),
    [0.5, 0.5],
    9,
  );
  close(t.q.data, [-0.5, 0.5, 0.5, -0.5], 9);
});

// min f (x^2 - 2 a x) / 2 + f (y^2 - 6 a y) / 2 in units: x + y <= 1.5 a, x >= 0, z >= 1.5 a in f (z - a)^2 / 2, and w <= 1.5 a, which does not
// bind, in f (w - a)^2 / 2. At the answer x = 0, y = 1.5 a.
test.each([
  [1e-9, 1],
  [1, 1e-12],
  [1e-6, 1e12],
  [1e9, 1e-9],
  [1e7, 1],
])("what binds is told in any units: x of %d, f of %d", (a, f) => {
  const text = (side: number, floor: number, cap: number) =>
    `min ${f / a ** 2} * ((x^2 - ${2 * a}*x + y^2 - ${6 * a}*y + (z - ${a})^2 + (w - ${a})^2) / 2); x + y <= ${side}; x >= 0; z >= ${floor}; w <= ${cap}`;
  const at = (side = 1.5 * a, floor = 1.5 * a, cap = 1.5 * a) =>
    minimizeConstrained(compileProgram(text(side, floor, cap)), [a, a, 2 * a, 0.5 * a], {
      method: "interiorPoint",
    });
  const r = at();
  expect(r.success).toBe(true);
  const s = r.sensitivity();
  close(s.linear.data, [0, 1, 0, 0], 6);
  // By the floor of z alone, and by that of x, along the row.
  close(s.bounds.data, [1, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], 6);
  close(
    s.q.data.map((v) => (v * f) / a ** 2),
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1],
    6,
  );
});
