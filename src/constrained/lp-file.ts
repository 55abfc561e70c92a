// Reading LP files (CPLEX's format, which HiGHS, Gurobi, SCIP and glpsol write): sections, names, ranges, bounds, integers. Line and column
// of whatever is no such file.

import { csrFromTriplets } from "../linalg/csr.js";
import { DownhillError } from "../runtime/errors.js";
import type { MPSProgram } from "./mps.js";

interface Token {
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** It is the first of its line. */
  readonly first: boolean;
}

type Section = "min" | "max" | "rows" | "bounds" | "general" | "binary" | "end";

/** Words that begin a section where they stand first in a line; those of two words are joined by a blank. */
const SECTIONS: Readonly<Record<string, Section | "other">> = {
  ...words("min", "minimize minimise minimum min"),
  ...words("max", "maximize maximise maximum max"),
  "subject to": "rows",
  "such that": "rows",
  ...words("rows", "st s.t. st."),
  ...words("bounds", "bounds bound"),
  ...words("general", "general generals gen integer integers int"),
  ...words("binary", "binary binaries bin"),
  ...words("other", "semi-continuous semis semi sos sos1 sos2"),
  end: "end",
};

function words(section: Section | "other", names: string): Record<string, Section | "other"> {
  return Object.fromEntries(names.split(" ").map((name) => [name, section]));
}

