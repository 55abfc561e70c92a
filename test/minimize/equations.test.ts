// solveEquations against the systems of Moré, Garbow and Hillstrom (ACM TOMS 7, 1981, section 3.2, "systems of nonlinear equations"),
// whose roots are known, from their starts; MINPACK's users know these.
import { describe, expect, test } from "vitest";
import { csrFromDense, Random, solveEquations, solveEquationsAsync } from "../../src/index.js";
import { factorQR, solveR, updateQR } from "../../src/minimize/equations/qr-update.js";

type F = (x: Float64Array, o: Float64Array) => void;
const ones = (n: number) => Array(n).fill(1);
const systems: Record<string, { F: F; x0: number[]; root?: (number | undefined)[]; within?: number }> = {
  rosenbrock: { F: (x, o) => o.set([1 - x[0]!, 10 * (x[1]! - x[0]! ** 2)]), x0: [-1.2, 1], root: [1, 1] },
  "Powell singular": {
    F: (x, o) =>
      o.set([
        x[0]! + 10 * x[1]!,
        Math.sqrt(5) * (x[2]! - x[3]!),
        (x[1]! - 2 * x[2]!) ** 2,
        Math.sqrt(10) * (x[0]! - x[3]!) ** 2,
      ]),
    x0: [3, -1, 0, 1],
    root: [0, 0, 0, 0],
  },
  "Powell badly scaled": {
    F: (x, o) => o.set([1e4 * x[0]! * x[1]! - 1, Math.exp(-x[0]!) + Math.exp(-x[1]!) - 1.0001]),
    x0: [0, 1],
    root: [1.098159e-5, 9.106146],
    within: 1e-6,
  },
  wood: {
    F: (x, o) => {
      const [a, b] = [x[1]! - x[0]! ** 2, x[3]! - x[2]! ** 2];
      o.set([
        -200 * x[0]! * a - (1 - x[0]!),
        200 * a + 20.2 * (x[1]! - 1) + 19.8 * (x[3]! - 1),
        -180 * x[2]! * b - (1 - x[2]!),
        180 * b + 20.2 * (x[3]! - 1) + 19.8 * (x[1]! - 1),
      ]);
    },
    x0: [-3, -1, -3, -1],
  },
  "helical valley": {
    F: (x, o) => {
      const turn = Math.atan(x[1]! / x[0]!) / (2 * Math.PI) + (x[0]! < 0 ? 0.5 : 0);
      o.set([10 * (x[2]! - 10 * turn), 10 * (Math.hypot(x[0]!, x[1]!) - 1), x[2]!]);
    },
    x0: [-1, 0, 0],
    root: [1, 0, 0],
  },
  "Broyden tridiagonal": {
    F: (x, o) => {
      for (let k = 0; k < 10; k++) o[k] = (3 - 2 * x[k]!) * x[k]! - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1;
    },
    x0: Array(10).fill(-1),
  },
  "Brown almost linear": {
    F: (x, o) => {
      const sum = x.reduce((a, b) => a + b, 0);
      for (let k = 0; k < 9; k++) o[k] = x[k]! + sum - 11;
      o[9] = x.reduce((a, b) => a * b, 1) - 1;
    },
    x0: Array(10).fill(0.5),
    root: ones(10),
  },
  "discrete boundary value": {
    F: (x, o) => {
      for (let k = 0; k < 10; k++) {
        const t = (k + 1) / 11;
        o[k] = 2 * x[k]! - (x[k - 1] ?? 0) - (x[k + 1] ?? 0) + (x[k]! + t + 1) ** 3 / 242;
      }
    },
    x0: Array.from({ length: 10 }, (_, k) => ((k + 1) / 11) * ((k + 1) / 11 - 1)),
  },
};

describe.each(Object.entries(systems))("%s", (_, { F, x0, root, within = 1e-8 }) => {
  test("is solved from its start, and what is claimed holds there", () => {
    const r = solveEquations(F, x0);
    expect(r.status).toBe("converged");
    const again = new Float64Array(x0.length);
    F(r.x, again);
    expect([...r.fun]).toEqual([...again]);
    expect(r.norm).toBeLessThan(1e-8);
    if (root) {
      root.forEach((v, j) => {
        expect(Math.abs(r.x[j]! - v!)).toBeLessThanOrEqual(within * Math.max(1, Math.abs(v!)));
      });
    }
  });

  test("in other units of F and x the same steps are taken", () => {
    const [ux, uf] = [2 ** 40, 2 ** -30];
    const other: F = (x, o) => {
      F(
        x.map((v) => v / ux),
        o,
      );
      o.forEach((v, i) => {
        o[i] = v * uf;
      });
    };
    // Differences have their own scale where a variable is 0 at the start: both runs take this Jacobian.
    const jacobian: F = (x, J) => {
      const n = x.length;
      const [a, b] = [new Float64Array(n), new Float64Array(n)];
      for (let j = 0; j < n; j++) {
        const h = 2 ** -20;
        F(
          x.map((v, i) => (i === j ? v + h : v)),
          a,
        );
        F(
          x.map((v, i) => (i === j ? v - h : v)),
          b,
        );
        for (let i = 0; i < n; i++) J[i * n + j] = (a[i]! - b[i]!) / (2 * h);
      }
    };
    const plain = solveEquations(F, x0, { jacobian });
    const scaled = solveEquations(
      other,
      x0.map((v) => v * ux),
      {
        jacobian: (x, J) => {
          jacobian(
            x.map((v) => v / ux),
            J,
          );
          J.forEach((v, i) => {
            J[i] = (v * uf) / ux;
          });
        },
      },
    );
    expect([scaled.status, scaled.nit, scaled.nfev]).toEqual([plain.status, plain.nit, plain.nfev]);
    expect([...scaled.x]).toEqual([...plain.x].map((v) => v * ux));
  });
});

