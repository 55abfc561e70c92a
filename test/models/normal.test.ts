// The normal equations of a model in one pass, against sums over its values and Jacobian in plain loops.

import { describe, expect, it } from "vitest";
import { emitNormal, normalSums } from "../../src/models/normal.js";
import { parse } from "../../src/models/parse.js";
import { program, triangle } from "../../src/models/program.js";
import { Arena, hasRelaxed, runEmitted } from "./harness.js";

const names = { variables: ["x", "t"], params: ["a", "b", "c"] };
const p = [1.3, 0.7, 2.1];
const series = (m: number, from: number, step: number): number[] =>
  Array.from({ length: m }, (_, i) => from + i * step);

const MODELS = [
  "a*exp(-b*x) + c", // a factor 1, for c
  "a + b*x + c*t",
  "a*sin(b*x + c) + t",
  "x < t ? a*x : sin(b) + cos(t)*c",
  "a + b + 1", // two columns of ones, and a parameter that is not there
  "t*erf(a*x)",
];

interface Sums {
  residuals: number[];
  sums: number[];
}

/** By the emitted function; derivatives by the parameters numbered in `wanted`. */
function emitted(
  source: string,
  x: number[][],
  y: number[],
  w: number[] | null,
  wanted: number[],
  relaxed = false,
) {
  const { value, first } = program(parse(source, names), 1);
  const code = emitNormal({ value, first: wanted.map((j) => first[j]!) }, w !== null, { relaxed });
  const arena = new Arena();
  const run = arena.instantiate(code);
  const m = y.length;
  const work = arena.work(code);
  const xs = arena.put(x.flat());
  const ps = arena.put(p);
  const ws = arena.put(w ?? []);
  const ys = arena.put(y);
  const out = arena.take(m);
  const sums = arena.put(new Float64Array(2 * normalSums(wanted.length)));
  new Int32Array(arena.memory.buffer)[work / 4 + 1] = ws - ys;
  run.normal!(m, xs, m, ps, out, sums, ys, work);
  const result: Sums = {
    residuals: arena.read(out, m),
    sums: arena.read(sums, 2 * normalSums(wanted.length)),
  };
  return { ...result, intact: arena.intact() };
}

function plain(source: string, x: number[][], y: number[], w: number[] | null, wanted: number[]): Sums {
  const { values, jacobian } = runEmitted(source, names, x, p);
  const columns = wanted.map((j) => y.map((_, i) => jacobian[3 * i + j]! * (w ? w[i]! : 1)));
  const residuals = y.map((v, i) => (values[i]! - v) * (w ? w[i]! : 1));
  const pairs = [
    ...triangle(wanted.length).map(([i, j]) => [columns[i]!, columns[j]!] as const),
    ...columns.map((column) => [column, residuals] as const),
  ];
  const sums = pairs.flatMap(([a, b]) => {
    const lanes = [0, 0];
    a.forEach((v, i) => {
      lanes[i % 2] = lanes[i % 2]! + v * b[i]!;
    });
    return lanes;
  });
  return { residuals, sums };
}

/** -0 is 0: where an odd end adds nothing, it adds 0. */
const plus = (values: readonly number[]): number[] => values.map((v) => v + 0);

describe("normal equations in one pass", () => {
  it.each(MODELS)("%s: every length, weighted or not, with nothing read or written outside", (source) => {
    for (const m of [...series(68, 0, 1), 127, 128, 129, 130]) {
      const x = [series(m, 0.1, 0.05), series(m, 3, -0.04)];
      const y = series(m, 2, -0.03);
      for (const w of [null, series(m, 0.5, 0.1)]) {
        const all = [0, 1, 2];
        const ours = emitted(source, x, y, w, all);
        const theirs = plain(source, x, y, w, all);
        expect(ours.intact).toBe(true);
        expect(ours.residuals).toEqual(theirs.residuals);
        expect(plus(ours.sums)).toEqual(plus(theirs.sums));
      }
    }
  });

  it("takes derivatives by some of the parameters only", () => {
    const m = 9;
    const x = [series(m, 0.1, 0.05), series(m, 3, -0.04)];
    const y = series(m, 2, -0.03);
    for (const wanted of [[0], [2], [0, 2], [1, 2]])
      expect(plus(emitted(MODELS[0]!, x, y, null, wanted).sums)).toEqual(
        plus(plain(MODELS[0]!, x, y, null, wanted).sums),
      );
  });

  it("adds to what the sums hold", () => {
    const x = [series(5, 0, 1), series(5, 1, 1)];
    const y = [1, 2, 3, 4, 5];
    const code = emitNormal(program(parse("a*x", names), 1, [0]), false);
    const arena = new Arena();
    const run = arena.instantiate(code);
    const sums = arena.put([100, 1000, -1, -2]);
    run.normal!(
      5,
      arena.put(x.flat()),
      5,
      arena.put([2]),
      arena.take(5),
      sums,
      arena.put(y),
      arena.work(code),
    );
    // r = 2x - y = -1 0 1 2 3; J = x = 0 1 2 3 4
    expect(arena.read(sums, 4)).toEqual([100 + 4 + 16, 1000 + 1 + 9, -1 + 2 + 12, -2 + 6]);
  });

  it.runIf(hasRelaxed)("has a relaxed variant close to the simd one", () => {
    const x = [series(67, 0, 0.05), series(67, 1, 0.1)];
    const y = series(67, 2, -0.03);
    for (const source of MODELS) {
      for (const w of [null, series(67, 0.5, 0.1)]) {
        const relaxed = emitted(source, x, y, w, [0, 1, 2], true);
        const simd = emitted(source, x, y, w, [0, 1, 2]);
        expect(relaxed.intact).toBe(true);
        relaxed.sums.forEach((v, i) => {
          const size = Math.abs(simd.sums[i]!);
          expect(Math.abs(v - simd.sums[i]!)).toBeLessThanOrEqual(1e-12 * (1 + size));
        });
      }
    }
  });
});
