// The one error class. Bad input throws it before any work; not converging is a result, never an error.

import { forget, isPromise } from "./promises.js";

export type ErrorCode =
  | "SHAPE"
  | "OPTION"
  | "NON_FINITE_INPUT"
  | "CALLBACK_RESULT"
  | "REENTRANT"
  | "OUT_OF_MEMORY"
  | "DISPOSED"
  | "NOT_POSITIVE_DEFINITE"
  | "NOT_SYMMETRIC"
  | "SINGULAR"
  | "EXPRESSION"
  | "SNAPSHOT"
  | "DETACHED_INPUT"
  | "ALIASED"
  | "WASM_BLOCKED"
  | "UNSUPPORTED"
  | "POOL_FAILED"
  | "PARSE";

/** What an error carries beside code and message. */
export interface ErrorExtras {
  hint?: string | undefined;
  details?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** Frames that are looked at for the caller's. */
const DEEP = 60;

/**
 * `code` is stable, `message` quotes the value received, `hint` says what to do, `details` is for programs.
 *
 * @example
 * try {
 *   solve([[1, 2], [2, 4]], [1, 1]);
 * } catch (error) {
 *   error instanceof DownhillError && error.code; // "SINGULAR"
 * }
 */
export class DownhillError extends Error {
  readonly code: ErrorCode;
  /** What to do; absent where there is nothing to say. It stands in the message, too. */
  declare readonly hint?: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { hint = "", details = {}, cause }: ErrorExtras = {}) {
    // Our frames may fill the ten that an engine keeps.
    const { stackTraceLimit } = Error;
    Reflect.set(Error, "stackTraceLimit", DEEP);
    super(hint ? `${message} (${hint})` : message, cause === undefined ? undefined : { cause });
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
    this.name = "DownhillError";
    this.code = code;
    // Not enumerable: the message has it, and nobody wants to read it twice.
    if (hint) Object.defineProperty(this, "hint", { value: hint });
    this.details = details;
    if (this.stack) this.stack = fromCaller(this.stack, message, stackTraceLimit);
  }
}

/** The stack without our own frames: it begins at who called the public function that the message names. */
function fromCaller(stack: string, message: string, limit = 10): string {
  const name = /\w+(?=:)/.exec(message)?.[0];
  const frame = new RegExp(`^ *(at .*\\b)?${name}( \\[.*)?[ @]`);
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => /^ +at |^\S*@/.test(line));
  for (let i = lines.length - 2; i >= first && first >= 0; i--) {
    if (frame.test(lines[i]!)) {
      lines.splice(first, i - first + 1);
      break;
    }
  }
  return lines.slice(0, first < 0 ? undefined : first + limit).join("\n");
}

/**
 * A value as it is quoted in messages: short, and unmistakable in type. What is quoted was refused, so nobody will wait for it:
 * a promise is let go of here, once for every room.
 */
export function quote(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (Object.is(value, -0)) return "-0";
  if (value === null || typeof value !== "object") return String(value);
  if (isPromise(value)) {
    forget(value);
    return "a Promise";
  }
  if (Array.isArray(value)) return `Array of length ${value.length}`;
  const kind = value.constructor?.name ?? "Object";
  if (ArrayBuffer.isView(value) && "length" in value) return `${kind} of length ${value.length}`;
  if (kind !== "Object") return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
  return `an object with keys ${Object.keys(value).slice(0, 6).join(", ") || "(none)"}`;
}
