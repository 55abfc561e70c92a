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
export type Shape<T> = { readonly [K in keyof T as K extends string ? K : never]: T[K] };

export interface Origin {
  /** What the result is, as the schema names it: "minimum", "fit", "linearSolution" ... */
  readonly kind: string;
  readonly method: string;
  readonly variant: Variant;
  /** Default: none. Null: whoever comes after says them. */
  readonly warnings?: readonly Warning[] | null | undefined;
}

/** What reports itself: in a line, in blocks, as data. */
export abstract class Reported {
  /** The run reached what it was for: its status is "converged", or the room's own word for it. */
  abstract readonly success: boolean;
  readonly elapsedMs: number;
  readonly method: string;
  readonly variant: Variant;
  readonly warnings!: readonly Warning[];
  readonly #kind: string;

  constructor(elapsedMs: number, { kind, method, variant, warnings = [] }: Origin) {
    this.elapsedMs = elapsedMs;
    this.method = method;
    this.variant = variant;
    this.#kind = kind;
    if (warnings) this.warnings = warnings;
  }

  /** How it ended, in a sentence. */
  abstract get message(): string;
  /** How it ended, in a word or two. */
  protected abstract get outcome(): string;
  /** What the one line says beside the outcome: "f = 1.2e-9, 21 iterations". */
  protected abstract get brief(): string;
  /** The blocks of the report between the outcome and the warnings; the first has the outcome at its head. */
  protected abstract get blocks(): readonly [Block, ...Block[]];

  // A getter, so that `const { report } = result` works, and a result still survives structuredClone.
  /** One line (`"brief"` or `{ style: "brief" }`), or every block. */
  get report(): (style?: ReportStyle) => string {
    return (style = {}) => {
      const elapsed = `${short(this.elapsedMs, 3)} ms`;
      if (isBrief(style)) return `${this.method}: ${this.outcome}, ${this.brief}, ${elapsed}`;
      const [first, ...others] = this.blocks;
      const head: readonly Row[] = [
        ["method", `${this.method} (${this.variant})`],
        ["outcome", this.outcome],
        ["message", this.message],
      ];
      const warned = this.warnings.map(({ code, message }) => `    ${code}: ${message}`);
      const blocks: Block[] = [
        { ...first, rows: [...head, ...(first.rows ?? []), ["elapsed", elapsed]] },
        ...others,
        ...(warned.length > 0 ? [{ title: "Warnings", lines: warned }] : []),
      ];
      return blocks.map(written).join("\n");
    };
  }

  /** Data only, typed arrays as arrays; `kind` and `version` name the schema, which is `downhill/report.schema.json`. */
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

/** The answer of one run. */
export abstract class Answer<E extends End = End> extends Reported {
  readonly status: E["status"];
  readonly reason: E["reason"];
  readonly success: boolean;
  /** Iterations; evaluations. */
  readonly nit: number;
  readonly nfev: number;
  /** Every iteration, with `trace: true`. */
  declare readonly trace?: readonly Iteration[];

  constructor(end: E, watch: Watch, origin: Origin) {
    super(watch.elapsedMs, origin);
    this.status = end.status;
    this.reason = end.reason;
    this.success = end.status === "converged" || end.status === "solved" || end.status === "completed";
    this.nit = watch.nit;
    this.nfev = watch.nfev;
    if (watch.trace) this.trace = watch.trace;
  }

  protected get outcome(): string {
    return `${this.status}/${this.reason}`;
  }
}

export type Row = readonly [name: string, value: string | number];

/** A part of a report: rows of name and value, or lines as they are. */
export interface Block {
  readonly title: string;
  /** Behind the title. */
  readonly note?: string | undefined;
  readonly rows?: readonly Row[] | undefined;
  readonly lines?: readonly string[] | undefined;
}

function written({ title, note, rows = [], lines = [] }: Block): string {
  const pairs = rows.map(([name, value]) => `    ${name.padEnd(24)} = ${value}`);
  return [`[[${title}]]${note ? ` (${note})` : ""}`, ...pairs, ...lines].join("\n");
}
