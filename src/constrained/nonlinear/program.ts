// compileProgram: a nonlinear program from text, with exact first and second derivatives of everything. Rows that are linear
// become linear rows, and a linear row of one variable without a name becomes its bound.

import { byName } from "../../minimize/by-name.js";
import { checkNames } from "../../models/check-names.js";
import { functionTable } from "../../models/elementary.js";
import { objectiveEvaluator } from "../../models/evaluate.js";
import type { Syntax, Tree } from "../../models/parse.js";
import { program as programOf } from "../../models/program.js";
import { deciding } from "../../models/structure.js";
import { expressionError } from "../../models/tokens.js";
import { chosenRuntime } from "../../runtime/default.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { takeList } from "../../runtime/lists.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkKeys, optionError } from "../../runtime/options.js";
import type { Runtime } from "../../runtime/runtime.js";
import { brand, type CompiledProgram } from "./compiled.js";
import { append, Lagrangian } from "./lagrangian.js";
import type { ConstraintParts } from "./problem.js";
import { readStatements, type Statement, treeOf } from "./statements.js";

export interface ProgramTextOptions {
  /** Names of the variables, in the order of x. Default: every name of the text, x1, x2 ... by their numbers, others in the order of first occurrence. */
  params?: readonly string[] | undefined;
  runtime?: Runtime | undefined;
}

interface LinearRow {
  readonly name: string;
  /** Of the statement that it is of. */
  readonly at: number;
  readonly a: Float64Array;
  readonly l: number;
  readonly u: number;
}

interface NonlinearRow {
  readonly name: string;
  readonly tree: Tree;
  /** c(x) falls as the number of the text rises: -1. */
  readonly sign: 1 | -1;
}

const TURNED = { "<=": ">=", ">=": "<=", "==": "==" } as const;

/** Both sides as trees; a number on the left goes to the right. */
function numberRight({ left: a, right: b, ...rest }: Statement, params: readonly string[]) {
  const [left, right] = [treeOf(a, params), treeOf(b, params)];
  const varies = ({ nodes }: Tree) => nodes.some(({ kind }) => kind === "param");
  if (varies(left) || !varies(right)) return { ...rest, left, right };
  return { ...rest, relation: TURNED[rest.relation], left: right, right: left };
}

/** left - right. */
function difference(left: Tree, right: Tree, sign: 1 | -1): Tree {
  const nodes: Syntax[] = [];
  const a = append(nodes, sign > 0 ? left : right);
  const b = append(nodes, sign > 0 ? right : left);
  nodes.push({ kind: "binary", op: "-", a, b });
  return { ...left, nodes };
}

/**
 * Compiles a program such as
 * `compileProgram("min (x - 1)^2 + y^2; product: x*y >= 1; 0 <= x <= 3; x + y == 2.5")`. Statements end with `;`, a constraint
 * may have a name, `=` stands for `==`, and comments begin with `#` or two slashes. Give it to `minimizeConstrained` in
 * place of f: its constraints come with it. A linear row stands as it is written, with its number on the right; a nonlinear one as
 * c(x) >= 0 or c(x) = 0, the difference of its sides.
 *
 * @throws DownhillError EXPRESSION with position and caret; OPTION for bad names.
 * @example
 * const p = compileProgram("min (x - 1)^2 + y^2; x*y >= 1");
 * minimizeConstrained(p, { x: 2, y: 2 }).values; // { x: 1.32..., y: 0.75... }
 */
