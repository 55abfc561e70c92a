import { describe, expect, it } from "vitest";
import { objectiveEvaluator } from "../../src/models/evaluate.js";
import { hessianEvaluator } from "../../src/models/evaluate-hessian.js";
import { compileObjective } from "../../src/models/objective.js";
import { parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { mathTable, runObjective } from "./harness.js";

const series = (m: number, f: (i: number) => number): number[] => Array.from({ length: m }, (_, i) => f(i));

describe("objectives", () => {
  it("has Rosenbrock's value, gradient and Hessian", () => {
    const [x, y] = [-1.2, 1];
    const r = runObjective("100*(y-x^2)^2 + (1-x)^2", { variables: [], params: ["x", "y"] }, [], [x, y]);
    expect(r.value[0]).toBeCloseTo(24.2, 12);
    r.gradient.forEach((g) => {
      expect(g[0]).toBeCloseTo(-400 * x * (y - x * x) - 2 * (1 - x), 10);
      expect(g[1]).toBeCloseTo(200 * (y - x * x), 10);
    });
    const cross = -400 * x;
    const exact = [1200 * x * x - 400 * y + 2, cross, cross, 200];
    for (const [i, h] of exact.entries()) expect(r.hessian[i]).toBeCloseTo(h, 9);
    expect(new Set(r.value).size).toBe(1);
    expect(r.intact).toBe(true);
  });

  it("batches equal functions and keeps structural zeros of the Hessian", () => {
    const params = series(6, (i) => i).map((i) => `x${i}`);
    const source = params.map((p) => `${p}^2 - 10*cos(2*pi*${p}) + 10`).join("+");
    const p = series(6, (i) => 0.3 * i - 0.7);
    const r = runObjective(source, { variables: [], params }, [], p);
    const tau = 2 * Math.PI;
    expect(r.value[0]).toBeCloseTo(
      p.reduce((s, v) => s + v * v - 10 * Math.cos(tau * v) + 10, 0),
      10,
    );
    for (let i = 0; i < 6; i++) {
      expect(r.gradient[0]![i]).toBeCloseTo(2 * p[i]! + 10 * tau * Math.sin(tau * p[i]!), 9);
      for (let j = 0; j < 6; j++) {
        expect(r.hessian[6 * i + j]).toBeCloseTo(i === j ? 2 + 10 * tau * tau * Math.cos(tau * p[i]!) : 0, 8);
      }
    }
    expect(r.intact).toBe(true);
  });

  it("sums a term over data of any length, and agrees with the closures", () => {
    const names = { variables: ["x", "y"], params: ["a", "b", "c"] };
    const p = [1.4, 0.6, 0.2];
    for (const source of [
      "(y - a*exp(-b*x) - c)^2",
      "log(1 + (y - a*sin(b*x + c))^2)",
      "a^2 + b*c",
      "x < 1 ? a*x : b^x*c",
    ]) {
      for (const m of [0, 1, 2, 3, 7, 63, 64, 65, 129, 500]) {
        const x = [series(m, (i) => 0.01 * i + 0.1), series(m, (i) => Math.cos(i))];
        const r = runObjective(source, names, x, p);
        const grad = [0, 0, 0];
        const hess = new Array<number>(9).fill(0);
        const evaluate = hessianEvaluator(program(parse(source, names), 2), mathTable);
        const value = evaluate(m, x.flat(), m, p, grad, hess);
        expect(objectiveEvaluator(program(parse(source, names), 2), mathTable).value(m, x.flat(), m, p)).toBe(
          value,
        );
        for (const v of r.value) expect(Math.abs(v - value)).toBeLessThan(1e-12 * (1 + m));
        const close = (a: number[], b: number[]): boolean =>
          a.every((v, i) => Math.abs(v - b[i]!) < 1e-12 * (1 + m));
        expect(r.gradient.every((g) => close(g, grad)) && close(r.hessian, hess)).toBe(true);
        expect(r.intact).toBe(true);
      }
    }
  });

  it("accumulates in memory where there are many sums, with the same result", () => {
    const params = series(9, (i) => i).map((i) => `p${i}`);
    const source = `(y - (${params.map((p, i) => `${p}*exp(-${(i + 1) / 9}*x)`).join("+")}))^2`;
    const names = { variables: ["x", "y"], params };
    const x = [series(77, (i) => 0.1 * i), series(77, (i) => Math.sin(i))];
    const p = series(9, (i) => 1 - i / 5);
    const r = runObjective(source, names, x, p);
    const model = params.map((_, k) => x[0]!.map((v) => Math.exp((-(k + 1) / 9) * v)));
    const residual = x[1]!.map((y, i) => y - p.reduce((s, v, k) => s + v * model[k]![i]!, 0));
    expect(r.value[0]).toBeCloseTo(
      residual.reduce((s, v) => s + v * v, 0),
      9,
    );
    for (let j = 0; j < 9; j++) {
      expect(r.gradient[0]![j]).toBeCloseTo(
        residual.reduce((s, v, i) => s - 2 * v * model[j]![i]!, 0),
        9,
      );
      for (let k = 0; k < 9; k++) {
        expect(r.hessian[9 * j + k]).toBeCloseTo(
          model[j]!.reduce((s, v, i) => s + 2 * v * model[k]![i]!, 0),
          9,
        );
      }
    }
    expect(r.intact).toBe(true);
  });

  it("reads its unknowns from the text where none are named", () => {
    const f = compileObjective("(1 - u)^2 + 100*(v - u^2)^2 + log(1 + w^2)");
    expect(f.params).toEqual(["u", "v", "w"]);
    expect(f.fun([0, 1, 0])).toBe(101);
    const sum = compileObjective("(a*exp(-b*t) - s)^2", { data: { t: [0], s: [1] }, reduce: "sum" });
    expect(sum.params).toEqual(["a", "b"]);
    expect(compileObjective("a + b", { params: ["b", "a"] }).params).toEqual(["b", "a"]);
    expect(() => compileObjective("a", { data: { t: [0] } } as never)).toThrow(/reduce/);
  });
});
