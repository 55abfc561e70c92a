// Callbacks that throw, answer wrongly, keep or change what they are lent, or fit again themselves.
import { describe, expect, test } from "vitest";
import {
  checkJacobian,
  curveFit,
  curveFitAsync,
  DownhillError,
  leastSquares,
  loadSync,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const x = [0, 1, 2, 3, 4, 5, 6, 7];
const y = x.map((v, i) => 2 * Math.exp(-0.5 * v) + 1 + 0.01 * ((i * 5) % 3));
const params = { a: 1, b: 1, c: 0 };
type P = Readonly<Record<string, number>>;
const decay = (xi: number, p: P): number =>
  (p.a as number) * Math.exp(-(p.b as number) * xi) + (p.c as number);
const block = {
  evaluate: (at: Float64Array, p: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < at.length; i++) out[i] = p[0]! * Math.exp(-p[1]! * at[i]!) + p[2]!;
  },
  jacobian: (at: Float64Array, p: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < at.length; i++) {
      const e = Math.exp(-p[1]! * at[i]!);
      out.set([e, -p[0]! * at[i]! * e, 1], 3 * i);
    }
  },
};
const plain = curveFit({ model: decay, x, y, params });
const exact = curveFit({ model: block, x, y, params });
const used = () => defaultRuntime().memory.used;

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a callback that throws", () => {
  const error = new TypeError("the user's own");
  /** Throws at the nth call. */
  const at = (n: number) => {
    let calls = 0;
    return () => {
      if (++calls === n) throw error;
    };
  };

  test.each([1, 2, 9, 10, 40, 41])("at call %i of a point model: the same object comes out", (n) => {
    const trip = at(n);
    const model = (xi: number, p: P) => (trip(), decay(xi, p));
    expect(caught(() => curveFit({ model, x, y, params }))).toBe(error);
    expect(used()).toBe(0);
    expect(curveFit({ model: decay, x, y, params }).values).toEqual(plain.values);
  });

  test.each([1, 2, 3])("at call %i of evaluate or jacobian", (n) => {
    for (const which of ["evaluate", "jacobian"] as const) {
      const trip = at(n);
      const model = {
        ...block,
        [which]: (at: Float64Array, p: Float64Array, out: Float64Array) => (trip(), block[which](at, p, out)),
      };
      expect(caught(() => curveFit({ model, x, y, params }))).toBe(error);
      expect(used()).toBe(0);
    }
  });

  test("what is thrown need not be an Error", () => {
    for (const thing of [undefined, null, 0, "text", { status: "stopped" }]) {
      const model = () => {
        throw thing;
      };
      expect(caught(() => curveFit({ model, x, y, params }))).toBe(thing);
    }
  });

  test("10,000 times: no memory is lost, and the next fit has the same bits", () => {
    const capacity = defaultRuntime().memory.capacity;
    const model = () => {
      throw error;
    };
    for (let i = 0; i < 10_000; i++) {
      try {
        if (i % 2) curveFit({ model, x, y, params });
        else leastSquares(model, 5 + (i % 40), [1, 2]);
      } catch {}
    }
    expect([used(), defaultRuntime().memory.handles()]).toEqual([0, []]);
    const all = defaultRuntime().f64(capacity / 8 - 1024);
    all.dispose();
    expect(curveFit({ model: decay, x, y, params }).values).toEqual(plain.values);
  });

  test("in an asynchronous fit, thrown or rejected: the same object, memory released", async () => {
    for (const n of [1, 2, 20]) {
      const trip = at(n);
      const model = (xi: number, p: P) => (trip(), decay(xi, p));
      await expect(curveFitAsync({ model, x, y, params })).rejects.toBe(error);
      const later = at(n);
      const late = async (xi: number, p: P) => (later(), decay(xi, p));
      await expect(curveFitAsync({ model: late, x, y, params })).rejects.toBe(error);
      expect(used()).toBe(0);
    }
  });
});