export function compileProgram(text: string, options: ProgramTextOptions = {}): CompiledProgram {
  const where = "compileProgram";
  checkKeys(where, options, ["params", "runtime"]);
  const { maximize, objective, constraints, names } = readStatements(text);
  const params = options.params === undefined ? names : readParams(where, options.params);
  checkNames(where, { variables: [], params });
  if (params.length === 0) throw expressionError(text, 0, "the program has no variables");
  const n = params.length;
  const runtime = chosenRuntime(options.runtime);
  const f = treeOf(objective, params);
  const equality: NonlinearRow[] = [];
  const inequality: NonlinearRow[] = [];
  const linear: LinearRow[] = [];
  const lower = new Float64Array(n).fill(-Infinity);
  const upper = new Float64Array(n).fill(Infinity);
  const table = functionTable(runtime);

  /** a'x + b where the row is linear in x. */
  const asLinear = (tree: Tree): { a: Float64Array; b: number } | null => {
    const code = programOf(tree, 2);
    if (code.second.some(({ op, value }) => op !== "const" || value !== 0)) return null;
    if (deciding(code.value, ...code.first).size > 0) return null;
    const a = new Float64Array(n);
    const b = objectiveEvaluator(code, table).gradient(1, [], 1, new Float64Array(n), a);
    return a.every(Number.isFinite) && Number.isFinite(b) ? { a, b } : null;
  };

  const take = (statement: Statement): void => {
    const { name, at, left, relation, right } = numberRight(statement, params);
    const row = asLinear(difference(left, right, 1));
    if (!row) {
      // left - right, turned so that it is = 0 or >= 0.
      const sign = relation === "<=" ? -1 : 1;
      (relation === "==" ? equality : inequality).push({ name, tree: difference(left, right, sign), sign });
      return;
    }
    const [from, to] = [relation !== "<=", relation !== ">="];
    const touched = [...row.a.keys()].filter((j) => row.a[j] !== 0);
    if (touched.length === 0) {
      if ((!from || row.b >= 0) && (!to || row.b <= 0)) return;
      throw expressionError(text, at, "this constraint has no variable and does not hold");
    }
    const j = touched[0]!;
    if (touched.length === 1 && name === "") {
      const edge = 0 - row.b / row.a[j]!;
      if (row.a[j]! > 0 ? from : to) lower[j] = Math.max(lower[j]!, edge);
      if (row.a[j]! > 0 ? to : from) upper[j] = Math.min(upper[j]!, edge);
      if (lower[j]! > upper[j]!)
        throw expressionError(
          text,
          at,
          `no value of ${params[j]} is left: ${lower[j]} <= ${params[j]} <= ${upper[j]}`,
        );
      return;
    }
    const side = 0 - row.b;
    const [l, u] = [from ? side : -Infinity, to ? side : Infinity];
    // a <= g(x) <= b is one row.
    const last = linear.at(-1);
    if (last?.at === at && last.a.every((v, k) => v === row.a[k]) && l <= last.u && u >= last.l)
      linear[linear.length - 1] = { ...last, l: Math.max(l, last.l), u: Math.min(u, last.u) };
    else linear.push({ name, at, a: row.a, l, u });
  };
  constraints.forEach(take);

  const nonlinear = [...equality, ...inequality];
  const turned = maximize ? negative(f) : f;
  const lagrangian = new Lagrangian(
    text,
    params,
    turned,
    nonlinear.map(({ tree }) => tree),
    options.runtime,
  );
  const group = (first: number, count: number): ConstraintParts | null =>
    count === 0 ? null : rowsOf(lagrangian, first, count);
  const eq = group(0, equality.length);
  const ineq = group(equality.length, inequality.length);
  const program: CompiledProgram = {
    source: text,
    params,
    maximize,
    rowNames: {
      equality: equality.map(({ name }) => name),
      inequality: inequality.map(({ name }) => name),
      linear: linear.map(({ name }) => name),
    },
    priceSigns: {
      equality: equality.map(({ sign }) => sign),
      inequality: inequality.map(({ sign }) => sign),
      linear: linear.map(() => 1),
    },
    objective: {
      fun(x) {
        lagrangian.values(x);
        return lagrangian.f;
      },
      grad(x, out) {
        lagrangian.derivatives(x, 1, null);
        lagrangian.slope(out);
      },
      hess(x, out) {
        lagrangian.derivatives(x, 1, null);
        lagrangian.hessian(1, out);
      },
    },
    ...(eq ? { equality: eq } : {}),
    ...(ineq ? { inequality: ineq } : {}),
    ...(linear.length > 0
      ? {
          linear: {
            A: { rows: linear.length, cols: n, data: Float64Array.from(linear.flatMap(({ a }) => [...a])) },
            l: linear.map(({ l }) => l),
            u: linear.map(({ u }) => u),
          },
        }
      : {}),
    bounds: { lower, upper },
    point: (x) => readPoint(params, x),
    dispose: () => lagrangian.compiled.dispose(),
    ...(typeof Symbol.dispose === "symbol" ? { [Symbol.dispose]: () => lagrangian.compiled.dispose() } : {}),
  } as CompiledProgram;
  return brand(program);
}

function rowsOf(lagrangian: Lagrangian, first: number, count: number): ConstraintParts {
  const all = new Float64Array(lagrangian.m);
  return {
    count,
    fun(x, out) {
      lagrangian.values(x);
      for (let i = 0; i < count; i++) out[i] = lagrangian.row(first + i);
    },
    jacobian(x, out) {
      lagrangian.derivatives(x, 1, null);
      lagrangian.jacobian(first, count, out);
    },
    hess(x, weights, out) {
      all.fill(0);
      all.set(weights.subarray(0, count), first);
      lagrangian.derivatives(x, 0, all);
      lagrangian.hessian(-1, out);
    },
  };
}

function negative(tree: Tree): Tree {
  return { ...tree, nodes: [...tree.nodes, { kind: "negate", a: tree.nodes.length - 1 }] };
}

function readParams(where: string, given: unknown): readonly string[] {
  const names = takeList(where, "params", given, "an array of names");
  if (names.some((name) => typeof name !== "string"))
    throw optionError(where, "params", given, "an array of names");
  return names as string[];
}

function readPoint(
  params: readonly string[],
  x: ArrayLike<number> | Readonly<Record<string, number>>,
): Float64Array {
  if (typeof x !== "object" || x === null || "length" in x) {
    return copyNumbers("minimizeConstrained", "x0", x, params.length);
  }
  const values = x as Readonly<Record<string, number>>;
  return Float64Array.from(byName("minimizeConstrained: x0", values, params), (v, i) => {
    const name = params[i]!;
    if (typeof v === "number") return v;
    throw new DownhillError("OPTION", `minimizeConstrained: x0.${name} must be a number, got ${quote(v)}`, {
      details: { option: `x0.${name}`, value: v },
    });
  });
}
