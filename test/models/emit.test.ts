import { describe, expect, it, vi } from "vitest";
import { emitModel } from "../../src/models/emit.js";
import { parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { Body } from "../../src/models/wasm.js";
import { Arena, hasRelaxed, runClosures, runEmitted } from "./harness.js";

const names = { variables: ["x", "t"], params: ["a", "b", "c"] };
const series = (m: number, from: number, step: number): number[] =>
  Array.from({ length: m }, (_, i) => from + i * step);

const MODELS = [
  "a*(1-exp(-b*x))",
  "a*exp(-b*x)+c*t",
  "a*sin(b*x + c)",
  "sin(a*sin(b*sin(x + t)) + c)",
  "x^b + t^a",
  "atan2(a, x) + atan2(x, b) + pow(2, t)",
  "x < t ? a*x : sin(b) + cos(t)*c",
  "sin(x) < 0 ? tanh(a*x) : erf(b*t)",
  "sin(x < t) + (x < t)*(a < b)",
  "tanh(x < t ? sin(a*x) : b)",
  "a + b*c",
  "7",
  "a",
  "x",
  "sin(a)*x + log(b)^2 + cos(sin(c))",
  "min(a*x, t) + max(b, x, c)",
  "x*t*a + sigmoid(x, a, b)",
];

describe("emitted models", () => {
  it.each(MODELS)("%s: every length, with nothing read or written outside", (source) => {
    const p = [1.3, 0.7, 2.1];
    for (const m of [...series(68, 0, 1), 127, 128, 129, 130]) {
      const x = [series(m, 0.1, 0.05), series(m, 3, -0.04)];
      const emitted = runEmitted(source, names, x, p);
      const closures = runClosures(source, names, x, p);
      expect(emitted.intact).toBe(true);
      expect(emitted.valuesOnly).toEqual(emitted.values);
      for (const key of ["values", "jacobian"] as const) {
        expect(emitted[key].length).toBe(closures[key].length);
        const differs = emitted[key].some(
          (v, i) => !(Object.is(v, closures[key][i]) || Math.abs(v - closures[key][i]!) < 2e-14),
        );
        expect(differs).toBe(false);
      }
    }
  });

  it("gives one point the same bits wherever it stands", () => {
    const x = series(70, -2, 0.06);
    const t = series(70, 1, 0.03);
    for (const source of MODELS) {
      const all = runEmitted(source, names, [x, t], [1.3, 0.7, 2.1]);
      for (const i of [0, 1, 62, 63, 64, 69]) {
        const one = runEmitted(source, names, [[x[i]!], [t[i]!]], [1.3, 0.7, 2.1]);
        expect(one.values).toEqual([all.values[i]]);
        expect(one.jacobian).toEqual(all.jacobian.slice(3 * i, 3 * i + 3));
      }
    }
  });

  it("keeps infinities, NaN and the range of exp", () => {
    const x = [NaN, Infinity, -Infinity, 710, -746, -745, 709.7, -0, 0, 1e308, -1e308, 5e-324];
    const own = { variables: ["x"], params: ["a"] };
    for (const source of [
      "exp(x)",
      "a*exp(x)",
      "abs(x)",
      "-x",
      "min(x, a)",
      "max(a, x)",
      "sign(x)",
      "x < a",
      "sqrt(x)",
      "x ? 1 : 2",
    ]) {
      const emitted = runEmitted(source, own, [x], [1]);
      const closures = runClosures(source, own, [x], [1]);
      emitted.values.forEach((v, i) => {
        const w = closures.values[i]!;
        if (!Object.is(v, w)) expect(Math.abs(v / w - 1)).toBeLessThan(1e-15);
      });
    }
  });

  it("writes rows of a wider matrix and reads variables apart", () => {
    const emitted = emitModel(program(parse("a*x + b*t", names), 1, [0, 1]));
    const arena = new Arena();
    const run = arena.instantiate(emitted);
    const work = arena.work(emitted);
    const xs = arena.put([1, 2, 3, -1, -1, 10, 20, 30]); // ldx = 5
    const ps = arena.put([2, 3, 4]);
    const out = arena.take(3);
    const jac = arena.take(12);
    run.jacobian!(3, xs, 5, ps, out, jac, 4, work);
    expect(arena.read(out, 3)).toEqual([32, 64, 96]);
    const mark = arena.read(jac, 4)[3]!;
    expect(arena.read(jac, 12)).toEqual([1, 10, mark, mark, 2, 20, mark, mark, 3, 30, mark, mark]);
    expect(arena.intact()).toBe(true);
  });

  it("keeps in a local only what is needed again, and gives every local back", () => {
    const tee = vi.spyOn(Body.prototype, "tee");
    const release = vi.spyOn(Body.prototype, "release");
    const count = (source: string, relaxed: boolean) => {
      tee.mockClear();
      release.mockClear();
      emitModel(program(parse(source, names), 1), { relaxed });
      return [tee.mock.calls.length, release.mock.calls.length];
    };
    try {
      // x alone is needed again, for the derivative by a, by the loop over pairs of points and by the odd end.
      expect(count("a*x", false)).toEqual([2, 2]);
      for (const source of MODELS)
        for (const relaxed of [false, true]) {
          const [taken, given] = count(source, relaxed);
          expect([source, given]).toEqual([source, taken]);
        }
    } finally {
      tee.mockRestore();
      release.mockRestore();
    }
  });

  it("does nothing for no points or a negative count", () => {
    const emitted = emitModel(program(parse("a*sin(x)", { variables: ["x"], params: ["a"] }), 1));
    const arena = new Arena();
    const run = arena.instantiate(emitted);
    const work = arena.work(emitted);
    const ps = arena.put([1]);
    for (const m of [0, -1, -1000]) run.jacobian!(m, 8, 0, ps, 8, 8, 1, work);
    expect(arena.intact()).toBe(true);
    expect(arena.f64[1]).toBe(0);
  });

  it("survives long sums, deep nesting and many parameters", () => {
    const params = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const sum = params.map((p, i) => `${p}*exp(-${p}*x/${i + 1})`).join("+");
    const p = params.map((_, i) => 1 + i / 40);
    const own = { variables: ["x"], params };
    const x = series(9, 0, 0.3);
    const emitted = runEmitted(sum, own, [x], p);
    const closures = runClosures(sum, own, [x], p);
    expect(emitted.intact).toBe(true);
    for (const [i, v] of emitted.jacobian.entries()) expect(v).toBeCloseTo(closures.jacobian[i]!, 12);
    const deep = `${"sqrt(1+".repeat(90)}a*x${")".repeat(90)}`;
    expect(runEmitted(deep, names, [[1], [1]], [1, 1, 1]).values[0]).toBeCloseTo((1 + Math.sqrt(5)) / 2, 9);
    const long = Array.from({ length: 2500 }, (_, i) => `x*${i}`).join("+");
    expect(runEmitted(long, names, [[1], [1]], [1, 1, 1]).values[0]).toBe(3123750);
  });

  it.runIf(hasRelaxed)("has a relaxed variant close to the simd one", () => {
    const x = [series(67, 0, 0.05), series(67, 1, 0.1)];
    for (const source of MODELS) {
      const a = runEmitted(source, names, x, [1.3, 0.7, 2.1], true);
      const b = runEmitted(source, names, x, [1.3, 0.7, 2.1], false);
      expect(a.intact).toBe(true);
      for (const [i, v] of a.jacobian.entries()) expect(v).toBeCloseTo(b.jacobian[i]!, 12);
    }
  });
});
