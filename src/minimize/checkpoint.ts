// Checkpoints: everything of a run between two iterations, as data that survives structuredClone and JSON. A run that
// continues from one takes the same steps, bit for bit.

import { DownhillError } from "../runtime/errors.js";
import type { Engine } from "./engine.js";

export interface MinimizeState {
  readonly format: "downhill.minimize";
  readonly version: 1;
  readonly method: string;
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly n: number;
  readonly layout: string;
  readonly counts: readonly [nit: number, nfev: number, njev: number, nhev: number];
  /** The workspace in base64; whether its second point is the current one, and whether the kept one is the best. */
  readonly memory: string;
  readonly swapped: boolean;
  readonly keptIsBest: boolean;
  /** f at the current point, the trial and the kept one, then the progress: the doubles' bits in base64. */
  readonly numbers: string;
  /** What a first-order rule keeps beside. */
  readonly carried: unknown;
}

const NUMBERS = ["fun", "gradNorm", "stepNorm", "gradient", "step", "decrease", "scale", "size"] as const;
/** String.fromCharCode takes its bytes as arguments. */
const CHUNK = 8192;

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  }
  return btoa(text);
}

function decode(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

const memoryOf = ({ workspace }: Engine): Uint8Array =>
  new Uint8Array(workspace.runtime.buffer, workspace.ptr, workspace.bytes);

export function saveState(engine: Engine): MinimizeState {
  const { solve, monitor, input, workspace } = engine;
  const { here, there, kept } = solve;
  const numbers = Float64Array.of(here.f, there.f, kept.f, ...NUMBERS.map((name) => solve[name]));
  return {
    format: "downhill.minimize",
    version: 1,
    method: input.method.name,
    options: input.method.options,
    n: solve.n,
    layout: workspace.key,
    counts: [monitor.nit, monitor.nfev, monitor.njev, monitor.nhev],
    memory: encode(memoryOf(engine)),
    swapped: here.x !== solve.view("x"),
    keptIsBest: solve.x === kept.x,
    numbers: encode(new Uint8Array(numbers.buffer)),
    carried: solve.carry?.() ?? null,
  };
}

function refuse(why: string): DownhillError {
  return new DownhillError("SNAPSHOT", `iterate: the state ${why}`, {
    hint: "give the same objective, x0, method and bounds as the run it was saved from",
  });
}

/** The memory and the numbers; SNAPSHOT when they are damaged. */
function contents(state: MinimizeState): [memory: Uint8Array, numbers: Float64Array] {
  const { memory, numbers, counts } = state;
  try {
    const values = new Float64Array(decode(numbers).buffer);
    const whole = values.length === 3 + NUMBERS.length && counts.length === 4;
    if (whole && counts.every((count) => Number.isInteger(count) && count >= 0))
      return [decode(memory), values];
  } catch {
    // Not base64, or not there.
  }
  throw refuse("is damaged");
}

/** Puts a new engine where the saved one was; SNAPSHOT when the state is of another run. */
export function loadState(engine: Engine, state: MinimizeState): void {
  const { solve, monitor, input, workspace } = engine;
  if (typeof state !== "object" || state === null || state.format !== "downhill.minimize")
    throw refuse("is not one of minimize");
  if (state.version !== 1) throw refuse(`has version ${state.version}, this is version 1`);
  if (state.method !== input.method.name || state.n !== solve.n || state.layout !== workspace.key)
    throw refuse(`is of ${state.method} in ${state.n} variables, with other options or bounds`);
  const options = input.method.options;
  if (JSON.stringify(state.options) !== JSON.stringify(options))
    throw refuse("has other options of its method");
  const [memory, numbers] = contents(state);
  if (memory.length !== workspace.bytes) throw refuse("is of another size");
  memoryOf(engine).set(memory);
  const { box } = input;
  for (const side of ["lower", "upper"] as const) {
    if (box && solve.view(side).some((v, j) => v !== box[side][j])) throw refuse("has other bounds");
  }
  if (state.swapped !== (solve.here.x !== solve.view("x")))
    [solve.here, solve.there] = [solve.there, solve.here];
  const { here, there, kept } = solve;
  [here.f, there.f, kept.f] = numbers as unknown as [number, number, number];
  NUMBERS.forEach((name, i) => {
    solve[name] = numbers[3 + i] as number;
  });
  solve.at = here;
  solve.x = state.keptIsBest ? kept.x : here.x;
  // Taken before the first iteration, it holds the start, not evaluated yet.
  solve.fresh = state.counts[1] === 0;
  solve.started = !solve.fresh;
  solve.carried = state.carried;
  [monitor.nit, monitor.nfev, monitor.njev, monitor.nhev] = state.counts;
}
