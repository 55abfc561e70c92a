// A small modelling layer: a program as text or built with names, answers by name.

import { csrFromTriplets } from "../linalg/csr.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import { checkName, checkSides, checkTerms, declared, wrong } from "./builder-checks.js";
import type { LinearProgram, QuadraticProgram } from "./input.js";
import { type ModelAnswer, ModelResult } from "./model-answer.js";
import { LONE, NO_WHOLE, plain, statementsOf, WHOLE_HINT, wantsWhole } from "./phrases.js";
import { addTo, ExpressionReader, type Polynomial, type Refuse, tokens } from "./polynomial.js";
import { type SolveQPOptions, solveLP, solveLPAsync, solveQP, solveQPAsync } from "./solve.js";

export interface Model {
  readonly sense: "min" | "max";
  readonly names: readonly string[];
  readonly rowNames: readonly string[];
  /** As solveLP or solveQP takes it; a maximum as the minimum of the negative. */
  readonly program: LinearProgram | QuadraticProgram;
  solve(o?: SolveQPOptions): ModelAnswer;
  /** The same; the event loop gets a turn at least every 8 ms. */
  solveAsync(o?: SolveQPOptions): Promise<ModelAnswer>;
}

/**
 * What `model` hands to a function that builds. Terms are coefficients by name: once a variable is declared every one must be, before it is used;
 * without any they are free.
 */
export interface ModelBuilder {
  variable(name: string, bounds?: { lower?: number | undefined; upper?: number | undefined }): string;
  minimize(terms: Readonly<Record<string, number>>, constant?: number): void;
  maximize(terms: Readonly<Record<string, number>>, constant?: number): void;
  constraint(
    name: string,
    terms: Readonly<Record<string, number>>,
    sides: { lower?: number | undefined; upper?: number | undefined; equal?: number | undefined },
  ): void;
}

class Draft {
  sense: "min" | "max" | null = null;
  objective: Polynomial = { constant: 0, linear: new Map(), quadratic: new Map() };
  readonly index = new Map<string, number>();
  readonly lower: number[] = [];
  readonly upper: number[] = [];
  readonly rows: { name: string; terms: Map<string, number>; l: number; u: number }[] = [];

  variable(name: string): number {
    const known = this.index.get(name);
    if (known !== undefined) return known;
    this.lower.push(-Infinity);
    this.upper.push(Infinity);
    this.index.set(name, this.index.size);
    return this.index.size - 1;
  }

  take({ linear, quadratic }: Polynomial): void {
    for (const name of linear.keys()) this.variable(name);
    for (const { a, b } of quadratic.values()) {
      this.variable(a);
      this.variable(b);
    }
  }
}

/**
 * A linear or quadratic program by names: from text, or from a function that builds it. Statements end with ";", a comma or their line:
 * "min ..." or "max ...", constraints "name: 1 <= x + y <= 4" (the name may be left out), bounds "x >= 0". A constraint of one variable
 * without a name is a bound; variables are free otherwise.
 *
 * @throws PARSE with `details.line` and `details.column`; OPTION from a builder.
 * @example
 * const answer = model("max 3x + 5y; a: x <= 4; b: 2y <= 12; c: 3x + 2y <= 18; x >= 0; y >= 0").solve();
 * answer.values; // { x: 2, y: 6 }
 * answer.shadowPrices; // { a: 0, b: 1.5, c: 1 }
 */
export function model(source: string | ((builder: ModelBuilder) => void)): Model {
  const draft = new Draft();
  if (typeof source === "string") readText(source, draft);
  else if (typeof source === "function") {
    const answer: unknown = source(builderOf(draft));
    if (isPromise(answer))
      throw new DownhillError("CALLBACK_RESULT", `model: the builder returned ${quote(answer)}`, {
        hint: "a builder names everything before it returns",
      });
  } else
    throw new DownhillError("OPTION", `model: expected a text or a function, got ${quote(source)}`, {
      details: { option: "source" },
    });
  if (draft.sense === null) {
    throw new DownhillError("PARSE", "model: there is no objective", {
      hint: "begin with min or max",
      details: { line: 1, column: 1 },
    });
  }
  return finish(draft, draft.sense);
}