test.each<[string, number, number[]]>([
  ["rosenbrock", 1, [1, 5]],
  ["Powell badly scaled", 1, [1, 5, 21, 49, 125]],
  ["wood", 1, [1, 25]],
  ["wood", 10, [1, 19, 24, 33, 52, 85, 111, 184, 225]],
  ["wood", 100, [1, 19, 24, 40, 53, 102, 117, 137, 155, 173]],
])("%s from %d x0 asks for its Jacobians where MINPACK does", (name, times, calls) => {
  // Calls of F before each Jacobian by hybrj, as SciPy 1.17.1 (root, hybr) has it, without SciPy's two looks at the shapes.
  const { F, x0 } = systems[name]!;
  const n = x0.length;
  let count = 0;
  const asked: number[] = [];
  const at = (x: Float64Array, j: number, h: number) => {
    const out = new Float64Array(n);
    F(
      x.map((v, i) => (i === j ? v + h : v)),
      out,
    );
    return out;
  };
  const counted: F = (x, o) => {
    count++;
    F(x, o);
  };
  const jacobian: F = (x, J) => {
    asked.push(count);
    for (let j = 0; j < n; j++) {
      const [a, b] = [at(x, j, 2 ** -20), at(x, j, -(2 ** -20))];
      for (let i = 0; i < n; i++) J[i * n + j] = (a[i]! - b[i]!) / 2 ** -19;
    }
  };
  solveEquations(
    counted,
    x0.map((v) => times * v),
    { jacobian },
  );
  // The last one may be ours alone: it decides whether a root is claimed.
  expect(asked.slice(0, calls.length)).toEqual(calls);
});

test("newton solves what has a regular root, with fewer iterations", () => {
  for (const name of ["rosenbrock", "helical valley", "Broyden tridiagonal", "discrete boundary value"]) {
    const { F, x0 } = systems[name]!;
    const r = solveEquations(F, x0, { method: "newton" });
    expect(r.status).toBe("converged");
    expect(r.norm).toBeLessThan(1e-8);
  }
});

test("where there is no root nothing is claimed", () => {
  for (const method of ["hybrid", "newton"] as const) {
    for (const x0 of [[3], [0], [1e6], [-1e-9]]) {
      const r = solveEquations((x, o) => o.set([x[0]! ** 2 + 1]), x0, { method });
      expect([r.status, r.reason]).toEqual(["failed", "stalled"]);
      expect(r.message).toContain("another start");
    }
  }
  const start = solveEquations((_x, o) => o.set([NaN]), [1]);
  expect([start.status, start.reason]).toEqual(["failed", "nonFinite"]);
  // A trial beyond the domain only shortens the step.
  const r = solveEquations((x, o) => o.set([Math.log(x[0]!)]), [20]);
  expect(r.x[0]).toBeCloseTo(1, 10);
});

test("a number, an array of functions, a Jacobian, limits, promises", async () => {
  expect(solveEquations((x, o) => o.set([x[0]! ** 2 - 2]), 1).x[0]).toBeCloseTo(Math.SQRT2, 12);
  const pair = solveEquations([(x) => x[0]! + x[1]! - 3, (x) => x[0]! * x[1]! - 2], [0, 3]);
  expect([...pair.x]).toEqual([expect.closeTo(1, 9), expect.closeTo(2, 9)]);
  const jacobian = (x: Float64Array, J: Float64Array) => J.set([2 * x[0]!]);
  const exact = solveEquations((x, o) => o.set([x[0]! ** 2 - 2]), [1], { jacobian, method: "newton" });
  expect(exact.nfev).toBeLessThan(8);
  expect(String(exact)).toContain("|F|");
  expect(exact.report()).toContain("[[Root]]");
  expect(solveEquations((x, o) => o.set([x[0]! - 2e9]), [1], { maxIterations: 0 }).reason).toBe(
    "maxIterations",
  );
  expect(
    solveEquations((x, o) => o.set([x[0]! ** 3 - 8]), [90], { maxEvaluations: 3 }).nfev,
  ).toBeLessThanOrEqual(3);
  const zero = solveEquations((x, o) => o.set([x[0]!]), [0]);
  expect([zero.status, zero.reason, zero.nit]).toEqual(["converged", "zero", 0]);
  const late = await solveEquationsAsync(
    async (x: Float64Array, o: Float64Array) => o.set([x[0]! ** 2 - 2]),
    [1],
  );
  expect(late.x[0]).toBeCloseTo(Math.SQRT2, 12);
  const loose = solveEquations((x, o) => o.set([x[0]! ** 2 - 2]), [1], { funTol: 0.1 });
  expect(loose.reason).toBe("zero");
});

