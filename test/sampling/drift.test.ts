// The look far beyond all draws, which chains that disagree in the end cause: what a density throws there is no density, but not all
// that is thrown there is the density's.
import { expect, test } from "vitest";
import { DownhillError, sample } from "../../src/index.js";

/** Chains far apart that do not meet. */
const far = { seed: 1, warmup: 20, draws: 40, chains: 2, method: "metropolis" } as const;
const starts = [[-60], [60]];
const walls = (beyond: () => void) => (v: Float64Array) => {
  if (Math.abs(v[0]!) > 1e4) beyond();
  return Math.max(-((v[0]! - 60) ** 2) / 2, -((v[0]! + 60) ** 2) / 2);
};

test("an error of the density is no density", () => {
  let thrown = 0;
  const f = walls(() => {
    thrown++;
    throw new RangeError("out there");
  });
  expect(sample(f, starts as never, far).status).toBe("completed");
  expect(thrown).toBeGreaterThan(0);
});

test("an error of the library in it, and the user's own stop, come out", () => {
  const mine = new DownhillError("OPTION", "within");
  const library = walls(() => {
    throw mine;
  });
  expect(() => sample(library, starts as never, far)).toThrow(mine);
  const controller = new AbortController();
  const own = walls(() => {
    controller.abort(new RangeError("enough"));
    controller.signal.throwIfAborted();
  });
  expect(() => sample(own, starts as never, { ...far, signal: controller.signal })).toThrow("enough");
});

test("the look ends when the run is aborted", () => {
  const controller = new AbortController();
  let calls = 0;
  const f = walls(() => {
    calls++;
    controller.abort();
  });
  sample(f, starts as never, { ...far, signal: controller.signal });
  expect(calls).toBe(1);
});

test("bounds that are no arrays are refused by name", () => {
  const f = (v: Float64Array) => -(v[0]! ** 2);
  for (const name of ["lower", "upper", "names"])
    expect(() => sample({ logDensity: f, [name]: null } as never, [0.1], far)).toThrow(
      expect.objectContaining({ code: "SHAPE", message: expect.stringContaining(name) }),
    );
});
