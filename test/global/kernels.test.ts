// The kernels of CMA-ES against their plain twin, and random numbers against src/random, for every size from 1 to 67.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORM_FULL, FORM_LIMITED, FORM_SEPARABLE } from "../../src/abi/global.js";
import { cmaParameters } from "../../src/global/cma-parameters.js";
import { CmaRun } from "../../src/global/cma-run.js";
import { Random } from "../../src/random/philox.js";
import { defaultRuntime, takeWorkspace } from "../../src/runtime/default.js";
import { room } from "../../src/wasm/global.js";
import * as plain from "../reference/global.js";

const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  const scale = Array.from(b).reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  let worst = 0;
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  expect(worst).toBeLessThanOrEqual(tolerance * scale);
};

test("normal and uniform numbers have the bits of Random, for any length, place and stream", () => {
  fc.assert(
    fc.property(fc.nat(67), fc.maxSafeNat(), fc.maxSafeNat(), fc.nat(1e6), (n, seed, stream, block) => {
      const workspace = takeWorkspace(undefined, { key: "normals", f64: { out: 72, words: 80 } });
      const out = workspace.f64.out!;
      const kernels = defaultRuntime().kernels(room);
      const high = (v: number) => Math.floor(v / 2 ** 32);
      try {
        for (const law of ["normals", "uniforms"] as const) {
          out.fill(7);
          const { at } = workspace;
          kernels[law](n, seed, high(seed), stream, high(stream), 4 * block, at.out!, at.words!);
          const random = new Random(seed, stream);
          random.position = 4 * block;
          const expected = Array.from({ length: n }, () =>
            law === "normals" ? random.normal() : random.uniform(),
          );
          expect(Array.from(out.subarray(0, n))).toEqual(expected);
          expect(out[4 * Math.ceil(n / 4)]).toBe(7);
        }
      } finally {
        workspace.release();
      }
    }),
  );
});

const start = (n: number, rows: number, form: number) => ({
  n,
  rows,
  form,
  active: true,
  mean: new Float64Array(n).fill(0.5),
  spread: new Float64Array(n).fill(0.2),
  seed: n,
  stream: 3,
  maxGenerations: 1e6,
  cells: new Int32Array(n),
});

describe.each([
  ["full", FORM_FULL],
  ["separable", FORM_SEPARABLE],
])("a generation of the %s form", (_, form) => {
  test("equals the twin's, six times in a row, for every n from 1 to 67", () => {
    for (let n = 1; n <= 67; n++) {
      const rows = 5 + (n % 9);
      const run = new CmaRun(start(n, rows, form), undefined);
      const constants = cmaParameters(n, rows, form, true);
      const twin = plain.plainCma(n, rows, run.mean);
      const random = new Random(n, 3);
      try {
        for (let g = 0; g < 6; g++) {
          run.ask();
          const Z = random.normals(new Float64Array(rows * n));
          if ((rows * n) % 2 === 1) random.normal();
          const Y = plain.steps(twin, Z);
          const points = Y.map((y, i) => {
            const v = twin.mean[i % n]! + twin.sigma * y;
            return Math.min(5, Math.max(0, v)) * 0.2;
          });
          near(run.points, points, 1e-11);
          // Values that rank the rows by their first draw.
          const order = Array.from({ length: rows }, (_, k) => k).sort((a, b) => Z[a * n]! - Z[b * n]!);
          order.forEach((row, rank) => {
            run.values[row] = rank;
          });
          run.tell(-Infinity);
          const w = new Float64Array(rows);
          order.forEach((row, rank) => {
            w[row] = constants.weights[rank]!;
          });
          plain.update(twin, constants, Z, Y, w, form === FORM_SEPARABLE);
          if (form === FORM_SEPARABLE) for (let j = 0; j < n; j++) twin.D[j] = Math.sqrt(twin.C[j * n + j]!);
          else if ((g + 1) % constants.lazy === 0) {
            // Equal eigenvalues leave their vectors open: the kernel's are taken once they are seen to decompose C.
            const { b, d } = run.workspace.f64 as Record<string, Float64Array>;
            twin.B.set(b!);
            twin.D.set(d!.map(Math.sqrt));
            near(plain.compose(twin), twin.C, 1e-12);
            near(
              plain.compose({ ...twin, D: new Float64Array(n).fill(1) }),
              plain.plainCma(n, rows, []).C,
              1e-13,
            );
          }
          near(run.mean, twin.mean, 1e-10);
          near([run.sigma], [twin.sigma], 1e-10);
          const C =
            form === FORM_FULL ? twin.C : Float64Array.from({ length: n }, (_, j) => twin.C[j * n + j]!);
          near(run.c, C, 1e-10);
        }
      } finally {
        run.release();
      }
    }
  });
});

test("the limited form makes the steps of LM-MA-ES from its paths", () => {
  for (const n of [16, 33, 67]) {
    const rows = 7;
    const run = new CmaRun(start(n, rows, FORM_LIMITED), undefined);
    try {
      for (let g = 0; g < 5; g++) {
        run.ask();
        const { z, y, c, d } = run.workspace.f64 as Record<string, Float64Array>;
        const used = Math.min(g, d!.length);
        const paths = Array.from({ length: used }, (_, j) => c!.slice(j * n, (j + 1) * n));
        const rates = Array.from({ length: used }, (_, j) => 1 / (n * 1.5 ** j));
        for (let k = 0; k < rows; k++) {
          const expected = plain.limitedStep(z!.subarray(k * n, (k + 1) * n), paths, rates);
          near(y!.subarray(k * n, (k + 1) * n), expected, 1e-13);
        }
        for (let k = 0; k < rows; k++) run.values[k] = k;
        run.tell(-Infinity);
      }
    } finally {
      run.release();
    }
  }
});

test("points outside the box are ranked by their squared distance from it, weighted for each variable, over n", () => {
  for (const form of [FORM_FULL, FORM_SEPARABLE, FORM_LIMITED])
    for (let n = form === FORM_LIMITED ? 4 : 1; n <= 12; n++) {
      const rows = 6;
      const run = new CmaRun(start(n, rows, form), undefined);
      const random = new Random(n, 9);
      try {
        // The box is 0 to 5 in units of the spread: means below, above and within.
        for (let j = 0; j < n; j++) run.mean[j] = [-1, 2.5, 6, -0.5][(j + n) % 4]!;
        run.ask();
        const { y, w, penalties } = run.workspace.f64 as Record<string, Float64Array>;
        for (let j = 0; j < n; j++) run.gamma[j] = random.uniform() + 0.1;
        const expected = Array.from({ length: rows }, (_, k) => {
          let sum = 0;
          for (let j = 0; j < n; j++) {
            const v = run.mean[j]! + run.sigma * y![k * n + j]!;
            const over = v < 0 ? -v : v > 5 ? v - 5 : 0;
            sum += run.gamma[j]! * over * over;
            expect(run.points[k * n + j]).toBeCloseTo(0.2 * Math.min(5, Math.max(0, v)), 12);
          }
          return sum / n;
        });
        run.values.fill(3);
        run.penalty.restore([1, 5, 1]);
        run.tell(Infinity);
        near(penalties!, expected, 1e-12);
        const inOrder = Array.from({ length: rows }, (_, k) => k).sort((a, b) => expected[a]! - expected[b]!);
        if (new Set(expected).size === rows)
          expect(inOrder.map((k) => w![k])).toEqual(Array.from(run.parameters.weights));
      } finally {
        run.release();
      }
    }
});
