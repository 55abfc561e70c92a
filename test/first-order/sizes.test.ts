// How large and how small the numbers of a rule may be: what one precision cannot count with is refused, and at the limit
// no rule makes NaN of numbers that are finite.
import { describe, expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { adam, adamax, dense, network, optimizer, type Rule, rmsprop, sgd } from "../../src/index.js";

type Factory = (options?: Record<string, unknown>) => Rule;
const factories = Object.entries(downhill).filter(
  ([, value]) => typeof value === "function" && "definition" in value,
) as unknown as [string, Factory][];

/** The largest number that an option of a rule may be, and one above it; both are numbers of the precision. */
const limits = [
  ["f32", 1e18, 1e39],
  ["f64", 1e150, 1e300],
] as const;

const cases = factories.flatMap(([name, factory]) =>
  Object.entries(factory().options).flatMap(([option, value]) =>
    typeof value === "number"
      ? limits.map(([dtype, most, more]) => ({ name, factory, option, dtype, most, more }))
      : [],
  ),
);

/** The rule with this option, where its own range allows the number. */
function ruleOf(factory: Factory, options: Record<string, unknown>): Rule | null {
  try {
    return factory(options);
  } catch (error) {
    expect(error).toMatchObject({ code: "OPTION" });
    return null;
  }
}

/** Parameters after a few steps from 1, of which the first has never had a gradient. */
function movedBy(rule: Rule, dtype: "f32" | "f64", gradient: readonly number[], steps = 1): number[] {
  const opt = optimizer(
    gradient.map(() => 1),
    rule,
    { dtype },
  );
  for (let i = 0; i < steps; i++) {
    opt.grads.set(gradient);
    opt.step();
  }
  const params = [...opt.params];
  opt.dispose();
  return params;
}

describe("large numbers", () => {
  test.each(cases)("$name in $dtype: $option up to $most, and no further", (given) => {
    const { name, factory, option, dtype, most, more } = given;
    const largest = ruleOf(factory, { [option]: most });
    if (largest) for (const p of movedBy(largest, dtype, [0, 0.1, -0.1])) expect(p).not.toBeNaN();
    const beyond = ruleOf(factory, { [option]: more });
    if (!beyond) return;
    // What may be infinite may be anything.
    if (ruleOf(factory, { [option]: Infinity })) {
      for (const p of movedBy(beyond, dtype, [0, 0.1, -0.1])) expect(p).not.toBeNaN();
      return;
    }
    const message = new RegExp(
      `^${name}: ${option} must be a finite number .*<= ${String(most).replace("+", ".")}, got `,
    );
    expect(() => optimizer(3, beyond, { dtype })).toThrow(message);
    expect(() => optimizer(3, factory(), { dtype, groups: [{ start: 1, end: 2, [option]: more }] })).toThrow(
      message,
    );
    const opt = optimizer(3, factory(), { dtype });
    expect(() => opt.configure({ [option]: more })).toThrow(message);
    opt.dispose();
  });

  test.each(limits)("what a schedule gives in %s is a number up to %d", (dtype, most, more) => {
    const opt = optimizer([1], sgd({ lr: (step) => (step === 0 ? most : more) }), { dtype });
    opt.step();
    expect([...opt.params]).toEqual([1]);
    const message = `sgd: lr at step 1 must be a number from 0 to ${most}, got ${more}`;
    expect(() => opt.step()).toThrow(message);
    expect(() => opt.lr).toThrow(message);
    opt.dispose();
  });

  test("a network of floats refuses them before it moves", () => {
    const net = network({ inputs: 1, layers: [dense(1)], loss: "mse", seed: 1 });
    const before = [...net.params];
    expect(() => net.fit([1, 2], [1, 2], { optimizer: adam({ lr: 1e39 }) })).toThrow(
      "adam: lr must be a finite number >= 0 and <= 1000000000000000000, got 1e+39",
    );
    expect([...net.params]).toEqual(before);
    net.dispose();
  });
});

describe("small numbers", () => {
  test.each([
    ["f32", 1e-50],
    ["f32", 0],
    ["f64", 0],
  ] as const)("eps in %s of %d divides nothing by 0", (dtype, eps) => {
    for (const [name, factory] of factories) {
      if (!("eps" in factory().options)) continue;
      const [still, moved] = movedBy(factory({ eps, weightDecay: 0 }), dtype, [0, 0.1], 3) as [
        number,
        number,
      ];
      expect([name, still]).toEqual([name, 1]);
      expect([name, Number.isFinite(moved)]).toEqual([name, true]);
    }
  });

  // Without eps these rules do not know the unit of f: the first step is lr, or lr / sqrt(1 - alpha), against the sign.
  test.each([1e-30, 1e-50, 1e-100, 1e-140])("eps 0 leaves gradients of the size %d their steps", (unit) => {
    for (const [rule, first] of [
      [adam({ lr: 0.25, eps: 0 }), 0.25],
      [adamax({ lr: 0.25, eps: 0 }), 0.25],
      [rmsprop({ lr: 0.25, alpha: 0.75, eps: 0 }), 0.5],
    ] as const) {
      const [a, b] = movedBy(rule, "f64", [unit, -3 * unit]) as [number, number];
      expect(a).toBeCloseTo(1 - first, 12);
      expect(b).toBeCloseTo(1 + first, 12);
    }
  });
});
