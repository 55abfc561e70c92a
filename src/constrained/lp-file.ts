// Reading LP files (CPLEX's format, which HiGHS, Gurobi, SCIP and glpsol write): sections, names, ranges, bounds, integers. Line and column
// of whatever is no such file.

import { csrFromTriplets } from "../linalg/csr.js";
import { DownhillError } from "../runtime/errors.js";
import { free, infinite, refusal, SECTIONS, type Section, type Word, wordsOf } from "./lp-words.js";
import type { MPSProgram } from "./mps.js";
import { relaxed } from "./mps-fields.js";

const NO_SENSE = "expected minimize or maximize (model(text) reads other forms)";

class LpReader {
  readonly #tokens: readonly Word[];
  readonly #index = new Map<string, number>();
  readonly #c: number[] = [];
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  readonly #l: number[] = [];
  readonly #u: number[] = [];
  readonly #rowNames: string[] = [];
  readonly #triplets = { row: [] as number[], col: [] as number[], value: [] as number[] };
  readonly #integer = new Set<number>();
  /** Sides of variables that stand in Bounds, and where. */
  readonly #bounded = new Map<string, Word>();
  readonly #labels = new Set<string>();
  readonly #lines: number;
  #constant = 0;
  #at = 0;

  constructor(text: string) {
    const { words, lines } = wordsOf(text);
    this.#tokens = words;
    this.#lines = lines;
  }

  #refuse(message: string, token = this.#tokens[this.#at]): DownhillError {
    return refusal(token ?? { line: this.#lines, column: 1 }, message);
  }

  /** The section that begins here, and how many words name it. */
  #section(): { section: Section; words: number } | null {
    const token = this.#tokens[this.#at];
    const next = this.#tokens[this.#at + 1];
    if (!token?.first || token.kind !== "name" || next?.text === ":") return null;
    const one = token.text.toLowerCase();
    const two = next ? `${one} ${next.text.toLowerCase()}` : one;
    if (Object.hasOwn(SECTIONS, two)) return { section: SECTIONS[two]!, words: 2 };
    return Object.hasOwn(SECTIONS, one) ? { section: SECTIONS[one]!, words: 1 } : null;
  }

