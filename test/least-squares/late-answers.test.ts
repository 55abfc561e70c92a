// Models and onIteration that answer later, for all points or for some.
import { describe, expect, test } from "vitest";
import { curveFit, curveFitAsync, type Iteration } from "../../src/index.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const y = x.map((v, i) => 3 * Math.exp(-0.7 * v) + 0.5 + 0.01 * Math.sin(7 * i));
const params = { a: 1, b: 0.1, c: 0 };
type P = Readonly<Record<"a" | "b" | "c", number>>;
const decay = (xi: number, p: P): number => p.a * Math.exp(-p.b * xi) + p.c;
const code = (name: string) => expect.objectContaining({ code: name });

describe("asynchronous models", () => {
  const columns = { u: x, v: x.map((u) => u * u) };
  const plane = (at: { u: number; v: number }, p: P) => p.a * at.u + p.b * at.v + p.c;
  const heights = x.map((u, i) => 2 * u + 3 * u * u + 1 + 0.01 * Math.sin(i));

  test("may read a point of several predictors after they have waited", async () => {
    const plain = curveFit({ model: plane, x: columns, y: heights, params });
    const late = async (at: { u: number; v: number }, p: P) => {
      await null;
      return plane(at, p);
    };
    const fit = await curveFitAsync({ model: late, x: columns, y: heights, params });
    expect(fit.values).toEqual(plain.values);
  });

  test.each(["one", "several"])("may answer some points at once and others later (%s)", async (kind) => {
    if (kind === "one") {
      const model = (xi: number, p: P) => (xi % 1 === 0.5 ? Promise.resolve(decay(xi, p)) : decay(xi, p));
      const fit = await curveFitAsync({ model, x, y, params });
      expect(fit.values).toEqual(curveFit({ model: decay, x, y, params }).values);
    } else {
      const model = (at: { u: number; v: number }, p: P) =>
        at.u % 1 === 0.5 ? Promise.resolve().then(() => plane(at, p)) : plane(at, p);
      const fit = await curveFitAsync({ model, x: columns, y: heights, params });
      expect(fit.values).toEqual(curveFit({ model: plane, x: columns, y: heights, params }).values);
    }
  });

  test("a rejection at a later point is that error, and none is left unhandled", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const error = new Error("at a later point");
    const model = (xi: number, p: P) => (xi > 1 ? Promise.reject(error) : decay(xi, p));
    await expect(curveFitAsync({ model, x, y, params })).rejects.toBe(error);
    // @ts-expect-error a synchronous fit takes no promises
    expect(() => curveFit({ model, x, y, params })).toThrow(code("CALLBACK_RESULT"));
    const mixed = (xi: number): number | Promise<number> => {
      if (xi < 1) return Promise.reject(error);
      throw error;
    };
    await expect(curveFitAsync({ model: mixed, x, y, params: { a: 1 } })).rejects.toBe(error);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
  });

  test("predict of such a fit says what to do", async () => {
    const fit = await curveFitAsync({ model: async (xi: number, p: P) => decay(xi, p), x, y, params });
    expect(() => fit.predict([1])).toThrow(/with a synchronous model/);
  });
});

describe("an asynchronous onIteration", () => {
  const stopAt = (nit: number) => async (it: Iteration) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return it.nit === nit ? "stop" : undefined;
  };

  test("is waited for, and its stop is obeyed", async () => {
    const fit = await curveFitAsync({ model: decay, x, y, params, onIteration: stopAt(2) });
    expect(fit).toMatchObject({ status: "stopped", reason: "callback", nit: 2 });
    const free = await curveFitAsync({ model: decay, x, y, params, onIteration: stopAt(1000) });
    expect(free.status).toBe("converged");
  });

  test("its rejection is that error", async () => {
    const error = new Error("mine");
    const onIteration = () => Promise.reject(error);
    await expect(curveFitAsync({ model: decay, x, y, params, onIteration })).rejects.toBe(error);
  });

  test("is refused by a synchronous fit instead of being ignored", () => {
    const run = () => curveFit({ model: decay, x, y, params, onIteration: stopAt(1) });
    expect(run).toThrow(code("CALLBACK_RESULT"));
    expect(run).toThrow(/onIteration returned a Promise/);
  });
});
