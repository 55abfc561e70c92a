// What every result has: how the run ended, its counts, its warnings, a report in words and itself as data.

import type { Variant } from "../runtime/rooms.js";
import { isBrief, plain, type ReportStyle, short } from "./report.js";
import type { End, Iteration } from "./task.js";
import type { Warning } from "./types.js";
import type { Watch } from "./watch.js";

/** The version of what `toJSON` writes; a report of another version is refused by whoever reads it. */
export const REPORT_VERSION = 1;

const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A class as a plain interface: what is private to it does not hinder a value of the same shape. */
export type Shape<T> = { readonly [K in keyof T]: T[K] };

export interface Origin {
  /** What the run was: "minimum", "fit", "linear solution" ... */
  readonly kind: string;
  readonly method: string;
  readonly variant: Variant;
  readonly warnings?: readonly Warning[] | undefined;
}

export abstract class Answer<E extends End = End> {
  readonly status: E["status"];
  readonly reason: E["reason"];
  /** The run reached what it was for: its status is "converged", or the room's own word for it. */
  readonly success: boolean;
  /** Iterations; evaluations. */
  readonly nit: number;
  readonly nfev: number;
  readonly elapsedMs: number;
  readonly method: string;
  readonly variant: Variant;
  readonly warnings: readonly Warning[];
  /** Every iteration, with `trace: true`. */
  declare readonly trace?: readonly Iteration[];
  readonly #kind: string;

  constructor(end: E, watch: Watch, { kind, method, variant, warnings = [] }: Origin) {
    this.status = end.status;
    this.reason = end.reason;
    this.success = end.status === "converged" || end.status === "solved" || end.status === "completed";
    this.nit = watch.nit;
    this.nfev = watch.nfev;
    this.elapsedMs = watch.elapsedMs;
    this.method = method;
    this.variant = variant;
    this.warnings = warnings;
    if (watch.trace) this.trace = watch.trace;
    this.#kind = kind;
  }

  /** How it ended, in a sentence. */
  abstract get message(): string;
  /** What the one line says beside the outcome: "f = 1.2e-9, 21 iterations". */
  protected abstract get brief(): string;
  /** The blocks of the report between the outcome and the warnings. */
  protected abstract get blocks(): readonly Block[];

  /** One line (`"brief"` or `{ style: "brief" }`), or every block. */
  report(style: ReportStyle = {}): string {
    const outcome = `${this.status}/${this.reason}`;
    if (isBrief(style)) return `${this.method}: ${outcome}, ${this.brief}, ${short(this.elapsedMs, 3)} ms`;
    const [first, ...others] = this.blocks;
    const head: readonly Row[] = [
      ["method", `${this.method} (${this.variant})`],
      ["outcome", outcome],
      ["message", this.message],
    ];
    const tail: Row[] = [["elapsed", `${short(this.elapsedMs, 3)} ms`]];
    const warned = this.warnings.map(({ code, message }) => `    ${code}: ${message}`);
    const blocks: Block[] = [
      { title: first?.title ?? this.#kind, rows: [...head, ...(first?.rows ?? []), ...tail] },
      ...others,
      ...(warned.length > 0 ? [{ title: "Warnings", lines: warned }] : []),
    ];
    return blocks.map(written).join("\n");
  }

  /** Data only, typed arrays as arrays; `kind` and `version` name the schema. */
  toJSON(): Record<string, unknown> {
    return { kind: this.#kind, version: REPORT_VERSION, ...plain({ ...this, message: this.message }) };
  }

  toString(): string {
    return this.report("brief");
  }

  /** What `console.log` shows in Node. */
  [inspect](): string {
    return this.report("brief");
  }
}

export type Row = readonly [name: string, value: string | number];

/** A part of a report: rows of name and value, or lines as they are. */
export interface Block {
  readonly title: string;
  readonly rows?: readonly Row[] | undefined;
  readonly lines?: readonly string[] | undefined;
}

function written({ title, rows = [], lines = [] }: Block): string {
  const pairs = rows.map(([name, value]) => `    ${name.padEnd(24)} = ${value}`);
  return [`[[${title}]]`, ...pairs, ...lines].join("\n");
}