function builderOf(draft: Draft): ModelBuilder {
  const known = new Set<string>();
  const objective = (sense: "min" | "max", terms: Readonly<Record<string, number>>, constant: number) => {
    const where = sense === "min" ? "model.minimize" : "model.maximize";
    checkTerms(where, terms);
    if (!Number.isFinite(constant)) throw wrong(where, "constant", constant, "a finite number");
    if (draft.sense) throw new DownhillError("OPTION", `${where}: there are two objectives`);
    declared(where, terms, known);
    draft.sense = sense;
    draft.objective = { constant, linear: new Map(Object.entries(terms)), quadratic: new Map() };
    draft.take(draft.objective);
  };
  return {
    variable(name, bounds = {}) {
      checkName("model.variable", name);
      checkKeys("model.variable", bounds, ["lower", "upper"]);
      const { lower = -Infinity, upper = Infinity } = bounds;
      checkSides("model.variable", ["lower", lower], ["upper", upper]);
      if (known.has(name))
        throw wrong("model.variable", "name", name, "another name: this one stands already");
      known.add(name);
      const j = draft.variable(name);
      draft.lower[j] = lower;
      draft.upper[j] = upper;
      return name;
    },
    minimize: (terms, constant = 0) => objective("min", terms, constant),
    maximize: (terms, constant = 0) => objective("max", terms, constant),
    constraint(name, terms, sides) {
      checkName("model.constraint", name);
      checkTerms("model.constraint", terms);
      checkKeys("model.constraint", sides, ["lower", "upper", "equal"]);
      const given = [sides.lower, sides.upper, sides.equal].filter((v) => v !== undefined).length;
      if (given === 0 || (sides.equal !== undefined && given > 1))
        throw wrong("model.constraint", "sides", sides, "lower or upper or both, or equal alone");
      if (draft.rows.some((row) => row.name === name))
        throw new DownhillError("OPTION", `model: two constraints are called ${quote(name)}`, {
          details: { option: "name" },
        });
      declared("model.constraint", terms, known);
      const linear = new Map(Object.entries(terms));
      for (const key of linear.keys()) draft.variable(key);
      const { lower = -Infinity, upper = Infinity, equal } = sides;
      checkSides(
        "model.constraint",
        [equal === undefined ? "lower" : "equal", equal ?? lower],
        ["upper", equal ?? upper],
      );
      draft.rows.push({ name, terms: linear, l: equal ?? lower, u: equal ?? upper });
    },
  };
}

function readText(text: string, draft: Draft): void {
  const refuse: Refuse = (at, message, hint) => {
    const before = text.slice(0, at).split("\n");
    const [line, column] = [before.length, before.at(-1)!.length + 1];
    return new DownhillError("PARSE", `model: line ${line}, column ${column}: ${message}`, {
      ...(hint && { hint }),
      details: { line, column },
    });
  };
  const read = plain(text);
  for (const [from, to] of statementsOf(read)) {
    const statement = read.slice(from, to);
    const blank = statement.length - statement.trimStart().length;
    if (statement.trim() === "") continue;
    readStatement(statement.slice(blank), from + blank, draft, refuse, read.includes(",") ? LONE : undefined);
  }
}

function readStatement(
  statement: string,
  offset: number,
  draft: Draft,
  refuse: Refuse,
  hint: string | undefined,
): void {
  if (wantsWhole(statement)) throw refuse(offset, NO_WHOLE, WHOLE_HINT);
  const head = /^\s*(min|max|minimi[sz]e|maximi[sz]e)\b:?/i.exec(statement);
  if (head) {
    if (draft.sense) throw refuse(offset + head[0].length - head[1]!.length, "there are two objectives");
    const from = head[0].length;
    const reader = new ExpressionReader(
      tokens(statement.slice(from), offset + from, refuse),
      offset + statement.length,
      refuse,
    );
    draft.objective = reader.sum();
    if (reader.next) throw reader.fail(`unexpected ${quote(reader.next.text)}`);
    draft.sense = head[1]!.toLowerCase().startsWith("max") ? "max" : "min";
    draft.take(draft.objective);
    return;
  }
  const named = /^\s*([A-Za-z_][\w.[\]]*)\s*:/.exec(statement);
  const from = named ? named[0].length : 0;
  const reader = new ExpressionReader(
    tokens(statement.slice(from), offset + from, refuse),
    offset + statement.length,
    refuse,
  );
  const parts = [reader.sum()];
  const signs: string[] = [];
  while (reader.next && /^[<>=]/.test(reader.next.text)) {
    signs.push(reader.next.text[0]!);
    reader.at++;
    parts.push(reader.sum());
  }
  if (reader.next) throw reader.fail(`unexpected ${quote(reader.next.text)}`);
  if (signs.length === 0) throw reader.fail("expected <=, >= or =", hint);
  if (parts.some((p) => p.quadratic.size > 0)) throw refuse(offset, "constraints must be linear");
  if (signs.length > 2 || (signs.length === 2 && (signs[0] !== signs[1] || signs[0] === "=")))
    throw refuse(offset, "a constraint has one sign, or two in the same direction");
  addConstraint(draft, named?.[1], parts, signs, refuse, offset);
}

