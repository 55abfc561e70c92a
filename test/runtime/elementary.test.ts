// exp, log, pow and cos(pi x) against values of mpmath (test/reference-data/elementary).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cosPi, exp, log, pow } from "../../src/runtime/elementary.js";

const own = { exp, log, pow, cosPi } as Record<string, (...args: number[]) => number>;
const { rows } = JSON.parse(
  readFileSync(new URL("../reference-data/elementary/values.json", import.meta.url), "utf8"),
) as { rows: [string, number[], number][] };

test.each(["exp", "log", "pow", "cosPi"])("%s is within 1.5 ulp", (name) => {
  const mine = rows.filter(([other]) => other === name);
  expect(mine.length).toBeGreaterThan(30);
  for (const [, args, want] of mine) {
    const ulp = Math.max(Math.abs(want) * 2 ** -52, 2 ** -1074);
    const got = own[name]?.(...args) as number;
    // Near a zero of the cosine its error is relative to 1.
    const size = name === "cosPi" ? Math.max(ulp, 2 ** -54) : ulp;
    expect(Math.abs(got - want) / size, `${name}(${args})`).toBeLessThanOrEqual(1.5);
  }
});

test("the ends of the ranges are exact", () => {
  expect([exp(0), exp(-Infinity), exp(Infinity), exp(NaN)]).toEqual([1, 0, Infinity, NaN]);
  expect([log(1), log(0), log(-1), log(Infinity), log(NaN)]).toEqual([0, -Infinity, NaN, Infinity, NaN]);
  expect([pow(0, 0), pow(0, 2), pow(0, -1), pow(2, 10), pow(7, 1)]).toEqual([1, 0, Infinity, 1024, 7]);
  expect([pow(-1, 2), pow(NaN, 1), pow(Infinity, -1), pow(0.5, Infinity)]).toEqual([NaN, NaN, 0, 0]);
  expect([cosPi(0), cosPi(0.5), cosPi(1), cosPi(-1.5), cosPi(2e15)]).toEqual([1, 0, -1, 0, 1]);
});
