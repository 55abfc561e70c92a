// The moves of populations against their plain twins, bit by bit, with what is left of the stream of random numbers.

import { describe, expect, test } from "vitest";
import * as slot from "../../src/abi/moves.js";
import { Moves } from "../../src/global/moves.js";
import { widthOf } from "../../src/global/population.js";
import { Random } from "../../src/random/philox.js";
import * as plain from "../reference/moves.js";

/** A narrow population beside the bounds, so that moves leave the cube. */
const fillAtRandom = (x: Float64Array, random: Random) => {
  for (let i = 0; i < x.length; i++)
    x[i] = random.uniform() < 0.3 ? Math.round(random.uniform()) : random.uniform();
};

test("families of rex have the bits of the twin, for every n from 1 to 67, on two islands", () => {
  for (let n = 1; n <= 67; n++) {
    const rows = 2 * (n + 1) + (n % 3);
    const children = 3 + (n % 4);
    const random = new Random(n, 5);
    const twin = new Random(n, 5);
    for (const r of [random, twin]) for (let k = 0; k < n % 5; k++) r.word();
    const moves = new Moves(
      undefined,
      random,
      {
        points: 2 * children * n,
        parents: 2 * rows * n,
        draws: 2 * children * (n + 1) + 16,
        work: (n + 2) * n,
      },
      { chosen: 2 * (n + 1) },
    );
    try {
      const { frame, f64, i32 } = moves;
      frame[slot.M_N] = n;
      frame[slot.M_ROWS] = rows;
      frame[slot.M_CHILDREN] = children;
      fillAtRandom(f64.parents!, new Random(7, n));
      moves.families(2);
      const both = [0, 1].map((island) => plain.family(n, rows, island, children, f64.parents!, twin));
      expect(Array.from(i32.chosen!)).toEqual(both.flatMap(({ chosen }) => chosen));
      expect(Array.from(f64.points!)).toEqual(both.flatMap(({ points }) => Array.from(points)));
      expect(random.state()).toEqual(twin.state());
      expect(moves.width(2 * rows)).toBe(widthOf(f64.parents!, 2 * rows, n));
    } finally {
      moves.release();
    }
  }
});

describe.each([
  ["lshade", slot.DE_LSHADE],
  ["best1bin", slot.DE_BEST1],
  ["best1exp", slot.DE_BEST1],
  ["best2bin", slot.DE_BEST2],
  ["rand1bin", slot.DE_RAND1],
  ["rand2bin", slot.DE_RAND2],
  ["rand2exp", slot.DE_RAND2],
  ["randtobest1exp", slot.DE_RANDTOBEST1],
  ["currenttobest1bin", slot.DE_CURRENTTOBEST1],
] as const)("mutants of %s", (strategy, kind) => {
  test("have the bits of the twin, for every n from 1 to 67", () => {
    for (let n = 1; n <= 67; n++) {
      const rows = 6 + (n % 9);
      const archived = n % 7;
      const random = new Random(n, 2);
      const twin = new Random(n, 2);
      const size = rows * n;
      const moves = new Moves(
        undefined,
        random,
        { points: size, parents: size, archive: 7 * n, f: rows, cr: rows, memoryF: 6, memoryCr: 6 },
        { order: rows },
      );
      try {
        const { frame, f64, i32 } = moves;
        frame[slot.M_N] = n;
        frame[slot.M_ROWS] = rows;
        frame[slot.M_KIND] = kind;
        frame[slot.M_TAIL] = strategy.endsWith("exp") ? 1 : 0;
        frame[slot.M_LEAD] = 2;
        frame[slot.M_ARCHIVED] = archived;
        for (const name of ["parents", "archive"]) fillAtRandom(f64[name]!, new Random(7, n));
        // A rate of success of every kind: usual, at the ends, and the terminal value.
        f64.memoryF!.set([0.5, 0.9, 0.1, 1, 0.3, 0.01]);
        f64.memoryCr!.set([0.5, 0.99, 0.01, -1, 1, 0]);
        for (let i = 0; i < rows; i++) i32.order![i] = rows - 1 - i;
        const range = [0.4, 0.9, 0.7] as const;
        const population = {
          n,
          rows,
          archived,
          lead: 2,
          order: i32.order!,
          ...f64,
        } as unknown as plain.Population;
        for (let generation = 0; generation < 2; generation++) {
          moves.mutants(...range);
          const expected = plain.mutants(population, strategy, range, twin);
          expect(Array.from(f64.f!)).toEqual(expected.f);
          expect(Array.from(f64.cr!)).toEqual(expected.cr);
          expect(Array.from(f64.points!)).toEqual(Array.from(expected.points));
          expect(random.state()).toEqual(twin.state());
        }
      } finally {
        moves.release();
      }
    }
  });
});
