// The search for a proof that a convex program has no solution: multipliers that contradict its rows, or a ray along which it falls for
// ever. Each is the solution of a program that always has one.

import type { Look, Mark } from "../driver/task.js";
import { ITERATION } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Certificate } from "./answer.js";
import { Attempt, type AttemptOptions } from "./attempt.js";
import { PROOFS } from "./attempts.js";
import { farkas, farkasProgram, PROOF, phaseOne, ray, rayProgram } from "./certificates.js";
import { conflictOf } from "./conflict.js";
import { largest, type Program } from "./program.js";
import { equilibrate } from "./scaling.js";

/** Of the last attempt at a proof: its rows are met more closely. */
const DIRECT = { x: 1e-8, y: 1e-12 };
/** The measures of an auxiliary program at which it is solved. */
const SOLVED = 1e-13;

type Steps<Out> = Generator<Mark | Look, Out, void>;
interface Point {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export class ProofSearch {
  certificate: Certificate | undefined;
  conflict: readonly (string | number)[] | undefined;
  readonly #program: Program;
  /** Without far sides: multipliers that contradict it contradict the whole. */
  #near: Program;
  readonly #runtime: Runtime | undefined;
  readonly #watch: Watch;
  #attempt: Attempt | null = null;

  constructor(program: Program, near: Program, runtime: Runtime | undefined, watch: Watch) {
    this.#program = program;
    this.#near = near;
    this.#runtime = runtime;
    this.#watch = watch;
  }

  /** Multipliers first, then a ray; `certificate` is there where one was found. */
  *run(): Steps<void> {
    const program = this.#program;
    if (yield* this.#multipliers()) return;
    if (this.#near !== program) {
      this.#near = program;
      if (yield* this.#multipliers()) return;
    }
    const { D } = equilibrate(program);
    for (const settings of PROOFS) {
      const direction = (yield* this.#solve(rayProgram(program, D), settings)).x;
      if (ray(program, direction).radius < PROOF) continue;
      this.certificate = { x: direction };
      return;
    }
  }

  *#multipliers(): Steps<boolean> {
    const program = this.#near;
    if (program.m === 0) return false;
    const { E } = equilibrate(program);
    const direct = farkasProgram(program, E);
    for (const settings of [...PROOFS, null]) {
      const found = settings
        ? (yield* this.#solve(phaseOne(program, E), settings)).y
        : yield* this.#direct(direct.program, direct.read);
      const proof = farkas(program, found);
      if (proof.radius < PROOF) continue;
      yield* this.accept(proof);
      return true;
    }
    return false;
  }

  *accept({ y, z }: { y: Float64Array; z: Float64Array }): Steps<void> {
    const size = unitOf(y, (v) => farkas(this.#near, v).radius >= PROOF);
    this.certificate = { y: y.map((v) => v / size), z: z.map((v) => v / size) };
    const solve = (p: Program) => this.#solve(p, PROOFS[0]!);
    yield* conflictOf(
      this.#near,
      y,
      function* (p) {
        return (yield* solve(p)).y;
      },
      (rows) => {
        this.conflict = rows;
      },
    );
  }

  acceptRay(d: Float64Array): void {
    const size = unitOf(d, (v) => ray(this.#program, v).radius >= PROOF);
    this.certificate = { x: d.map((v) => v / size) };
  }

  /** The first multipliers on the way to the strongest proof that prove enough; else the last. */
  *#direct(program: Program, read: (x: Float64Array) => Float64Array): Steps<Float64Array> {
    const attempt = new Attempt(program, null, { presolve: false, shift: DIRECT, runtime: this.#runtime });
    this.#attempt = attempt;
    const { D } = attempt.scaled;
    let y = new Float64Array(this.#program.m);
    for (let more = true; more; ) {
      more = yield* attempt.step();
      this.#watch.nfev++;
      y = read(attempt.point.x.map((v, j) => v * D[j]!)) as typeof y;
      if (farkas(this.#near, y).radius >= PROOF) more = false;
      yield ITERATION;
    }
    this.release();
    return y;
  }

  /** The best point of a program that always has a solution. */
  *#solve(program: Program, o: AttemptOptions): Steps<Point> {
    const attempt = Attempt.make(program, { ...o, runtime: this.#runtime });
    if (!attempt) return { x: new Float64Array(program.n), y: new Float64Array(program.m) };
    this.#attempt = attempt;
    for (let more = true; more; ) {
      more = (yield* attempt.step()) && !(attempt.best < SOLVED);
      this.#watch.nfev++;
      yield ITERATION;
    }
    const point = attempt.whole();
    this.release();
    return point;
  }

  release(): void {
    this.#attempt?.release();
    this.#attempt = null;
  }
}

/** The largest component, or the power of two below it where a division by itself loses the proof to rounding. */
function unitOf(v: Float64Array, proves: (v: Float64Array) => boolean): number {
  const size = largest(v);
  if (proves(v.map((t) => t / size))) return size;
  let power = 1;
  while (power > size) power /= 2;
  while (2 * power <= size) power *= 2;
  return power;
}
