// The memory of a population whose moves are kernels (assembly/global/moves.ts, mutants.ts): its vectors, the frame that tells the kernels
// where they lie, and the stream of random numbers, which goes on wherever it is drawn from.

import * as slot from "../abi/moves.js";
import type { Random } from "../random/philox.js";
import { takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type GlobalKernels, room } from "../wasm/global.js";

/** Slots of the frame, and the vectors whose addresses they hold. */
const ADDRESSES: readonly (readonly [number, string])[] = [
  [slot.M_RANDOM, "random"],
  [slot.M_PARENTS, "parents"],
  [slot.M_POINTS, "points"],
  [slot.M_CHOSEN, "chosen"],
  [slot.M_DRAWS, "draws"],
  [slot.M_WORK, "work"],
  [slot.M_ORDER, "order"],
  [slot.M_ARCHIVE, "archive"],
  [slot.M_F, "f"],
  [slot.M_CR, "cr"],
  [slot.M_MEMORY_F, "memoryF"],
  [slot.M_MEMORY_CR, "memoryCr"],
];

export class Moves {
  readonly frame: Int32Array;
  readonly f64: Readonly<Record<string, Float64Array>>;
  readonly i32: Readonly<Record<string, Int32Array>>;
  readonly #workspace: Workspace;
  readonly #kernels: GlobalKernels;
  readonly #random: Random;
  readonly #at: number;

  /** Vectors by name, with their lengths; all 0 at first. */
  constructor(
    runtime: Runtime | undefined,
    random: Random,
    f64: Readonly<Record<string, number>>,
    i32: Readonly<Record<string, number>>,
  ) {
    const key = `moves ${Object.entries({ ...f64, ...i32 }).join(" ")}`;
    const w = takeWorkspace(runtime, {
      key,
      f64: { ...f64, random: slot.RANDOM_DOUBLES },
      i32: { ...i32, frame: slot.MOVE_SLOTS },
    }) as Workspace;
    this.#workspace = w;
    this.#kernels = w.runtime.kernels(room);
    this.#random = random;
    this.#at = w.at.frame!;
    this.f64 = w.f64;
    this.i32 = w.i32;
    this.frame = w.i32.frame!;
    for (const vector of [...Object.values(w.f64), ...Object.values(w.i32)]) vector.fill(0);
    for (const [place, name] of ADDRESSES) this.frame[place] = w.at[name] ?? 0;
    const generator = this.f64.random!;
    random.key(new Int32Array(generator.buffer, generator.byteOffset, 2 * slot.RANDOM_DOUBLES), 6);
  }

  /** One family for each island. */
  families(islands: number): void {
    this.#drawn(() => {
      for (let island = 0; island < islands; island++) this.#kernels.moveFamily(this.#at, island);
    });
  }

  /** A mutant of each parent. */
  mutants(low: number, high: number, rate: number): void {
    this.#drawn(() => this.#kernels.moveMutants(this.#at, low, high, rate));
  }

  /** Half the width of so many rows of the parents in their widest variable. */
  width(rows: number): number {
    return this.#kernels.moveWidth(this.#at, rows);
  }

  #drawn(work: () => void): void {
    this.#kernels.moveFrom(this.#at, this.#random.position);
    work();
    this.#random.position = this.#kernels.moveEnd(this.#at);
  }

  release(): void {
    this.#workspace.release();
  }
}