describe("a callback that answers wrongly", () => {
  test.each([
    ["1", '"1"'],
    [undefined, "undefined"],
    [null, "null"],
    [1n, "1n"],
    [true, "true"],
    [[1], "Array of length 1"],
    [{ value: 1 }, "object with keys value"],
    [Symbol.iterator, "Symbol"],
  ])("a point model returning %s", (answer, words) => {
    const error = caught(() => curveFit({ model: (() => answer) as unknown as () => number, x, y, params }));
    expect(error).toBeInstanceOf(DownhillError);
    expect(error).toMatchObject({ code: "CALLBACK_RESULT", details: { index: 0 } });
    expect((error as Error).message).toContain(words);
    expect(used()).toBe(0);
  });

  test("a wrong answer at a later point or call is found with its index", () => {
    for (const n of [3, 12, 50]) {
      let calls = 0;
      const model = (xi: number, p: P) => (++calls === n ? ("2" as unknown as number) : decay(xi, p));
      expect(caught(() => curveFit({ model, x, y, params }))).toMatchObject({
        code: "CALLBACK_RESULT",
        details: { index: (n - 1) % x.length, value: "2" },
      });
    }
  });

  test("arrays returned instead of filled", () => {
    for (const model of [
      { evaluate: (at: Float64Array) => at.map((v) => v) as unknown as undefined },
      { ...block, jacobian: () => [[1, 2, 3]] as unknown as undefined },
    ]) {
      expect(caught(() => curveFit({ model, x, y, params }))).toMatchObject({
        code: "CALLBACK_RESULT",
        message: expect.stringMatching(/must fill its last argument/),
      });
    }
    expect(caught(() => leastSquares((p) => [p[0]], 3, [1]))).toMatchObject({ code: "CALLBACK_RESULT" });
  });

  test("numbers and the argument itself are no offence to a filling callback", () => {
    const result = leastSquares((p, out) => (out[0] = p[0]! - 2), 1, [1]);
    expect(result.x[0]).toBeCloseTo(2, 12);
    expect(leastSquares((p, out) => out.fill(p[0]! - 2), 2, [1]).success).toBe(true);
  });

  test("a promise in a synchronous fit names the asynchronous twin, even if it rejects later", async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", listen);
    const rejecting = async () => {
      throw new Error("late");
    };
    for (const run of [
      // @ts-expect-error the types refuse it, too
      () => curveFit({ model: async (xi: number, p: P) => decay(xi, p), x, y, params }),
      // @ts-expect-error
      () => curveFit({ model: rejecting as () => Promise<number>, x, y, params }),
      () => curveFit({ model: { evaluate: rejecting }, x, y, params }),
      () => curveFit({ model: { ...block, jacobian: rejecting }, x, y, params }),
    ]) {
      expect(caught(run)).toMatchObject({
        code: "CALLBACK_RESULT",
        hint: expect.stringContaining("curveFitAsync"),
      });
    }
    for (const run of [
      () => leastSquares(rejecting, 3, [1]),
      () => leastSquares((p, out) => out.fill(p[0]!), 3, [1], { jacobian: rejecting }),
    ]) {
      expect(caught(run)).toMatchObject({
        code: "CALLBACK_RESULT",
        hint: expect.stringContaining("leastSquaresAsync"),
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", listen);
    expect(unhandled).toEqual([]);
    expect(used()).toBe(0);
  });

  test("predict and band of an asynchronous fit say that they need a synchronous model", async () => {
    const fit = await curveFitAsync({ model: async (xi: number, p: P) => decay(xi, p), x, y, params });
    expect(fit.values).toEqual(plain.values);
    expect(caught(() => fit.predict([1]))).toMatchObject({ code: "CALLBACK_RESULT" });
    expect(caught(() => fit.band([1]))).toMatchObject({ code: "CALLBACK_RESULT" });
    expect(caught(() => fit.profile("a"))).toMatchObject({ code: "CALLBACK_RESULT" });
    expect(fit.report()).toContain("[[Variables]]");
    await new Promise((resolve) => setTimeout(resolve, 1));
  });
});

describe("a model that is NaN somewhere", () => {
  test("at trial points: the step shrinks and the fit recovers", () => {
    const at = Array.from({ length: 20 }, (_, i) => i + 1);
    const edge = curveFit({
      model: (xi: number, p: P) => (p.a as number) * Math.sqrt(xi - (p.b as number)),
      x: at,
      y: at.map((v) => 3 * Math.sqrt(v - 0.999)),
      params: { a: 1, b: -50 },
    });
    expect(edge.status).toBe("converged");
    expect(edge.values.a).toBeCloseTo(3, 9);
    expect(edge.values.b).toBeCloseTo(0.999, 9);
  });

  test("Infinity, overflow of the sum, and an exception-free NaN at every third trial", () => {
    const grow = curveFit({
      model: (xi: number, p: P) => (p.a as number) * Math.exp((p.b as number) * xi),
      x,
      y: x.map((v) => 2 * Math.exp(-0.3 * v)),
      params: { a: 1, b: 5 },
    });
    expect(grow.status).toBe("converged");
    expect(grow.values.b).toBeCloseTo(-0.3, 9);
    let calls = 0;
    const flaky = {
      evaluate(at: Float64Array, p: Float64Array, out: Float64Array) {
        block.evaluate(at, p, out);
        if (++calls % 3 === 0) out[2] = NaN;
      },
      jacobian: block.jacobian,
    };
    const fit = curveFit({ model: flaky, x, y, params });
    expect(fit.rss).toBeLessThan(plain.rss * 1.5 + 1);
    expect(fit.nfev).toBeLessThan(500);
  });

  test("a Jacobian that is NaN at a trial point takes the step back", () => {
    let calls = 0;
    const model = {
      ...block,
      jacobian(at: Float64Array, p: Float64Array, out: Float64Array) {
        block.jacobian(at, p, out);
        if (++calls === 3) out[4] = NaN;
      },
    };
    const fit = curveFit({ model, x, y, params });
    expect(fit.status).toBe("converged");
    for (const name of ["a", "b", "c"] as const) expect(fit.values[name]).toBeCloseTo(exact.values[name], 7);
  });

  test("NaN everywhere but at the start ends with the start", () => {
    let calls = 0;
    const result = leastSquares(
      (p, out) => {
        out.set([p[0]! - 1, p[0]! + 1]);
        if (calls++) out[1] = NaN;
      },
      2,
      [5],
      { jacobian: (_, out) => out.fill(1) },
    );
    expect(result.status).toBe("failed");
    expect(Array.from(result.x)).toEqual([5]);
    expect(Array.from(result.residuals)).toEqual([4, 6]);
  });
});

describe("a callback that does not respect what it is lent", () => {
  const spoiler = {
    evaluate(at: Float64Array, p: Float64Array, out: Float64Array) {
      block.evaluate(at, p, out);
      p.fill(7);
    },
    jacobian(at: Float64Array, p: Float64Array, out: Float64Array) {
      block.jacobian(at, p, out);
      p.fill(7);
    },
  };

  test("writing into p changes nothing", () => {
    const fit = curveFit({ model: spoiler, x, y, params });
    expect(fit.values).toEqual(exact.values);
    expect(fit.nfev).toBe(exact.nfev);
    expect(fit.predict(x)).toEqual(exact.predict(x));
    expect(fit.band(x)).toEqual(exact.band(x));
    expect(fit.band(x)).toEqual(exact.band(x));
    const residuals = (p: Float64Array, out: Float64Array) => {
      out.set([p[0]! - 3, p[0]! + p[1]!, p[1]! * p[1]!]);
      p.fill(NaN);
    };
    const clean = leastSquares((p, out) => out.set([p[0]! - 3, p[0]! + p[1]!, p[1]! * p[1]!]), 3, [1, 1]);
    expect(leastSquares(residuals, 3, [1, 1]).x).toEqual(clean.x);
  });

  test("writing into the p of a point model does not reach the next evaluation", () => {
    const model = (xi: number, p: Record<string, number>) => {
      const value = decay(xi, p);
      if (xi === 7) p.a = p.b = p.c = NaN;
      return value;
    };
    expect(curveFit({ model: model as typeof decay, x, y, params }).values).toEqual(plain.values);
  });

  test("the data given are copied: they may change during the fit", () => {
    const [ownX, ownY, sigma] = [Float64Array.from(x), y.slice(), x.map(() => 1)];
    const fit = curveFit({
      model: (xi: number, p: P) => {
        ownX.fill(NaN);
        ownY.fill(NaN);
        sigma.fill(NaN);
        return decay(xi, p);
      },
      x: ownX,
      y: ownY,
      sigma,
      params,
    });
    expect(fit.values).toEqual(plain.values);
    expect(fit.predict(x)).toEqual(plain.predict(x));
  });

  test("results own their arrays: writing into them changes no later answer", () => {
    const fit = curveFit({ model: block, x, y, params });
    const [band, interval] = [fit.band(x), fit.profile("a")];
    fit.residuals.fill(NaN);
    fit.fitted.fill(NaN);
    const again = curveFit({ model: block, x, y, params });
    expect(again.residuals).toEqual(exact.residuals);
    expect(fit.band(x)).toEqual(band);
    expect(fit.profile("a")).toEqual(interval);
    expect(fit.residuals.buffer.byteLength).toBe(8 * x.length);
  });

  test("a kept p may be read later without harm", () => {
    const kept: Float64Array[] = [];
    curveFit({
      model: {
        ...block,
        evaluate: (at, p, out) => {
          kept.push(p);
          block.evaluate(at, p, out);
        },
      },
      x,
      y,
      params,
    });
    for (const p of kept) expect(p.length).toBe(3);
    expect(curveFit({ model: block, x, y, params }).values).toEqual(exact.values);
  });

  test("a model that freezes p fails loudly, not with other numbers", () => {
    const outcome = (() => {
      try {
        return curveFit({ model: (xi: number, p: P) => decay(xi, Object.freeze(p)), x, y, params }).values;
      } catch (error) {
        return error;
      }
    })();
    if (!(outcome instanceof Error)) expect(outcome).toEqual(plain.values);
    expect(used()).toBe(0);
  });
});

describe("fits within fits", () => {
  test("a fit inside a model, of the same shape, ends as the two alone", () => {
    let inner = 0;
    const model = (xi: number, p: P) => {
      if (xi === 0) {
        inner++;
        expect(curveFit({ model: decay, x, y, params }).values).toEqual(plain.values);
      }
      return decay(xi, p);
    };
    expect(curveFit({ model, x, y, params }).values).toEqual(plain.values);
    expect(inner).toBeGreaterThan(3);
    expect(used()).toBe(0);
  });

  test("ten levels deep, and a throw from the deepest passes all of them", () => {
    const dive = (depth: number): number =>
      curveFit({
        model: (xi: number, p: P) => {
          if (depth > 0 && xi === 0) dive(depth - 1);
          else if (depth === 0 && xi === 3) throw new RangeError("bottom");
          return decay(xi, p);
        },
        x,
        y,
        params,
        maxIterations: 0,
      }).rss;
    expect(() => dive(10)).toThrow("bottom");
    expect([used(), defaultRuntime().memory.handles()]).toEqual([0, []]);
  });

  test("interleaved asynchronous fits of one shape do not touch each other", async () => {
    const fits = await Promise.all(
      Array.from({ length: 12 }, (_, k) =>
        curveFitAsync({
          model: async (xi: number, p: P) => decay(xi, p),
          x,
          y: y.map((v) => v * (1 + k / 10)),
          params,
        }),
      ),
    );
    fits.forEach((fit, k) => {
      const alone = curveFit({ model: decay, x, y: y.map((v) => v * (1 + k / 10)), params });
      expect(fit.values).toEqual(alone.values);
      expect(fit.nfev).toBe(alone.nfev);
    });
    expect(used()).toBe(0);
  });

  test("the runtime disposed during the fit does not crash it, nor the next one", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 });
    const model = (xi: number, p: P) => {
      runtime.dispose();
      return decay(xi, p);
    };
    const outcome = (() => {
      try {
        return curveFit({ model, x, y, params, runtime }).values;
      } catch (error) {
        return (error as DownhillError).code;
      }
    })();
    if (outcome !== "DISPOSED") expect(outcome).toEqual(plain.values);
    expect(caught(() => curveFit({ model: decay, x, y, params, runtime }))).toMatchObject({
      code: "DISPOSED",
    });
    expect(curveFit({ model: decay, x, y, params }).values).toEqual(plain.values);
  });

  test("checkJacobian inside a model", () => {
    const residuals = (p: Float64Array, out: Float64Array) => out.set([p[0]! - 1, p[0]! * p[0]!]);
    const jacobian = (p: Float64Array, out: Float64Array) => out.set([1, 2 * p[0]!]);
    const result = leastSquares(
      (p, out) => {
        expect(checkJacobian(residuals, jacobian, 2, p).ok).toBe(true);
        residuals(p, out);
      },
      2,
      [1],
      { jacobian },
    );
    expect(result.success).toBe(true);
  });
});

