// Checkpoints: everything of a run between two iterations, as data that survives structuredClone and JSON. A run that
// continues from one takes the same steps, bit for bit.

import { S_COUNT, S_HEAD } from "../abi/smooth.js";
import { decodeBase64, encodeBase64 } from "../runtime/base64.js";
import { DownhillError } from "../runtime/errors.js";
import { numbersToText, type Sealed, seal, textToNumbers, unseal } from "../runtime/saved.js";
import type { Minimisation } from "./minimisation.js";

const FORMAT = "downhill.minimize";
const VERSION = 6;

export interface MinimizeState extends Sealed {
  readonly method: string;
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly n: number;
  /** 1, or -1 for a maximisation, and the typical sizes. */
  readonly view: readonly number[];
  readonly layout: string;
  readonly counts: readonly [nit: number, nfev: number, njev: number, nhev: number];
  /** The workspace in base64; whether its second point is the current one, and whether the kept one is the best. */
  readonly memory: string;
  readonly swapped: boolean;
  readonly keptIsBest: boolean;
  /** f at the current point, the trial and the kept one, then the progress, and 1 where the Hessian is held: the doubles' bits in base64. */
  readonly numbers: string;
  /** What a first-order rule keeps beside. */
  readonly carried: unknown;
}

const NUMBERS = [
  "fun",
  "gradNorm",
  "stepNorm",
  "gradient",
  "step",
  "decrease",
  "scale",
  "error",
  "noise",
  "firstGradient",
  "firstValue",
] as const;

const memoryOf = ({ workspace }: Minimisation): Uint8Array =>
  new Uint8Array(workspace.runtime.buffer, workspace.ptr, workspace.bytes);

const viewOf = ({ input: { view } }: Minimisation): number[] => [view?.sign ?? 1, ...(view?.sizes ?? [])];

export function saveState(run: Minimisation): MinimizeState {
  const { solve, watch, input, workspace } = run;
  const { here, there, kept, s } = solve;
  // Where the gradient met its tolerance there is no next direction: whoever continues with a smaller one starts a new model.
  if (solve.gradient <= solve.tolerances.gradTol) s[S_COUNT] = s[S_HEAD] = 0;
  return seal(FORMAT, VERSION, {
    method: input.method.name,
    options: input.method.options,
    n: solve.n,
    view: viewOf(run),
    layout: workspace.key,
    counts: [watch.nit, watch.nfev, watch.njev, watch.nhev] as const,
    memory: encodeBase64(memoryOf(run)),
    swapped: here.x !== solve.view("x"),
    keptIsBest: solve.x === kept.x,
    numbers: numbersToText([
      here.f,
      there.f,
      kept.f,
      ...NUMBERS.map((name) => solve[name]),
      Number(solve.curved),
    ]),
    carried: solve.carry?.state() ?? null,
  });
}

/** Puts a new run where the saved one was; SNAPSHOT when the state is of another run, or damaged. */
export function loadState(run: Minimisation, given: MinimizeState): void {
  const { solve, watch, input, workspace } = run;
  const refuse = (why: string): DownhillError =>
    new DownhillError("SNAPSHOT", `${input.where}: the state ${why}`, {
      hint: "give the same objective, x0, method and bounds as the run it was saved from",
    });
  const state = unseal<MinimizeState>(input.where, given, FORMAT, VERSION);
  if (state.method !== input.method.name || state.n !== solve.n || state.layout !== workspace.key)
    throw refuse(`is of ${state.method} in ${state.n} variables, with other options or bounds`);
  const options = input.method.options;
  if (JSON.stringify(state.options) !== JSON.stringify(options))
    throw refuse("has other options of its method");
  if (JSON.stringify(state.view) !== JSON.stringify(viewOf(run)))
    throw refuse("was saved with another scale or maximize");
  const memory = decodeBase64(state.memory);
  const numbers = textToNumbers(state.numbers, 4 + NUMBERS.length);
  if (memory?.length !== workspace.bytes || !numbers) throw refuse("is of another size");
  memoryOf(run).set(memory);
  const { box } = input;
  for (const side of ["lower", "upper"] as const) {
    if (box && solve.view(side).some((v, j) => v !== box[side][j])) throw refuse("has other bounds");
  }
  if (state.swapped !== (solve.here.x !== solve.view("x")))
    [solve.here, solve.there] = [solve.there, solve.here];
  const { here, there, kept } = solve;
  [here.f, there.f, kept.f] = numbers as unknown as [number, number, number];
  NUMBERS.forEach((name, i) => {
    solve[name] = numbers[3 + i]!;
  });
  // A run that is over already looks at its claim without having begun.
  solve.curved = numbers[3 + NUMBERS.length] === 1;
  solve.at = here;
  solve.x = state.keptIsBest ? kept.x : here.x;
  // Taken before the first iteration, it holds the start, not evaluated yet.
  solve.fresh = state.counts[1] === 0;
  solve.started = !solve.fresh;
  solve.carried = state.carried;
  [watch.nit, watch.nfev, watch.njev, watch.nhev] = state.counts;
}
