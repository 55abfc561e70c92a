// The search of Moré and Thuente against the tables of their paper (ACM TOMS 20, 1994, tables I to VI): as a stepper, and as the
// kernel that carries it along for L-BFGS, trial by trial.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as S from "../../src/abi/smooth.js";
import { Exact } from "../../src/minimize/line-search/exact.js";
import { HagerZhang } from "../../src/minimize/line-search/hager-zhang.js";
import { cubic, MoreThuente } from "../../src/minimize/line-search/more-thuente.js";
import type { LineSearch } from "../../src/minimize/line-search/types.js";
import { Wolfe } from "../../src/minimize/line-search/wolfe.js";
import type { SmoothKernels } from "../../src/wasm/smooth.js";
import { functions, type Phi } from "./lines.js";

/** Of each function: mu and eta, then for the first steps 1e-3, 1e-1, 10 and 1000 the trials, the step and the slope there. */
const tables: Record<string, [mu: number, eta: number, ...rows: [number, string, string][]]> = {
  "5.1": [1e-3, 0.1, [6, "1.4", "-9.2e-3"], [3, "1.4", "4.7e-3"], [1, "10", "9.4e-3"], [4, "37", "7.3e-4"]],
  "5.2": [0.1, 0.1, [12, "1.6", ""], [8, "1.6", ""], [8, "1.6", "-5.0e-9"], [11, "1.6", "-2.3e-8"]],
  "5.3": [
    0.1,
    0.1,
    [12, "1.0", "-5.1e-5"],
    [12, "1.0", "-1.9e-4"],
    [10, "1.0", "-2.0e-6"],
    [13, "1.0", "-1.6e-5"],
  ],
  "5.4": [
    1e-3,
    1e-3,
    [4, "0.085", "-6.9e-5"],
    [1, "0.10", "-4.9e-5"],
    [3, "0.35", "-2.9e-6"],
    [4, "0.83", "1.6e-5"],
  ],
  "5.5": [
    1e-3,
    1e-3,
    [6, "0.075", "1.9e-4"],
    [3, "0.078", "7.4e-4"],
    [7, "0.073", "-2.6e-4"],
    [8, "0.076", "4.5e-4"],
  ],
  "5.6": [
    1e-3,
    1e-3,
    [13, "0.93", "5.2e-4"],
    [11, "0.93", "8.4e-5"],
    [8, "0.92", "-2.4e-4"],
    [11, "0.92", "-3.2e-4"],
  ],
};
const FIRST = [1e-3, 1e-1, 10, 1e3];

/** The trials of a search. */
function trials(search: LineSearch, phi: Phi, first: number): { steps: number[]; outcome: string } {
  const steps: number[] = [];
  let outcome: string = search.start(...phi(0), first, 1e15);
  while (outcome === "trial" && steps.push(search.step) < 100) outcome = search.next(...phi(search.step));
  return { steps, outcome };
}

const memory = new WebAssembly.Memory({ initial: 64 });
const bytes = readFileSync(new URL("../../build/wasm/smooth.simd.wasm", import.meta.url));
const kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  .exports as unknown as SmoothKernels;

/** The trials of the kernel for phi, a function of one variable, from 0 with a steepest descent of this length. */
function turns(phi: Phi, first: number, c1: number, c2: number): { steps: number[]; code: number } {
  const state = new Float64Array(memory.buffer, 1024, S.TURN_SLOTS).fill(0);
  const frame = new Int32Array(memory.buffer, 2048, S.FRAME_SLOTS);
  const at = (k: number) => 4096 + 256 * k;
  frame.set([1, 2, 2, at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9), at(10)]);
  const number = (k: number) => new Float64Array(memory.buffer, at(k), 1);
  [state[S.M_C1], state[S.M_C2], state[S.M_MAX_TRIALS], state[S.M_KEPT]] = [c1, c2, 60, NaN];
  const [f0, slope0] = phi(0);
  number(0)[0] = 0;
  number(1)[0] = slope0;
  const steps: number[] = [];
  let code = kernels.lbfgsBegin(f0, first, 2048, 1024);
  while (code === S.TURN_TRIAL && steps.length < 100) {
    const t = number(2)[0]!;
    steps.push(t);
    const [f, slope] = phi(t);
    number(3)[0] = slope;
    code = kernels.lbfgsTurn(f, 2048, 1024);
  }
  return { steps, code };
}

describe.each(Object.entries(tables))("table of function %s", (name, [mu, eta, ...rows]) => {
  const phi = functions[name]!;
  test.each(rows.map((row, i) => [FIRST[i]!, ...row] as const))(
    "from %d: %d trials to %s",
    (first, count, step, slope) => {
      const found = trials(new MoreThuente({ c1: mu, c2: eta, maxTrials: 60 }), phi, first);
      expect(found.outcome).toBe("done");
      expect(found.steps.length).toBe(count);
      const last = found.steps.at(-1)!;
      expect(last.toPrecision(2)).toBe(step);
      if (slope !== "") expect(phi(last)[1].toExponential(1)).toBe(slope);
    },
  );
  test.each(FIRST)("the kernel tries the same steps from %d", (first) => {
    // Its steps are shares of the first.
    const scaled: Phi = (t) => [phi(t * first)[0], phi(t * first)[1] * first];
    const { steps } = trials(new MoreThuente({ c1: mu, c2: eta, maxTrials: 60 }), scaled, 1);
    const found = turns(phi, first, mu, eta);
    expect(found.code).toBe(S.TURN_ACCEPTED);
    expect(found.steps.length).toBe(steps.length);
    found.steps.forEach((t, i) => {
      expect(t / (steps[i]! * first)).toBeCloseTo(1, 9);
    });
  });
});

test("cubic: the minimiser of a cubic through two of its points, from either side", () => {
  // 2 t^3 + 3 t^2 - 12 t + 7 is least at 1.
  const p = (t: number) => [((2 * t + 3) * t - 12) * t + 7, 6 * (t + 2) * (t - 1)] as const;
  for (const [a, b] of [
    [0, 4],
    [4, 0],
    [-0.5, 1.5],
    [3, -0.5],
    [2, 3],
  ] as const)
    expect(cubic(a, ...p(a), b, ...p(b))).toBeCloseTo(1, 14);
  expect(cubic(2, 5, 0, 3, 5, 0)).toBe(2);
});

test("no unit of f or of the step changes what is tried: powers of 2, to the last bit", () => {
  const o = { c1: 1e-4, c2: 0.1, maxTrials: 60 };
  for (const make of [
    () => new MoreThuente(o),
    () => new Wolfe(o),
    () => new HagerZhang(o),
    () => new Exact(),
  ])
    for (const phi of Object.values(functions))
      for (const first of [0.125, 16]) {
        const plain = trials(make(), phi, first);
        for (const [f, t] of [
          [2 ** -600, 1],
          [2 ** 600, 1],
          [1, 2 ** 20],
          [1, 2 ** -20],
        ] as const) {
          const other = trials(make(), (s) => [phi(s * t)[0] * f, phi(s * t)[1] * f * t], first / t);
          expect({ ...other, steps: other.steps.map((s) => s * t) }, make().constructor.name).toEqual(plain);
        }
      }
});