  read(): MPSProgram {
    let sense: "min" | "max" | null = null;
    const seen = new Set<Section>();
    for (let begun: string | null = null; this.#at < this.#tokens.length; ) {
      const found = this.#section();
      if (!found)
        throw this.#refuse(begun ? `unexpected ${JSON.stringify(this.#tokens[this.#at]!.text)}` : NO_SENSE);
      const { section } = found;
      if (section === "other")
        throw new DownhillError(
          "UNSUPPORTED",
          `readLP: line ${this.#tokens[this.#at]!.line}: section ${this.#tokens[this.#at]!.text}`,
        );
      if ((begun === null) !== (section === "min" || section === "max"))
        throw this.#refuse(begun === null ? NO_SENSE : "a second objective");
      if (section === "rows" && seen.size > 1)
        throw this.#refuse("the constraints stand once, before the bounds and the kinds of variables");
      seen.add(section);
      this.#at += found.words;
      begun = section;
      if (section === "end") break;
      if (section === "min" || section === "max") {
        sense = section;
        this.#objective();
      }
      for (let begin = true; this.#at < this.#tokens.length && !this.#section(); begin = false) {
        const word = this.#tokens[this.#at]!;
        const labelled = this.#tokens[this.#at + 1]?.text === ":";
        if (!begin && !word.first && !labelled && (section === "rows" || section === "bounds"))
          throw this.#refuse(`unexpected ${JSON.stringify(word.text)}`);
        if (section === "rows") this.#row();
        else if (section === "bounds") this.#bound();
        else if (section === "general" || section === "binary") this.#marked(section === "binary");
        else throw this.#refuse(`unexpected ${JSON.stringify(this.#tokens[this.#at]!.text)}`);
      }
    }
    if (sense === null) throw this.#refuse(NO_SENSE);
    if (!seen.has("end")) throw this.#refuse("the file ends without End", undefined);
    if (this.#at < this.#tokens.length) throw this.#refuse("nothing may follow end");
    this.#checkBounds();
    const sign = sense === "max" ? -1 : 1;
    const A = csrFromTriplets({ rows: this.#l.length, cols: this.#c.length, ...this.#triplets });
    return {
      name: "",
      sense,
      c: Float64Array.from(this.#c, (v) => sign * v),
      constant: sign * this.#constant,
      A,
      l: Float64Array.from(this.#l),
      u: Float64Array.from(this.#u),
      lower: Float64Array.from(this.#lower),
      upper: Float64Array.from(this.#upper),
      names: [...this.#index.keys()],
      rowNames: this.#rowNames,
      integer: [...this.#integer].sort((a, b) => a - b),
      warnings: relaxed(this.#integer.size),
    };
  }

  #checkBounds(): void {
    for (const [j, name] of [...this.#index.keys()].entries()) {
      const [lower, upper] = [this.#lower[j]!, this.#upper[j]!];
      const place = this.#bounded.get(`upper ${j}`) ?? this.#bounded.get(`lower ${j}`);
      if (lower > upper)
        throw this.#refuse(
          `the bounds of ${JSON.stringify(name)} contradict each other: ${lower} and ${upper}`,
          place,
        );
    }
  }

  /** `known`: it must stand in the objective or a row. */
  #variable(word: Word, known = false): number {
    const name = word.text;
    const old = this.#index.get(name);
    if (old !== undefined) return old;
    if (known)
      throw this.#refuse(
        `there is no variable ${JSON.stringify(name)} in the objective or the constraints`,
        word,
      );
    if (infinite(word) || free(word))
      throw this.#refuse(`${JSON.stringify(name)} is no name of a variable`, word);
    this.#index.set(name, this.#c.length);
    this.#lower.push(0);
    this.#upper.push(Infinity);
    return this.#c.push(0) - 1;
  }

  /** "name :" if it is there. */
  #label(): string | null {
    if (this.#tokens[this.#at + 1]?.text !== ":" || this.#tokens[this.#at]!.kind === "sign") return null;
    const word = this.#tokens[this.#at]!;
    if (word.kind === "number")
      throw this.#refuse(`expected the name of a row, got ${JSON.stringify(word.text)}`, word);
    if (this.#labels.has(word.text))
      throw this.#refuse(`row ${JSON.stringify(word.text)} stands here twice`, word);
    this.#labels.add(word.text);
    this.#at += 2;
    return word.text;
  }

  /** Terms up to a relation, a section or the end; `constant` is the sum of the numbers without a variable. `known`: no new variables. `right`: on the right
   * of a relation, where a new line without a sign begins something new. */
  #terms(known = false, right = false): { terms: Map<number, number>; constant: number } {
    const terms = new Map<number, number>();
    let constant = 0;
    for (let begun = false; ; begun = true) {
      let token = this.#tokens[this.#at];
      if (!token || this.#section() || /^[<>=]/.test(token.text)) {
        return { terms, constant };
      }
      if (token.text === "[") {
        throw new DownhillError("UNSUPPORTED", `readLP: line ${token.line}: a quadratic expression`, {
          hint: "use readQPS or model",
        });
      }
      // A new row begins where a label does.
      if (begun && this.#tokens[this.#at + 1]?.text === ":") return { terms, constant };
      if (begun && right && token.first && !/^[-+]$/.test(token.text)) return { terms, constant };
      const last = this.#tokens[this.#at - 1];
      if (begun && token.first && last?.first && last.kind === "name")
        throw this.#refuse(`unknown section ${JSON.stringify(last.text)}`, last);
      if (begun && !/^[-+]$/.test(token.text))
        throw this.#refuse(`expected + or - or a relation, got ${JSON.stringify(token.text)}`, token);
      let sign = 1;
      for (; token && (token.text === "+" || token.text === "-"); token = this.#tokens[++this.#at])
        if (token.text === "-") sign = -sign;
      let value: number | null = null;
      if (token?.kind === "number") {
        value = Number(token.text);
        token = this.#tokens[++this.#at];
      }
      if (token?.kind === "name" && !this.#section() && this.#tokens[this.#at + 1]?.text !== ":") {
        this.#at++;
        if (infinite(token) && value === null) constant += sign * Infinity;
        else {
          const j = this.#variable(token, known);
          terms.set(j, (terms.get(j) ?? 0) + sign * (value ?? 1));
        }
      } else if (value !== null) constant += sign * value;
      else throw this.#refuse(`expected a term, got ${JSON.stringify(token?.text ?? "the end")}`, token);
    }
  }

  #number(start: Word | undefined): number {
    let sign = 1;
    let token = this.#tokens[this.#at];
    for (; token && (token.text === "+" || token.text === "-"); token = this.#tokens[++this.#at])
      if (token.text === "-") sign = -sign;
    if (token?.kind === "name" && !infinite(token) && !this.#section())
      throw this.#refuse("expected variables on one side, and numbers on the others", start);
    if (token?.kind !== "number" && !infinite(token)) throw this.#refuse("expected a number");
    this.#at++;
    return sign * (infinite(token) ? Infinity : Number(token!.text));
  }

  #relation(): "<" | ">" | "=" | null {
    const text = this.#tokens[this.#at]?.text ?? "";
    if (!/^[<>=]/.test(text)) return null;
    this.#at++;
    return text.includes("<") ? "<" : text.includes(">") ? ">" : "=";
  }

  #objective(): void {
    this.#label();
    const { terms, constant } = this.#terms();
    this.#constant = constant;
    for (const [j, v] of terms) this.#c[j] = v;
  }

  /** Two or three sides of relations: the one with variables, and what bounds it from below and above. */
  #sides(bound = false): {
    terms: Map<number, number>;
    l: number;
    u: number;
    below: boolean;
    above: boolean;
  } {
    const start = this.#tokens[this.#at];
    const parts = [this.#terms(bound)];
    const relations: ("<" | ">" | "=")[] = [];
    for (let relation = this.#relation(); relation; relation = this.#relation()) {
      relations.push(relation);
      // What follows the variables is one number: the next row may have no name.
      const known = parts.some(({ terms }) => terms.size > 0);
      parts.push(known ? { terms: new Map(), constant: this.#number(start) } : this.#terms(bound, true));
    }
    const middle = parts.length === 3 ? 1 : parts[0]!.terms.size > 0 ? 0 : 1;
    const numbers = parts.every(({ terms }, k) => k === middle || terms.size === 0);
    if (relations.length === 0) {
      const next = this.#tokens.indexOf(start!) + 1;
      if (start?.first && start.kind === "name" && this.#tokens[next]?.first !== false)
        throw this.#refuse(`unknown section ${JSON.stringify(start.text)}`, start);
      throw this.#refuse("expected <=, >= or =");
    }
    if (relations.length === 2 && (relations[0] !== relations[1] || relations[0] === "="))
      throw this.#refuse("two relations must be both <= or both >=", start);
    if (relations.length > 2 || !numbers || parts[middle]!.terms.size === 0)
      throw this.#refuse("expected variables on one side, and numbers on the others", start);
    let [l, u] = [-Infinity, Infinity];
    // Which sides stand here, infinite ones too.
    const given = { below: false, above: false };
    const shift = parts[middle]!.constant;
    parts.forEach(({ constant }, k) => {
      if (k === middle) return;
      const relation = relations[Math.min(k, middle)]!;
      // number < variables is variables > number.
      const above = k > middle ? relation === "<" : relation === ">";
      if (relation === "=" || above) {
        given.above = true;
        u = Math.min(u, constant - shift);
      }
      if (relation === "=" || !above) {
        given.below = true;
        l = Math.max(l, constant - shift);
      }
    });
    if (!(l <= u) || l === Infinity || u === -Infinity)
      throw this.#refuse(`no number is at least ${l} and at most ${u}`, start);
    return { terms: parts[middle]!.terms, l, u, ...given };
  }

  #row(): void {
    const name = this.#label();
    const { terms, l, u } = this.#sides();
    const i = this.#l.push(l) - 1;
    this.#u.push(u);
    this.#rowNames.push(name ?? `R${i + 1}`);
    for (const [j, v] of terms) {
      this.#triplets.row.push(i);
      this.#triplets.col.push(j);
      this.#triplets.value.push(v);
    }
  }

  #bound(): void {
    const [token, next] = [this.#tokens[this.#at]!, this.#tokens[this.#at + 1]];
    if (token.kind === "name" && free(next)) {
      this.#at += 2;
      const j = this.#variable(token, true);
      this.#set(j, "lower", -Infinity, token);
      this.#set(j, "upper", Infinity, token);
      return;
    }
    const { terms, l, u, below, above } = this.#sides(true);
    const [entry] = terms;
    if (terms.size !== 1 || entry![1] !== 1) throw this.#refuse("a bound is of one variable", token);
    const j = entry![0];
    if (below) this.#set(j, "lower", l, token);
    if (above) this.#set(j, "upper", u, token);
  }

  #set(j: number, side: "lower" | "upper", v: number, word: Word): void {
    if (this.#bounded.has(`${side} ${j}`))
      throw this.#refuse(
        `the ${side} bound of ${JSON.stringify([...this.#index.keys()][j])} stands here twice`,
        word,
      );
    this.#bounded.set(`${side} ${j}`, word);
    (side === "lower" ? this.#lower : this.#upper)[j] = v;
  }

  #marked(binary: boolean): void {
    const token = this.#tokens[this.#at]!;
    if (token.kind !== "name") throw this.#refuse(`expected a variable, got ${JSON.stringify(token.text)}`);
    this.#at++;
    const j = this.#variable(token, true);
    this.#integer.add(j);
    if (!binary) return;
    this.#lower[j] = 0;
    this.#upper[j] = 1;
  }
}

/**
 * Reads a linear program from the text of an LP file. Variables are >= 0 unless Bounds says otherwise; a maximum is read as the minimum
 * of the negative, and `sense` says so. Variables that are to be integer are read as real, which `warnings` says.
 *
 * @throws PARSE with `details.line` and `details.column` (from 1); UNSUPPORTED for quadratic, semi-continuous and SOS parts.
 * @example
 * const program = readLP("maximize\n 3 x + 5 y\nsubject to\n a: x <= 4\n b: 2 y <= 12\n c: 3 x + 2 y <= 18\nend");
 * solveLP(program).x; // [2, 6]
 */
export function readLP(text: string): MPSProgram {
  if (typeof text !== "string")
    throw new DownhillError("OPTION", "readLP: expected the text of a file", { details: { option: "text" } });
  return new LpReader(text).read();
}
