// A least-squares run between two iterations as data that survives structuredClone and JSON. A run that continues from it takes
// the same steps, bit for bit.

import * as S from "../abi/least-squares.js";
import { type Pulled, pull } from "../driver/run.js";
import { decodeBase64, encodeBase64 } from "../runtime/base64.js";
import { DownhillError } from "../runtime/errors.js";
import { numbersToText, type Sealed, seal, textToNumbers, unseal } from "../runtime/saved.js";
import type { Workspace } from "../runtime/workspace.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { Settings } from "./settings.js";

const FORMAT = "downhill.least-squares";
const VERSION = 4;
/** Residuals of the same problem differ by rounding at most, as a share of all. */
const SAME = 1e-6;

export interface LeastSquaresState extends Sealed {
  /** With the size of its first step. */
  readonly method: string;
  /** With the scale that was asked for. */
  readonly loss: string;
  readonly m: number;
  readonly n: number;
  readonly layout: string;
  readonly counts: readonly [nit: number, nfev: number, njev: number];
  /** Passes of the loss begun. */
  readonly passes: number;
  readonly started: boolean;
  /** The workspace in base64; whether its vectors of residuals, and its Jacobians, have changed places. */
  readonly memory: string;
  readonly swapped: boolean;
  readonly exchanged: boolean;
  /** The progress, the loss and its scale: the doubles' bits in base64. */
  readonly numbers: string;
  /** What the problem remembers. */
  readonly remembered: string;
}

const NUMBERS = ["fun", "gradNorm", "stepNorm", "gradient", "step", "decrease", "loss", "lossScale"] as const;
/** What a run has of its own: addresses, and the model's. */
const OWN = ["frame", "model", "ldl"] as const;
const BLOCKS = ["block", "columns", "data", "weights", "lower", "upper"] as const;

/** Where a run stands. */
function capture(engine: LeastSquaresEngine) {
  const { solve, watch, workspace, passes } = engine;
  const { at, runtime, ptr, bytes } = workspace;
  return {
    counts: [watch.nit, watch.nfev, watch.njev] as const,
    passes,
    started: solve.started,
    memory: new Uint8Array(runtime.buffer, ptr, bytes).slice(),
    swapped: solve.best.ptr !== at.best,
    exchanged: solve.frameSlots[S.F_J] !== at.J,
    numbers: NUMBERS.map((name) => solve[name]),
    remembered: (engine.input.problem.memory ?? []).flatMap((part) => [...part]),
  };
}

const methodOf = ({ method }: Settings): string => `${method.name} ${method.factor}`;
const lossOf = ({ loss, lossScale }: Settings): string => `${loss} ${lossScale}`;

export function saveState(
  { settings, solve, workspace }: LeastSquaresEngine,
  { memory, numbers, remembered, ...others }: ReturnType<typeof capture>,
): LeastSquaresState {
  return seal(FORMAT, VERSION, {
    method: methodOf(settings),
    loss: lossOf(settings),
    m: solve.m,
    n: solve.n,
    layout: workspace.key.replace(/ model \d+/, " model"),
    ...others,
    memory: encodeBase64(memory),
    numbers: numbersToText(numbers),
    remembered: numbersToText(remembered),
  });
}

/** Whether the problem has other residuals at the point of the state than it holds: another model or data, or parameters in another order. */
function differs({ solve, input }: LeastSquaresEngine): boolean {
  const { view } = solve.best;
  const here = new Float64Array(view.length);
  input.problem.residuals(solve.x, here);
  let [away, size] = [0, 0];
  for (let i = 0; i < here.length; i++) {
    away += (here[i]! - view[i]!) * (here[i]! - view[i]!);
    size += view[i]! * view[i]!;
  }
  // Where the model has no numbers at all, it is another.
  return !(away <= SAME * SAME * size);
}

