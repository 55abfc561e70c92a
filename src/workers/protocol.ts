// Messages between a pool and its threads.

import type { ManyAnswer, ManyData, ManyShape } from "../expressions/job.js";
import type { ValuesAnswer, ValuesJob } from "../global/pool.js";
import { DownhillError, type ErrorCode } from "../runtime/errors.js";
import type { ChainAnswer, ChainJob } from "../sampling/chain-job.js";

/** What a thread can be asked for, by kind: what goes in, what comes out. */
export interface Work {
  readonly fits: {
    readonly in: { readonly shape: ManyShape; readonly data: ManyData };
    readonly out: ManyAnswer;
  };
  readonly values: { readonly in: ValuesJob; readonly out: ValuesAnswer };
  readonly chains: { readonly in: ChainJob; readonly out: ChainAnswer };
}
export type Kind = keyof Work;

export type Request = {
  [K in Kind]: { readonly id: number; readonly kind: K; readonly input: Work[K]["in"] };
}[Kind];

/** `ready`: the thread has loaded its script. */
export type Reply =
  | { readonly ready: true }
  | ({ readonly id: number } & ({ readonly answer: Work[Kind]["out"] } | { readonly error: Refusal }));

interface Refusal {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An error as data: classes do not survive the way. */
export function describeError(error: unknown): Refusal {
  if (error instanceof DownhillError) {
    const { code, hint, details } = error;
    const message = hint ? error.message.slice(0, -` (${hint})`.length) : error.message;
    return {
      code,
      message,
      hint: hint ?? "",
      details: Object.fromEntries(Object.entries(details).filter(([, v]) => plain(v))),
    };
  }
  return { code: null, message: String((error as Error | null)?.message ?? error), hint: "", details: {} };
}

const plain = (value: unknown): boolean =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

export function remakeError({ code, message, hint, details }: Refusal): Error {
  return code ? new DownhillError(code, message, { hint, details }) : new Error(message);
}

/** The buffers of an answer or of copied data, which change hands instead of being copied. */
export function buffersOf(values: object): ArrayBuffer[] {
  const buffers = Object.values(values)
    .filter((value) => ArrayBuffer.isView(value))
    .map(({ buffer }) => buffer as ArrayBuffer);
  return [...new Set(buffers)];
}