function addConstraint(
  draft: Draft,
  name: string | undefined,
  parts: Polynomial[],
  signs: string[],
  refuse: Refuse,
  offset: number,
): void {
  let [l, u] = [-Infinity, Infinity];
  // 4 <= x + y is x + y >= 4: a number is the side whose price is asked for, wherever it stands.
  const turned = signs.length === 1 && parts[0]!.linear.size === 0 && parts[1]!.linear.size > 0;
  if (turned) parts.reverse();
  const sign = turned ? { "<": ">", ">": "<", "=": "=" }[signs[0]!] : signs[0];
  // Else everything to the left: body = middle or first part minus what stands on the other side.
  const body = signs.length === 2 ? parts[1]! : addTo(parts[0]!, parts[1]!, -1);
  const shift = body.constant;
  body.constant = 0;
  if (signs.length === 2) {
    const [a, b] = [parts[0]!, parts[2]!];
    if (a.linear.size > 0 || b.linear.size > 0)
      throw refuse(offset, "the ends of a double inequality are numbers");
    [l, u] = signs[0] === "<" ? [a.constant, b.constant] : [b.constant, a.constant];
  } else if (sign === "<") u = 0;
  else if (sign === ">") l = 0;
  else l = u = 0;
  l -= shift;
  u -= shift;
  if (!(l <= u)) throw refuse(offset, `no number is at least ${l} and at most ${u}`);
  if (body.linear.size === 0 && !(l <= 0 && u >= 0))
    throw refuse(offset, "this constraint has no variable and does not hold");
  draft.take(body);
  for (const [key, v] of body.linear) if (v === 0) body.linear.delete(key);
  if (name === undefined && body.linear.size === 1) {
    const [[variable, a]] = body.linear as unknown as [[string, number]];
    const j = draft.variable(variable);
    const [lo, up] = a > 0 ? [l / a, u / a] : [u / a, l / a];
    draft.lower[j] = Math.max(draft.lower[j]!, lo);
    draft.upper[j] = Math.min(draft.upper[j]!, up);
    if (draft.lower[j]! > draft.upper[j]!)
      throw refuse(
        offset,
        `no value of ${variable} is left: it is at least ${draft.lower[j]} and at most ${draft.upper[j]}`,
      );
    return;
  }
  const own = name ?? `row${draft.rows.length + 1}`;
  if (draft.rows.some((row) => row.name === own))
    throw refuse(offset, `two constraints are called ${quote(own)}`);
  draft.rows.push({ name: own, terms: body.linear, l, u });
}

function finish(draft: Draft, sense: "min" | "max"): Model {
  const names = [...draft.index.keys()];
  const rowNames = draft.rows.map((row) => row.name);
  const sign = sense === "max" ? -1 : 1;
  const [n, m] = [names.length, rowNames.length];
  const c = new Float64Array(n);
  for (const [name, v] of draft.objective.linear) c[draft.variable(name)] = sign * v;
  const [row, col, value]: [number[], number[], number[]] = [[], [], []];
  draft.rows.forEach(({ terms }, i) => {
    for (const [name, v] of terms) {
      row.push(i);
      col.push(draft.variable(name));
      value.push(v);
    }
  });
  const shared = {
    A: csrFromTriplets({ rows: m, cols: n, row, col, value }),
    l: draft.rows.map(({ l }) => l),
    u: draft.rows.map(({ u }) => u),
    lower: draft.lower,
    upper: draft.upper,
    constant: sign * draft.objective.constant,
    names,
    rowNames,
  };
  const pairs = [...draft.objective.quadratic.values()].filter(({ value }) => value !== 0);
  const P = { row: [] as number[], col: [] as number[], value: [] as number[] };
  for (const { a, b, value: v } of pairs) {
    const [i, j] = [draft.variable(a), draft.variable(b)];
    // x'Px / 2: a square counts twice, a product once in each triangle.
    P.row.push(i, j);
    P.col.push(j, i);
    P.value.push(sign * v, sign * v);
  }
  const program: LinearProgram | QuadraticProgram =
    pairs.length > 0 ? { P: csrFromTriplets({ rows: n, cols: n, ...P }), q: c, ...shared } : { c, ...shared };
  const named = { sense, names, rowNames };
  return {
    ...named,
    program,
    solve: (o = {}) =>
      new ModelResult(named, "P" in program ? solveQP(program, o) : solveLP(program, o as never)),
    solveAsync: async (o = {}) => {
      const solving = "P" in program ? solveQPAsync(program, o) : solveLPAsync(program, o as never);
      return new ModelResult(named, await solving);
    },
  };
}