/** Puts a new run where the saved one was; SNAPSHOT when the state is of another run, or damaged. */
export function loadState(engine: LeastSquaresEngine, given: LeastSquaresState): void {
  const { solve, watch, settings, workspace } = engine;
  // The vectors of a model lie in it too.
  const all: Workspace = workspace;
  const { at, f64, i32, runtime, ptr, bytes } = all;
  const refuse = (why: string): DownhillError =>
    new DownhillError("SNAPSHOT", `${watch.where}: the state ${why}`, {
      hint: "give the same model, data, parameters, bounds, method and loss as the run it was saved from; limits and tolerances may change",
    });
  const state = unseal<LeastSquaresState>(watch.where, given, FORMAT, VERSION);
  const layout = workspace.key.replace(/ model \d+/, " model");
  if (state.method !== methodOf(settings) || state.loss !== lossOf(settings))
    throw refuse(`is of ${state.method} with the loss ${state.loss}`);
  if (state.m !== solve.m || state.n !== solve.n || state.layout !== layout)
    throw refuse(`is of ${state.m} residuals and ${state.n} parameters, or of other options`);
  const memory = decodeBase64(state.memory);
  const numbers = textToNumbers(state.numbers, NUMBERS.length);
  const parts = engine.input.problem.memory ?? [];
  const remembered = textToNumbers(
    state.remembered,
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  if (memory?.length !== bytes || !numbers || !remembered) throw refuse("is of another size");
  // Taken before the first iteration: there is nothing to go on from but the start itself.
  if (state.passes === 0) return;
  const own = OWN.map((name) => i32[name]?.slice());
  const blocks = BLOCKS.map((name) => f64[name]?.slice());
  new Uint8Array(runtime.buffer, ptr, bytes).set(memory);
  OWN.forEach((name, k) => {
    if (own[k]) i32[name]!.set(own[k]);
  });
  BLOCKS.forEach((name, k) => {
    const mine = blocks[k];
    if (name !== "block" && mine?.some((value, i) => !Object.is(value, f64[name]![i])))
      throw refuse("has other data or bounds");
    if (mine) f64[name]!.set(mine);
  });
  if (state.swapped !== (solve.best.ptr !== at.best)) [solve.best, solve.other] = [solve.other, solve.best];
  solve.frameSlots[S.F_BEST] = solve.best.ptr;
  solve.frameSlots[S.F_OTHER] = solve.other.ptr;
  if (state.exchanged) {
    solve.frameSlots[S.F_J_TRIAL] = at.J!;
    solve.frameSlots[S.F_J] = at.J2!;
  }
  NUMBERS.forEach((name, i) => {
    solve[name] = numbers[i]!;
  });
  const remember = (): void => {
    let at = 0;
    for (const part of parts) {
      part.set(remembered.subarray(at, at + part.length));
      at += part.length;
    }
  };
  remember();
  if (state.started && differs(engine)) throw refuse("has other residuals at its point");
  // The look was a call more.
  remember();
  // What may be given anew: limits and tolerances.
  const { gradTol, stepTol, funTol, target } = solve.tolerances;
  const { s } = solve;
  s[S.S_GRAD_TOL] = gradTol;
  s[S.S_STEP_TOL] = stepTol;
  s[S.S_FUN_TOL] = funTol;
  s[S.S_TARGET] = target;
  s[S.S_MAX_NIT] = watch.maxIterations;
  s[S.S_MAX_NFEV] = watch.maxEvaluations;
  solve.started = state.started;
  [watch.nit, watch.nfev, watch.njev] = state.counts;
  engine.goOn(state.passes);
}

/** The run as its caller pulls it, from its start or from where a saved one stood. */
export function pullEngine<Out>(
  engine: LeastSquaresEngine<Out>,
  resume: LeastSquaresState | undefined,
): Pulled<Out, LeastSquaresState> {
  const whole = engine as LeastSquaresEngine;
  engine.pulled = true;
  // The end of a run works in its memory: a run that goes on from its last iteration goes on from before that.
  let last: ReturnType<typeof capture> | null = null;
  engine.ending = () => {
    last = capture(whole);
  };
  engine.save = () => saveState(whole, last ?? capture(whole));
  try {
    if (resume !== undefined) loadState(whole, resume);
    return pull(engine, engine.resumed);
  } catch (error) {
    engine.release();
    throw error;
  }
}
