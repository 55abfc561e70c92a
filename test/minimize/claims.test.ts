// A part of the table of claims (claims.ts): no minimisation says converged that is not. bench/claims.check.ts runs all of it.
import { expect, test } from "vitest";
import { countClaims, methods, starts } from "./claims.js";

const quick = methods.filter(([label]) => !label.includes("rate"));

test("no method under any search says converged where it is not", () => {
  const { runs, claims, wrong } = countClaims(quick, starts.slice(-1));
  expect(wrong).toEqual([]);
  expect(runs).toBeGreaterThan(1000);
  expect(claims).toBeGreaterThan(runs / 2);
});

test("nor does a first-order rule at any rate", () => {
  const some = methods.filter(([label]) => /^(sgd|adam|rprop|lion|adagrad),/.test(label));
  const { runs, wrong } = countClaims(some, starts.slice(0, 1));
  expect(wrong).toEqual([]);
  expect(runs).toBeGreaterThan(500);
});
