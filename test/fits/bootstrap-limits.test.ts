// What ends a bootstrap before its last draw, and that it is the same to the bit with turns of the event loop.
import { expect, test } from "vitest";
import { bootstrap, bootstrapAsync, curveFit } from "../../src/index.js";

const x = Float64Array.from({ length: 30 }, (_, i) => i / 5);
const y = x.map((v, i) => 3 * Math.exp(-0.7 * v) + 0.05 * Math.sin(97 * i * i));
const text = () => curveFit({ model: "a*exp(-b*x)", x, y });
const own = () =>
  curveFit({
    model: (v: number, p: { a: number; b: number }) => p.a * Math.exp(-p.b * v),
    x,
    y,
    params: { a: 1, b: 1 },
  } as never);

for (const [name, make] of [
  ["text", text],
  ["a function", own],
] as const) {
  for (const kind of ["residual", "case"] as const)
    test(`of ${name}, ${kind}: with limits that are not met and with turns it is the same to the bit`, async () => {
      const fit = make();
      const options = { draws: 1500, kind, seed: 3 };
      const plain = bootstrap(fit, options);
      const { signal } = new AbortController();
      const limited = bootstrap(fit, { ...options, maxTimeMs: 1e9, signal });
      const late = await bootstrapAsync(fit, options);
      for (const other of [limited, late]) {
        expect(other.values).toEqual(plain.values);
        expect([other.draws, other.failed, other.success]).toEqual([plain.draws, plain.failed, true]);
        expect(other.params).toEqual(plain.params);
      }
    });

  test(`of ${name}: time ends it with the draws so far, which are the first`, async () => {
    const fit = make();
    const all = bootstrap(fit, { draws: 500, seed: 3 });
    for (const cut of [
      bootstrap(fit, { draws: 1e6, seed: 3, maxTimeMs: 800 }),
      await bootstrapAsync(fit, { draws: 1e6, seed: 3, maxTimeMs: 800 }),
    ]) {
      expect([cut.success, cut.warnings.map(({ code }) => code)]).toEqual([false, ["W_BOOTSTRAP_CUT"]]);
      expect(cut.draws + cut.failed).toBeLessThan(1e6);
      const shared = Math.min(cut.values.length, all.values.length);
      expect(cut.values.slice(0, shared)).toEqual(all.values.slice(0, shared));
    }
    expect(() => bootstrap(fit, { maxTimeMs: 1e-9 })).toThrow(
      /^bootstrap: the time was over after \d+ of 2000 refits \(give a larger maxTimeMs\)$/,
    );
  });

  test(`of ${name}: a signal rejects with its reason, before the first draw and in between`, async () => {
    const fit = make();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(bootstrapAsync(fit, { draws: 1e6, signal: controller.signal })).rejects.toThrow("enough");
    expect(() => bootstrap(fit, { signal: controller.signal })).toThrow("enough");
    await expect(bootstrapAsync(fit, { signal: controller.signal })).rejects.toThrow("enough");
  });
}

test("limits are checked, and refused in the name of what was called", async () => {
  const fit = text();
  expect(() => bootstrap(fit, { maxTimeMs: -1 })).toThrow(/^bootstrap: maxTimeMs/);
  await expect(bootstrapAsync(fit, { maxTimeMs: -1 })).rejects.toThrow(/^bootstrapAsync: maxTimeMs/);
  await expect(bootstrapAsync({} as never)).rejects.toThrow(/^bootstrapAsync: expected the result/);
});
