// The baselines of the bench compute what the oracle computes.
import { expect, test } from "vitest";
import { plain } from "../../bench/plain/first-order.js";
import * as downhill from "../../src/index.js";
import { Random } from "../../src/random/philox.js";
import { twins } from "../reference/first-order.js";

const rules = { ...downhill } as unknown as Record<string, (options: object) => downhill.Rule>;
const random = new Random(9);
const numbers = () => Float64Array.from({ length: 33 }, () => 2 * random.uniform() - 1);

test.each(Object.keys(plain))("plain %s equals its twin over 50 steps", (name) => {
  const [rule, momentum] = name.split(" ") as [string, string | undefined];
  const options = (rules[rule] as (o: object) => downhill.Rule)(
    momentum ? { lr: 0.01, momentum: 0.9 } : { lr: 0.01 },
  );
  const twin = twins[rule]?.(options.options as never, 33);
  const step = plain[name]?.(33, Float64Array, 0.01);
  const x = numbers();
  const y = x.slice();
  for (let t = 1; t <= 50; t++) {
    const g = numbers();
    twin?.(x, g, t);
    step?.(y, g);
  }
  for (let i = 0; i < 33; i++)
    expect(Math.abs(x[i]! - y[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(x[i]!)));
});

test("every exported rule has a baseline", () => {
  const names = Object.keys(rules).filter(
    (name) => typeof rules[name] === "function" && "definition" in rules[name],
  );
  expect(names.filter((name) => !(name in plain))).toEqual([]);
});
