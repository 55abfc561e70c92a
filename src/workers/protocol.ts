// Messages between a pool and its threads.

import type { ManyAnswer, ManyData, ManyShape } from "../expressions/job.js";
import { DownhillError, type ErrorCode } from "../runtime/errors.js";

export interface Request {
  readonly id: number;
  readonly shape: ManyShape;
  readonly data: ManyData;
}

/** `ready`: the thread has loaded its script. */
export type Reply =
  | { readonly ready: true }
  | ({ readonly id: number } & ({ readonly answer: ManyAnswer } | { readonly error: Refusal }));

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
      hint,
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