describe("a domain that ends at the solution", () => {
  test("central differences that leave it do not bring back an older point", () => {
    // Another fit first, so that the memory is not all zeros.
    leastSquares((p, out) => out.set([p[0]! - 7, p[0]! + 7]), 2, [3]);
    const result = leastSquares((p, out) => out.set([p[0]! >= 1 ? p[0]! - 1 : NaN, 0.5]), 2, [1]);
    expect(Array.from(result.x)).toEqual([1]);
    expect(Array.from(result.residuals)).toEqual([0, 0.5]);
    expect(result.fun).toBe(0.125);
    expect(result.status).toBe("converged");
  });

  test("the same beside other parameters, from afar", () => {
    const data = Array.from({ length: 12 }, (_, i) => 2 * Math.sqrt(i) + 1);
    const result = curveFit({
      model: (xi: number, p) => p.a * Math.sqrt(xi - p.edge) + p.c,
      x: data.map((_, i) => i),
      y: data,
      params: { a: 1, edge: -3, c: 0 },
    });
    expect(Number.isFinite(result.rss)).toBe(true);
    expect(result.residuals.every(Number.isFinite)).toBe(true);
    for (const name of ["a", "edge", "c"] as const) expect(Number.isFinite(result.values[name])).toBe(true);
  });
});
