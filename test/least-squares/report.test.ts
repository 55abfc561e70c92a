// Reports and JSON: lmfit's blocks, one line, nothing that does not survive a round trip.
import { expect, test } from "vitest";
import { curveFit, leastSquares } from "../../src/index.js";
import { fitNist, nonlinear } from "./nist-runs.js";

const misra = nonlinear.find(({ name }) => name === "Misra1a");
if (!misra) throw new Error("no Misra1a");
const fit = fitNist(misra, misra.start2 as number[], "jacobian", { trace: true });
const plain = leastSquares((p, out) => out.set([p[0]! - 1, 2 * p[1]! + p[0]!, p[1]!]), 3, [3, 4], {
  trace: true,
});

test("the full report has lmfit's three blocks with its figures, and every stop measure with its tolerance", () => {
  const report = fit.report();
  expect(fit.report({})).toBe(report);
  expect(fit.report({ style: "full" })).toBe(report);
  const titles = report.match(/^\[\[.*?\]\]/gm);
  expect(titles).toEqual(["[[Fit Statistics]]", "[[Stop measures]]", "[[Variables]]", "[[Correlations]]"]);
  for (const row of [
    /method += levenbergMarquardt \(simd\)/,
    /outcome += converged\/(gradient|step|fun)/,
    /evaluations += \d+ of the function, \d+ of the Jacobian/,
    /data points += 14/,
    /variables += 2/,
    /chi-square \(rss\) += 0\.12455139/,
    /reduced chi-square += 0\.010379282/,
    /Akaike info crit += -?\d/,
    /Bayesian info crit += -?\d/,
    /R-squared += 0\.99/,
    /gradient +(\S+ (not )?<= 1e-10|not measured)/,
    /step +(\S+ (not )?<= 1e-10|not measured)/,
    /fun +(\S+ (not )?<= 1e-18|not measured)/,
    /b1: +238\.942129 \+\/- 2\.70701 \(1\.13 %\) \[\S+, \S+\] at 95 % \(init = 250\)/,
    /b2: +0\.000550156\d+ \+\/- 0\.0000072668\d* \(1\.32 %\)/,
    /C\(b1, b2\) += -0\.99/,
  ]) {
    expect(report).toMatch(row);
  }
  expect(report).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test("the brief report is one line with outcome, values and errors", () => {
  const line = fit.report({ style: "brief" });
  expect(line).not.toContain("\n");
  expect(line).toMatch(
    /^levenbergMarquardt: converged\/\w+, b1 = 238\.942 \+\/- 2\.71, b2 = 0\.000550156 \+\/- .*; R2 0\.9/,
  );
  expect(plain.report({ style: "brief" })).toMatch(
    /^levenbergMarquardt: converged\/\w+, \d+ iterations, \d+ evaluations, rss /,
  );
});

test("leastSquares reports its variables and stop measures", () => {
  const report = plain.report();
  for (const row of [
    /\[\[Least squares\]\]/,
    /\[\[Stop measures\]\]/,
    /\[\[Variables\]\]/,
    /x\[1\] += -?\d/,
    /rss += \d/,
  ]) {
    expect(report).toMatch(row);
  }
});

test("a failed or stopped fit, and one with warnings, report that", () => {
  const model = (x: number, p: { readonly a: number; readonly b: number }) => p.a + p.b + x;
  const fit = curveFit({ model, x: [1, 2, 3], y: [3, 4, 5.1], params: { a: 0, b: 0 } });
  expect(fit.report()).toMatch(/\[\[Warnings\]\]\n +W_COVARIANCE_SINGULAR: .*a, b/);
  expect(fit.report()).toContain("+/- not known");
  const nan = curveFit({ model: () => NaN, x: [1, 2, 3], y: [3, 4, 5.1], params: { a: 0, b: 0 } });
  expect(nan.report()).toContain("failed/nonFinite");
  expect(nan.report({ style: "brief" })).toContain("failed/nonFinite");
});

/** Every number of a JSON value, with its path. */
function* leaves(value: unknown, path = "$"): Generator<[string, unknown]> {
  if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* leaves(inner, `${path}.${key}`);
  } else yield [path, value];
}

test.each([
  ["curveFit", fit as { toJSON(): Record<string, unknown> }],
  ["leastSquares", plain],
])("the JSON of %s is plain data and survives a round trip, trace included", (_, result) => {
  const json = result.toJSON();
  expect(JSON.parse(JSON.stringify(result))).toEqual(json);
  expect(structuredClone(json)).toEqual(json);
  for (const [path, leaf] of leaves(json)) {
    expect(["number", "string", "boolean"].includes(typeof leaf) || leaf === null, path).toBe(true);
  }
  const trace = json.trace as { x: number[]; nit: number }[];
  expect(trace.length).toBeGreaterThan(0);
  for (const { x } of trace) expect(x).toHaveLength(2);
});

test("the JSON of a fit has the fields of the result, arrays in full", () => {
  const json = JSON.parse(JSON.stringify(fit));
  for (const key of [
    "status",
    "reason",
    "message",
    "success",
    "values",
    "params",
    "covariance",
    "correlation",
    "freeNames",
    "rank",
    "conditionNumber",
    "rss",
    "dof",
    "residualStd",
    "r2",
    "redChi2",
    "aic",
    "aicc",
    "bic",
    "residuals",
    "fitted",
    "warnings",
    "nit",
    "nfev",
    "njev",
    "method",
    "variant",
    "elapsedMs",
  ]) {
    expect(json, key).toHaveProperty(key);
  }
  expect(json.residuals).toHaveLength(14);
  expect(json.covariance).toEqual(Array.from(fit.covariance as Float64Array));
  expect(json.params.b1).toEqual(fit.params.b1);
});

test("console.log of a result, and its text, is the brief report", async () => {
  const { inspect } = await import("node:util");
  for (const result of [fit, plain]) {
    expect(inspect(result)).toBe(result.report("brief"));
    expect(`${result}`).toBe(result.report("brief"));
  }
});
