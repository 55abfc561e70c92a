import { describe, expect, test } from "vitest";
import { adam, average, loadSync, optimizer, sgd } from "../../src/index.js";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const start = Array.from({ length: 7 }, (_, i) => i - 2.5);

/** Iterates that jump about, by steps of sgd with lr 1. */
function walk(opt: ReturnType<typeof optimizer>, t: number): number[] {
  for (let i = 0; i < opt.grads.length; i++) opt.grads[i] = Math.fround(Math.sin(7 * t + 3 * i));
  opt.step();
  return [...opt.params];
}

const mean = (rows: number[][]): number[] =>
  (rows[0] as number[]).map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length);

const close = (got: ArrayLike<number>, want: number[], tolerance: number) =>
  want.forEach((w, i) => {
    expect(Math.abs((got[i] as number) - w), `[${i}]`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(w)),
    );
  });

describe.each(["f64", "f32"] as const)("%s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-14 : 1e-6;

  test("polyak is the mean of all iterates, from a start step on", () => {
    const opt = optimizer(start, sgd({ lr: 1 }), { dtype });
    const all = average(opt, { kind: "polyak" });
    const late = average(opt, { kind: "polyak", start: 5 });
    const rows: number[][] = [];
    for (let t = 0; t < 20; t++) {
      rows.push(walk(opt, t));
      all.update();
      late.update();
      close(all.params, mean(rows), tolerance);
      close(late.params, t + 1 < 5 ? (rows[t] as number[]) : mean(rows.slice(4)), tolerance);
    }
    expect([all.count, late.count]).toEqual([20, 16]);
    for (const one of [all, late, opt]) one.dispose();
  });

  test.each([1, 2, 5, 30])("polyak over the last %i iterates", (window) => {
    const opt = optimizer(start, sgd({ lr: 1 }), { dtype });
    const last = average(opt, { kind: "polyak", window });
    const rows: number[][] = [];
    for (let t = 0; t < 23; t++) {
      rows.push(walk(opt, t));
      last.update();
      close(last.params, mean(rows.slice(-window)), tolerance);
    }
    last.dispose();
    opt.dispose();
  });

  test("a window forgets a huge iterate: rounding does not add up", () => {
    const opt = optimizer([1, 2, 3], sgd({ lr: 1 }), { dtype });
    const last = average(opt, { kind: "polyak", window: 4 });
    opt.params.set([1e15, 1e15, 1e15]);
    last.update();
    opt.params.set([1, 2, 3]);
    for (let t = 0; t < 8; t++) last.update();
    close(last.params, [1, 2, 3], tolerance);
    last.dispose();
    opt.dispose();
  });

  test("ema follows its recurrence", () => {
    const opt = optimizer(start, sgd({ lr: 1 }), { dtype });
    const ema = average(opt, { kind: "ema", decay: 0.9 });
    let want: number[] = [];
    for (let t = 0; t < 20; t++) {
      const row = walk(opt, t);
      want = t === 0 ? row : want.map((a, i) => 0.9 * a + (1 - 0.9) * (row[i] as number));
      ema.update();
      close(ema.params, want, 10 * tolerance);
    }
    ema.dispose();
    opt.dispose();
  });
});

test("swap exchanges parameters and average in place, and back bit for bit; steps wait meanwhile", () => {
  const opt = optimizer(start, adam({ lr: 0.1 }));
  const ema = average(opt, { kind: "ema", decay: 0.5 });
  for (let t = 0; t < 5; t++) {
    walk(opt, t);
    ema.update();
  }
  const { params } = opt;
  const [mine, smooth] = [[...params], [...ema.params]];
  ema.swap();
  expect([...params]).toEqual(smooth);
  expect([...ema.params]).toEqual(mine);
  expect(() => opt.step()).toThrow(code("REENTRANT"));
  expect(() => ema.update()).toThrow(code("REENTRANT"));
  ema.swap();
  expect([...params]).toEqual(mine);
  opt.step();
  // Disposing while swapped in gives the optimizer its parameters back.
  const now = [...params];
  ema.swap();
  ema.dispose();
  ema.dispose();
  expect([...params]).toEqual(now);
  expect(() => ema.params).toThrow(code("DISPOSED"));
  opt.dispose();
});

test("one average at a time is swapped in, and none takes another for an iterate", () => {
  const opt = optimizer([1], sgd({ lr: 1 }));
  const a = average(opt, { kind: "ema", decay: 0.5 });
  const b = average(opt, { kind: "polyak" });
  for (const one of [a, b]) one.update();
  opt.params[0] = 5;
  for (const one of [a, b]) one.update();
  opt.params[0] = 9;
  a.swap();
  expect(() => b.swap()).toThrow(code("REENTRANT"));
  expect(() => b.update()).toThrow(code("REENTRANT"));
  a.swap();
  expect([opt.params[0], a.params[0], b.params[0], b.count]).toEqual([9, 3, 3, 2]);
  for (const one of [a, b, opt]) one.dispose();
});

test("inside a closure there is no iterate to take in", () => {
  const opt = optimizer([1], sgd({ lr: 1, momentum: 0.9, nesterov: "lookahead" }));
  const all = average(opt, { kind: "polyak" });
  for (const use of [() => all.update(), () => all.swap()]) {
    opt.step(() => {
      expect(use).toThrow(code("REENTRANT"));
      return 1;
    });
  }
  expect(all.count).toBe(0);
  all.dispose();
  opt.dispose();
});

test.each([{ kind: "ema", decay: 0.5 } as const, { kind: "polyak", window: 2 } as const])(
  "after its optimizer is disposed, the average can be read but not updated: %o",
  (options) => {
    const opt = optimizer([4], sgd({ lr: 1 }));
    const one = average(opt, options);
    one.update();
    opt.dispose();
    const next = optimizer([77], sgd());
    expect(() => one.update()).toThrow(code("DISPOSED"));
    expect(() => one.swap()).toThrow(code("DISPOSED"));
    expect([...one.params, one.count]).toEqual([4, 1]);
    one.dispose();
    next.dispose();
  },
);

test("an average that does not fit beside its optimizer lives in another memory", () => {
  const runtime = loadSync({ memoryBytes: 65536 });
  const opt = optimizer(1900, adam({ lr: 0.1 }), { runtime });
  const all = average(opt, { kind: "polyak", window: 2 });
  expect(all.params.buffer).not.toBe(opt.params.buffer);
  opt.params.fill(1);
  all.update();
  opt.params.fill(2);
  all.update();
  expect(all.params[1899]).toBe(1.5);
  all.swap();
  expect([opt.params[0], all.params[0]]).toEqual([1.5, 2]);
  all.swap();
  expect([opt.params[0], all.params[0]]).toEqual([2, 1.5]);
  all.dispose();
  opt.dispose();
  expect(runtime.memory.used).toBe(0);
  runtime.dispose();
});

test("bad options are refused", () => {
  const opt = optimizer([1], adam());
  const wrong = [
    undefined,
    null,
    { kind: "mean" },
    { kind: "ema" },
    { kind: "ema", decay: 1 },
    { kind: "ema", decay: 0.5, window: 3 },
    { kind: "polyak", window: 0 },
    { kind: "polyak", start: -1 },
  ];
  for (const options of wrong) expect(() => average(opt, options as never)).toThrow(code("OPTION"));
  expect(() => average({} as never, { kind: "polyak" })).toThrow(code("OPTION"));
  opt.dispose();
});
