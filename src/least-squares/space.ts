// The memory of one solve: one workspace, carved into the vectors that the kernels find through the frame.

import * as S from "../abi/least-squares.js";
import { type DifferenceMemory, differenceVectors } from "../driver/differences.js";
import type { Workspace, WorkspaceSpec } from "../runtime/workspace.js";
import { room } from "../wasm/least-squares.js";
import type { FitSolve, Residuals } from "./method.js";

/** Vectors of a model that the core evaluates. */
export interface SolveVectors<F extends string = string, I extends string = string> {
  readonly key: string;
  readonly f64: Readonly<Record<F, number>>;
  readonly i32: Readonly<Record<I, number>>;
}

/** What only some solves need room for. */
export interface Parts {
  readonly robust: boolean;
  readonly bounded: boolean;
  readonly differences: boolean;
}

/** The vectors of a solve; they are counted only when no workspace of this key lies ready. */
export class FitLayout<F extends string = never, I extends string = never>
  implements WorkspaceSpec<SolveVector | F, never, SolveIntVector | I>
{
  readonly key: string;
  readonly #m: number;
  readonly #n: number;
  readonly #parts: Parts;
  readonly #work: number;
  readonly #more: SolveVectors<F, I> | undefined;

  /** `work`: bytes that the kernels work in. */
  constructor(m: number, n: number, work: number, parts: Parts, more?: SolveVectors<F, I>) {
    const { robust, bounded, differences } = parts;
    this.key = `leastSquares ${m}x${n}${robust ? " robust" : ""}${bounded ? " bounded" : ""}${differences ? " differences" : ""}${more?.key ?? ""}`;
    this.#more = more;
    this.#m = m;
    this.#n = n;
    this.#parts = parts;
    this.#work = work;
  }

  get f64(): Record<SolveVector | F, number> {
    const m = this.#m;
    const n = this.#n;
    const { robust, bounded, differences } = this.#parts;
    const f64: { [name in SolveVector]?: number } = { state: S.STATE_SLOTS };
    for (const name of VECTORS) f64[name] = n;
    Object.assign(f64, { norms: 2 * n, A: n * n, L: n * n, M: n * n, R: (n + 1) * n, T: (n + 1) * n });
    if (bounded) Object.assign(f64, { lower: n, upper: n });
    Object.assign(f64, { best: m, other: m, keptRes: m, J: m * n, JT: m * (n + 1) });
    f64.work = Math.ceil(this.#work / 8);
    if (robust) f64.weighted = m;
    if (differences) Object.assign(f64, { at: n, a: m, b: m }, differenceVectors(n));
    return { ...f64, ...this.#more?.f64 } as Record<SolveVector | F, number>;
  }

  get i32(): Record<SolveIntVector | I, number> {
    const n = this.#n;
    return { frame: S.FRAME_SLOTS, free: n, free0: n, perm: n, side: n, ...this.#more?.i32 } as Record<
      SolveIntVector | I,
      number
    >;
  }
}

/** n numbers each. */
export const VECTORS = [
  "x",
  "trial",
  "before",
  "p",
  "g",
  "d",
  "w",
  "held",
  "gf",
  "s",
  "y",
  "e",
  "tau",
  "box",
  "gn",
  "span",
  "influence",
  "start",
  "kept",
] as const;

/** Of a solve; some only where they are needed: bounds, weights of a robust loss, what differences take. */
export type SolveVector =
  | (typeof VECTORS)[number]
  | "state"
  | "norms"
  | "A"
  | "L"
  | "M"
  | "R"
  | "T"
  | "lower"
  | "upper"
  | "best"
  | "other"
  | "keptRes"
  | "J"
  | "JT"
  | "work"
  | "weighted"
  | "at"
  | "a"
  | "b"
  | keyof DifferenceMemory;
export type SolveIntVector = "frame" | "free" | "free0" | "perm" | "side";
export type SolveSpace = Workspace<SolveVector, never, SolveIntVector>;

const FRAME: Readonly<Record<number, SolveVector | SolveIntVector>> = {
  [S.F_X]: "x",
  [S.F_TRIAL]: "trial",
  [S.F_P]: "p",
  [S.F_G]: "g",
  [S.F_D]: "d",
  [S.F_A]: "A",
  [S.F_L]: "L",
  [S.F_LOWER]: "lower",
  [S.F_UPPER]: "upper",
  [S.F_FREE]: "free",
  [S.F_FREE0]: "free0",
  [S.F_W]: "w",
  [S.F_HELD]: "held",
  [S.F_GF]: "gf",
  [S.F_S]: "s",
  [S.F_R]: "R",
  [S.F_T]: "T",
  [S.F_M]: "M",
  [S.F_Y]: "y",
  [S.F_E]: "e",
  [S.F_TAU]: "tau",
  [S.F_NORMS]: "norms",
  [S.F_PERM]: "perm",
  [S.F_JT]: "JT",
  [S.F_WORK]: "work",
  [S.F_J]: "J",
  [S.F_RES]: "best",
  [S.F_BOX]: "box",
  [S.F_SIDE]: "side",
  [S.F_GN]: "gn",
  [S.F_SPAN]: "span",
  [S.F_BEST]: "best",
  [S.F_OTHER]: "other",
  [S.F_BEFORE]: "before",
  [S.F_WEIGHTED]: "weighted",
  [S.F_INFLUENCE]: "influence",
  [S.F_START]: "start",
  [S.F_KEPT]: "kept",
  [S.F_KEPT_RES]: "keptRes",
};

const prepared = new WeakMap<object, FitSolve>();

/** Views and addresses of a workspace; made once, as a workspace that comes back from the free-list still has them. */
export function solveIn(workspace: SolveSpace, m: number, n: number): FitSolve {
  return prepared.get(workspace) ?? makeSolve(workspace, m, n);
}

function makeSolve(workspace: SolveSpace, m: number, n: number): FitSolve {
  const { f64, i32, at, runtime } = workspace;
  const view = (name: SolveVector) => f64[name];
  const address = (name: SolveVector | SolveIntVector) => at[name];
  const residuals = (name: SolveVector): Residuals => ({ view: view(name), ptr: address(name) });
  const frame = i32.frame;
  for (let slot = 0; slot < S.FRAME_SLOTS; slot++) frame[slot] = at[FRAME[slot]!] ?? 0;
  const solve: FitSolve = {
    m,
    n,
    kernels: runtime.kernels(room),
    frame: address("frame"),
    frameSlots: frame,
    state: address("state"),
    s: view("state"),
    x: view("x"),
    trial: view("trial"),
    jacobian: address("J"),
    method: S.LEVENBERG_MARQUARDT,
    factor: 1,
    loss: S.LINEAR,
    lossScale: 1,
    tolerances: { gradTol: 0, stepTol: 0, funTol: 0, target: -Infinity },
    best: residuals("best"),
    other: residuals("other"),
    at: view("x"),
    started: false,
    fun: Infinity,
    gradNorm: NaN,
    stepNorm: 0,
    gradient: Infinity,
    step: Infinity,
    decrease: Infinity,
  };
  prepared.set(workspace, solve);
  return solve;
}
