// What the function of a named box is given has the types of its variables.

import { expect, expectTypeOf, test } from "vitest";
import { globalSearch, minimizeGlobal } from "../../src/index.js";

test("numbers are numbers and choices what they choose among, without a cast", () => {
  const r = minimizeGlobal(
    ({ rate, act }) => {
      expectTypeOf(rate).toEqualTypeOf<number>();
      expectTypeOf(act).toEqualTypeOf<"relu" | "tanh">();
      return (rate - 0.5) ** 2 + (act === "tanh" ? 0 : 1);
    },
    { rate: { lower: 0, upper: 1 }, act: { choices: ["relu", "tanh"] } },
    { seed: 1, maxEvaluations: 2000 },
  );
  expect(r.values).toMatchObject({ act: "tanh" });
  const search = globalSearch({ units: { lower: 4, upper: 64, integer: true } }, { maxEvaluations: 10 });
  expectTypeOf(search.ask()[0]!.units).toEqualTypeOf<number>();
  search.dispose();
});
