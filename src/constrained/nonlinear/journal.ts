// Saved runs of minimizeConstrained: what the functions have answered so far. A run that goes on from it takes the same steps again without
// calling them, so that it stands where the saved one stood, to the bit, whatever its method keeps in mind.

import type { Task } from "../../driver/task.js";
import { DownhillError } from "../../runtime/errors.js";
import { crc32, numbersToText, type Sealed, seal, textToNumbers, unseal } from "../../runtime/saved.js";
import type { Group, NonlinearProgram } from "./problem.js";

const FORMAT = "downhill.constrained";
const VERSION = 1;

/** A run of `iterateConstrained` between two iterations, as plain data. */
export interface ConstrainedState extends Sealed {
  readonly method: string;
  readonly n: number;
  readonly m: number;
  /** CRC-32 of the start, the sides and everything that steers the run but its functions. */
  readonly settings: string;
  readonly counts: readonly [nit: number, nfev: number, njev: number, nhev: number];
  /** How many numbers the functions have given, and these in base64. */
  readonly length: number;
  readonly answers: string;
}

type Fill = (...args: Float64Array[]) => unknown;

/** Every number that a callback gives, in order; while there are saved ones, these in place of calls. */
export class Journal {
  #numbers = new Float64Array(1024);
  #length = 0;
  #at = 0;

  get replaying(): boolean {
    return this.#at < this.#length;
  }

  load(numbers: Float64Array): void {
    this.#numbers = numbers.slice();
    this.#length = numbers.length;
    this.#at = 0;
  }

  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#length);
  }

  #push(v: number): void {
    if (this.#length === this.#numbers.length) {
      const more = new Float64Array(2 * this.#length + 1024);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers[this.#length++] = v;
    this.#at = this.#length;
  }

  #next(): number {
    return this.#at < this.#length ? this.#numbers[this.#at++]! : NaN;
  }

  value<F extends (x: Float64Array, out: Float64Array) => unknown>(f: F, filled: boolean): F {
    return ((x: Float64Array, out: Float64Array) => {
      if (this.replaying) {
        const v = this.#next();
        if (filled) for (let k = 0; k < out.length; k++) out[k] = this.#next();
        return v;
      }
      const v = f(x, out);
      // What is no number is an error of its caller's.
      if (typeof v !== "number") return v;
      this.#push(v);
      if (filled) for (let k = 0; k < out.length; k++) this.#push(out[k]!);
      return v;
    }) as F;
  }

  /** Of a callback that fills its last argument. */
  fill<F extends Fill>(f: F): F {
    return ((...args: Float64Array[]) => {
      const out = args.at(-1)!;
      if (this.replaying) {
        for (let k = 0; k < out.length; k++) out[k] = this.#next();
        return undefined;
      }
      const answer = f(...args);
      if (answer === undefined || answer === null) for (let k = 0; k < out.length; k++) this.#push(out[k]!);
      return answer;
    }) as F;
  }
}

/** The same program, whose callbacks write into the journal or are answered from it. */
export function journaled(program: NonlinearProgram, journal: Journal): NonlinearProgram {
  const { fun, grad, funGrad, hess, hessVec } = program.objective;
  const group = ({ parts, functions, ...rest }: Group): Group => ({
    ...rest,
    functions: functions.map((f) => journal.value(f, false)),
    parts: parts && {
      ...parts,
      fun: journal.fill(parts.fun as Fill),
      ...(parts.jacobian ? { jacobian: journal.fill(parts.jacobian as Fill) } : {}),
      ...(parts.hess ? { hess: journal.fill(parts.hess as Fill) } : {}),
      ...(parts.hessVec ? { hessVec: journal.fill(parts.hessVec as Fill) } : {}),
    },
  });
  return {
    ...program,
    journal,
    objective: {
      ...(fun ? { fun: journal.value(fun, false) } : {}),
      ...(grad ? { grad: journal.fill(grad as Fill) } : {}),
      ...(funGrad ? { funGrad: journal.value(funGrad, true) } : {}),
      ...(hess ? { hess: journal.fill(hess as Fill) } : {}),
      ...(hessVec ? { hessVec: journal.fill(hessVec as Fill) } : {}),
    },
    groups: program.groups.map(group),
  };
}

/** What steers a run beside its functions. */
export function settingsOf(program: NonlinearProgram, text: string, numbers: readonly number[]): string {
  const { start, lower, upper, rowLower, rowUpper, A } = program;
  const more = Float64Array.from([...numbers, ...[...text].map((c) => c.charCodeAt(0))]);
  let crc = 0;
  for (const part of [start, lower, upper, rowLower, rowUpper, A, more])
    crc = crc32(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), crc);
  return crc.toString(16).padStart(8, "0");
}

export interface Saved {
  readonly method: string;
  readonly settings: string;
  readonly program: NonlinearProgram;
  readonly journal: Journal;
}

type Running = Pick<Task<never, unknown>, "watch" | "method">;

export function saveJournal(
  { watch }: Running,
  { method, settings, program, journal }: Saved,
): ConstrainedState {
  const { n, m } = program;
  const { nit, nfev, njev, nhev } = watch;
  const { numbers } = journal;
  return seal(FORMAT, VERSION, {
    method,
    n,
    m,
    settings,
    counts: [nit, nfev, njev, nhev] as const,
    length: numbers.length,
    answers: numbersToText(numbers),
  });
}

/** Puts a new run where the saved one stood; SNAPSHOT where that was of another problem. */
export function loadJournal(run: Running, saved: Saved, given: unknown): void {
  const { watch, method } = run;
  const { program, journal } = saved;
  const state = unseal<ConstrainedState>(watch.where, given, FORMAT, VERSION);
  const refuse = (why: string): DownhillError =>
    new DownhillError("SNAPSHOT", `${watch.where}: the state ${why}`, {
      hint: "give the same problem, x0, method, tolerances and maximize as the run it was saved from",
    });
  if (state.method !== saved.method || state.n !== program.n || state.m !== program.m)
    throw refuse(`is of ${state.method} in ${state.n} variables with ${state.m} rows`);
  if (state.settings !== saved.settings)
    throw refuse("was saved with another start, other sides, derivatives, tolerances or maximize");
  const numbers = textToNumbers(state.answers, state.length);
  if (!numbers) throw refuse("is of another size");
  journal.load(numbers);
  const [nit] = state.counts;
  while (watch.nit < nit) {
    const next = method.next();
    if (next.done) throw refuse("goes on beyond the end of its run");
    const ask = next.value;
    if (ask.kind === "call") ask.run();
    else if (ask.kind === "iteration") watch.nit += ask.iterations;
  }
  const { nfev, njev, nhev } = watch;
  if (journal.replaying || state.counts.some((v, k) => v !== [nit, nfev, njev, nhev][k]))
    throw refuse("is of another problem");
}