const PATTERN =
  /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(semi-continuous|[A-Za-z_!"#$%&(),;?@'`{}~][\w.!"#$%&(),;?@'`{}~/[\]]*)|(<=|=<|>=|=>|[-+*/^<>=:[\]])|(\s+)|(.)/gy;

class LpReader {
  readonly #tokens: Token[] = [];
  readonly #index = new Map<string, number>();
  readonly #c: number[] = [];
  readonly #lower: number[] = [];
  readonly #upper: number[] = [];
  readonly #l: number[] = [];
  readonly #u: number[] = [];
  readonly #rowNames: string[] = [];
  readonly #triplets = { row: [] as number[], col: [] as number[], value: [] as number[] };
  readonly #integer = new Set<number>();
  readonly #lines: number;
  #constant = 0;
  #at = 0;

  constructor(text: string) {
    const lines = text.split(/\r?\n/);
    this.#lines = lines.length;
    lines.forEach((whole, i) => {
      const line = whole.replace(/\\.*$/, "");
      let first = true;
      for (const m of line.matchAll(PATTERN)) {
        if (m[4] !== undefined) continue;
        const at = { line: i + 1, column: m.index + 1 };
        if (m[5] !== undefined) throw refusal(at, `unexpected ${JSON.stringify(m[5])}`);
        const kind = m[1] !== undefined ? "number" : m[2] !== undefined ? "name" : "sign";
        this.#tokens.push({ kind, text: m[0], ...at, first });
        first = false;
      }
    });
  }

  #refuse(message: string, token = this.#tokens[this.#at]): DownhillError {
    return refusal(token ?? { line: this.#lines, column: 1 }, message);
  }

  /** The section that begins here, and how many words name it. */
  #section(): { section: Section | "other"; words: number } | null {
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
    for (let begun: string | null = null; this.#at < this.#tokens.length; ) {
      const found = this.#section();
      if (!found)
        throw this.#refuse(
          begun
            ? `unexpected ${JSON.stringify(this.#tokens[this.#at]!.text)}`
            : "expected minimize or maximize",
        );
      const { section } = found;
      if (section === "other")
        throw new DownhillError(
          "UNSUPPORTED",
          `readLP: line ${this.#tokens[this.#at]!.line}: section ${this.#tokens[this.#at]!.text}`,
        );
      if ((begun === null) !== (section === "min" || section === "max"))
        throw this.#refuse(begun === null ? "expected minimize or maximize" : "a second objective");
      this.#at += found.words;
      begun = section;
      if (section === "end") break;
      if (section === "min" || section === "max") {
        sense = section;
        this.#objective();
      }
      while (this.#at < this.#tokens.length && !this.#section()) {
        if (section === "rows") this.#row();
        else if (section === "bounds") this.#bound();
        else if (section === "general" || section === "binary") this.#marked(section === "binary");
        else throw this.#refuse(`unexpected ${JSON.stringify(this.#tokens[this.#at]!.text)}`);
      }
    }
    if (sense === null) throw this.#refuse("expected minimize or maximize");
    if (this.#at < this.#tokens.length) throw this.#refuse("nothing may follow end");
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
    };
  }

  #variable(name: string): number {
    const known = this.#index.get(name);
    if (known !== undefined) return known;
    this.#index.set(name, this.#c.length);
    this.#lower.push(0);
    this.#upper.push(Infinity);
    return this.#c.push(0) - 1;
  }

  /** "name :" if it is there. */
  #label(): string | null {
    if (this.#tokens[this.#at + 1]?.text !== ":" || this.#tokens[this.#at]!.kind === "sign") return null;
    const name = this.#tokens[this.#at]!.text;
    this.#at += 2;
    return name;
  }

  /** Terms up to a relation, a section or the end; `constant` is the sum of the numbers without a variable. */
  #terms(): { terms: Map<number, number>; constant: number } {
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
      let sign = 1;
      for (; token && (token.text === "+" || token.text === "-"); token = this.#tokens[++this.#at])
        if (token.text === "-") sign = -sign;
      let value: number | null = null;
      if (token?.kind === "number") {
        value = Number(token.text);
        token = this.#tokens[++this.#at];
      }
      if (token?.kind === "name" && !this.#section() && this.#tokens[this.#at + 1]?.text !== ":") {
        const infinite = /^inf(inity)?$/i.test(token.text);
        this.#at++;
        if (infinite && value === null) constant += sign * Infinity;
        else {
          const j = this.#variable(token.text);
          terms.set(j, (terms.get(j) ?? 0) + sign * (value ?? 1));
        }
      } else if (value !== null) constant += sign * value;
      else throw this.#refuse(`expected a term, got ${JSON.stringify(token?.text ?? "the end")}`, token);
    }
  }

  #number(start: Token | undefined): number {
    let sign = 1;
    let token = this.#tokens[this.#at];
    for (; token && (token.text === "+" || token.text === "-"); token = this.#tokens[++this.#at])
      if (token.text === "-") sign = -sign;
    const infinite = token?.kind === "name" && /^inf(inity)?$/i.test(token.text);
    if (token?.kind === "name" && !infinite && !this.#section())
      throw this.#refuse("expected variables on one side, and numbers on the others", start);
    if (token?.kind !== "number" && !infinite) throw this.#refuse("expected a number");
    this.#at++;
    return sign * (infinite ? Infinity : Number(token!.text));
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
  #sides(): { terms: Map<number, number>; l: number; u: number } {
    const start = this.#tokens[this.#at];
    const parts = [this.#terms()];
    const relations: ("<" | ">" | "=")[] = [];
    for (let relation = this.#relation(); relation; relation = this.#relation()) {
      relations.push(relation);
      // What follows the variables is one number: the next row may have no name.
      const known = parts.some(({ terms }) => terms.size > 0);
      parts.push(known ? { terms: new Map(), constant: this.#number(start) } : this.#terms());
    }
    const middle = parts.length === 3 ? 1 : parts[0]!.terms.size > 0 ? 0 : 1;
    const numbers = parts.every(({ terms }, k) => k === middle || terms.size === 0);
    if (relations.length === 0) throw this.#refuse("expected <=, >= or =");
    if (relations.length > 2 || !numbers || parts[middle]!.terms.size === 0)
      throw this.#refuse("expected variables on one side, and numbers on the others", start);
    let [l, u] = [-Infinity, Infinity];
    const shift = parts[middle]!.constant;
    parts.forEach(({ constant }, k) => {
      if (k === middle) return;
      const relation = relations[Math.min(k, middle)]!;
      // number < variables is variables > number.
      const above = k > middle ? relation === "<" : relation === ">";
      if (relation === "=" || above) u = Math.min(u, constant - shift);
      if (relation === "=" || !above) l = Math.max(l, constant - shift);
    });
    return { terms: parts[middle]!.terms, l, u };
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
    if (token.kind === "name" && /^free$/i.test(next?.text ?? "")) {
      this.#at += 2;
      const j = this.#variable(token.text);
      this.#lower[j] = -Infinity;
      this.#upper[j] = Infinity;
      return;
    }
    const { terms, l, u } = this.#sides();
    const [entry] = terms;
    if (terms.size !== 1 || entry![1] !== 1) throw this.#refuse("a bound is of one variable", token);
    const j = entry![0];
    if (l > -Infinity || token.text === "-") this.#lower[j] = l;
    if (u < Infinity) this.#upper[j] = u;
  }

  #marked(binary: boolean): void {
    const token = this.#tokens[this.#at]!;
    if (token.kind !== "name") throw this.#refuse(`expected a variable, got ${JSON.stringify(token.text)}`);
    this.#at++;
    const j = this.#variable(token.text);
    this.#integer.add(j);
    if (!binary) return;
    this.#lower[j] = 0;
    this.#upper[j] = 1;
  }
}

function refusal({ line, column }: { line: number; column: number }, message: string): DownhillError {
  return new DownhillError("PARSE", `readLP: line ${line}, column ${column}: ${message}`, {
    details: { line, column },
  });
}

/**
 * Reads a linear program from the text of an LP file. Variables are >= 0 unless Bounds says otherwise; a maximum is read as the minimum
 * of the negative, and `sense` says so.
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
