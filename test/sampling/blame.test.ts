// Which parameters a warning names, on draws whose dependence is known because it was made.
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random/philox.js";
import { correlatedMost, divergentPlaces, movesWithEnergy } from "../../src/sampling/blame.js";
import type { Recorded } from "../../src/sampling/recorder.js";

const [chains, count] = [4, 600];
const total = chains * count;
const names = ["a", "b", "c"];

/** Draws, energy and divergences, each from the three normal numbers of a draw. */
function recorded(
  draw: (z: readonly [number, number, number]) => readonly number[],
  energy: (draw: readonly number[]) => number = () => 1,
  diverges: (draw: readonly number[]) => boolean = () => false,
): Recorded {
  const random = new Random(41);
  const rows = Array.from({ length: total }, () =>
    draw([random.normal(), random.normal(), random.normal()] as const),
  );
  const divergences = rows.flatMap((row, k) =>
    diverges(row) ? [{ chain: Math.floor(k / count), draw: k % count }] : [],
  );
  return {
    chains,
    count,
    draws: Float64Array.from(rows.flat()),
    stats: { energy: Float64Array.from(rows, energy) },
    divergences,
  } as unknown as Recorded;
}

describe("what moves with the energy", () => {
  test("a parameter's distance from its middle counts as much as itself", () => {
    // The energy of a: a symmetric, so that only |a| tells; b a little by itself.
    const spread = recorded(
      (z) => z,
      ([a, b]) => a! * a! + 0.5 * b!,
    );
    expect(movesWithEnergy(spread, names)).toBe("a");
    const aside = recorded(
      (z) => [z[0], z[1] + 100, z[2]],
      ([, b]) => (b! - 100) ** 2,
    );
    expect(movesWithEnergy(aside, names)).toBe("b");
    const straight = recorded(
      (z) => z,
      ([a, , c]) => 0.2 * a! * a! - c!,
    );
    expect(movesWithEnergy(straight, names)).toBe("c");
  });
  test("the first where the energy stands still", () => {
    expect(
      movesWithEnergy(
        recorded((z) => z),
        names,
      ),
    ).toBe("a");
  });
});

describe("what correlates", () => {
  test("the strongest pair of those beyond 0.7, with its sign", () => {
    // Corr(u, r u + sqrt(1 - r^2) v) = r; its standard error is (1 - r^2) / sqrt(1000).
    const found = correlatedMost(
      recorded(([u, v, w]) => [u, 0.8 * u + 0.6 * v, -0.9 * u + Math.sqrt(0.19) * w]),
      names,
    );
    expect(found?.pair).toEqual(["a", "c"]);
    expect(Math.abs(found!.correlation + 0.9)).toBeLessThan((4 * 0.19) / Math.sqrt(1000));
  });
  test("nothing below it, and nothing of a parameter that stands still", () => {
    expect(
      correlatedMost(
        recorded(([u, v, w]) => [u, 0.6 * u + 0.8 * v, w]),
        names,
      ),
    ).toBeNull();
    expect(
      correlatedMost(
        recorded(([u]) => [u, 3, 3]),
        names,
      ),
    ).toBeNull();
  });
});

describe("where divergences lie", () => {
  test("at the small end of one parameter and the large end of another, the clearest first", () => {
    const places = divergentPlaces(
      recorded(
        (z) => z,
        () => 1,
        ([a, b]) => a! < -1.5 && b! > 0.5,
      ),
      names,
    );
    expect(places).toEqual([
      { name: "a", side: "small" },
      { name: "b", side: "large" },
    ]);
  });
  test("nowhere, where every draw diverges as often", () => {
    let k = 0;
    const everywhere = recorded(
      (z) => z,
      () => 1,
      () => k++ % 7 === 0,
    );
    expect(everywhere.divergences.length).toBeGreaterThan(300);
    expect(divergentPlaces(everywhere, names)).toEqual([]);
  });
});