test("wrong input is refused before any evaluation", () => {
  const f: F = (x, o) => o.set(x);
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return "none";
  };
  expect(message(() => solveEquations(7 as never, [1]))).toMatch(/^OPTION .*F must be a function/);
  expect(message(() => solveEquations([(x) => x[0]!], [1, 2]))).toMatch(
    /^SHAPE .*1 equations.*2 unknowns.*leastSquares/,
  );
  expect(message(() => solveEquations(f, []))).toMatch(/^SHAPE .*empty/);
  expect(message(() => solveEquations(f, [NaN]))).toMatch(/^NON_FINITE_INPUT/);
  expect(message(() => solveEquations(f, [1], { jac: f } as never))).toMatch(/^OPTION .*"jacobian"/);
  expect(message(() => solveEquations(((x: Float64Array) => x) as never, [1]))).toMatch(
    /^CALLBACK_RESULT .*fill/,
  );
  expect(message(() => solveEquations([() => "1" as never], [1]))).toMatch(/^CALLBACK_RESULT .*F\[0\]/);
});

test("Q R of a sum with a matrix of rank one", () => {
  const n = 5;
  const random = new Random(7);
  const next = () => random.uniform() - 0.5;
  const J = Float64Array.from({ length: n * n }, next);
  const [u, v] = [Float64Array.from({ length: n }, next), Float64Array.from({ length: n }, next)];
  const [Q, R, w] = [new Float64Array(n * n), new Float64Array(n * n), new Float64Array(n)];
  factorQR(n, J, Q, R);
  updateQR(n, Q, R, u, v, w);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let [sum, unit] = [0, 0];
      for (let k = 0; k < n; k++) {
        sum += Q[i * n + k]! * R[k * n + j]!;
        unit += Q[k * n + i]! * Q[k * n + j]!;
      }
      expect(sum).toBeCloseTo(J[i * n + j]! + u[i]! * v[j]!, 13);
      expect(unit).toBeCloseTo(i === j ? 1 : 0, 13);
      if (i > j) expect(R[i * n + j]).toBe(0);
    }
  }
  const x = new Float64Array(2);
  expect(solveR(2, Float64Array.of(2, 1, 0, 4), Float64Array.of(4, 8), x)).toBe(true);
  expect([...x]).toEqual([1, 2]);
  expect(solveR(2, new Float64Array(4), Float64Array.of(1, 1), x)).toBe(false);
});

test("a start that is tiny by chance says nothing of the scale of a variable", () => {
  // x = 2 is the root of x - 2; exp(x) + y = 3 and x + 3 y = 2 are met at exp(x) = (7 + x) / 3.
  const tiny = [5e-324, 1e-310, 1e-300, 1e-100, 1e-20, 1e-12, 0, -1e-200];
  for (const start of tiny) {
    const line = solveEquations(
      (x, out) => {
        out[0] = x[0]! - 2;
      },
      [start],
    );
    expect(line.status, `${start}`).toBe("converged");
    expect(line.x[0]).toBeCloseTo(2, 9);
    for (const jacobianPattern of [
      undefined,
      csrFromDense([
        [1, 1],
        [1, 1],
      ]),
    ]) {
      const two = solveEquations(
        (x, out) => {
          out[0] = x[0]! + 3 * x[1]! - 2;
          out[1] = Math.exp(x[0]!) + x[1]! - 3;
        },
        [start, 1],
        { jacobianPattern },
      );
      expect(two.status, `${start}`).toBe("converged");
      expect(Math.exp(two.x[0]!)).toBeCloseTo((7 + two.x[0]!) / 3, 9);
    }
  }
});

test("a full Jacobian for which there is no room names jacobianPattern before anything is evaluated", () => {
  let calls = 0;
  const F = (): void => {
    calls++;
  };
  for (const method of ["hybrid", "newton"] as const) {
    let message = "";
    try {
      solveEquations(F, new Float64Array(2e6), { method });
    } catch (error) {
      message = `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    expect(message).toMatch(
      /^OUT_OF_MEMORY solveEquations: a full Jacobian of 2000000 x 2000000 .*jacobianPattern/,
    );
  }
  expect(calls).toBe(0);
});
