// The normal equations of a model in one pass, without its Jacobian: function `normal` (m, x, ldx, p, out, sums, y, work).
// out: the residuals r = (f - y) w. sums: for each pair i >= j of parameters (0,0) (1,0) (1,1) ... a vector to which
// J_i J_j is added, then for each i one to which J_i r is added; even points go to the first lane, odd ones to the second.
// Where the weights w are wanted, the second word of the work block says how many bytes after y they stand.

import { type EmitOptions, type Emitted, emit } from "./emit.js";
import type { GraphNode } from "./graph.js";
import { type LoopContext, loadPoints, type Reduction, type Sink, storePoints } from "./loop.js";
import * as LOOP from "./loop-params.js";
import { type Program, triangle } from "./program.js";
import * as SIMD from "./simd.js";
import type { ExpressionWriter } from "./write-expression.js";

/** Vectors of sums over n parameters. */
export const normalSums = (n: number): number => (n * (n + 1)) / 2 + n;

class Normal implements Sink {
  readonly weight: number | undefined;
  readonly #columns: readonly number[];
  readonly #sums: readonly number[];

  constructor(
    readonly context: LoopContext,
    readonly writer: ExpressionWriter,
    readonly roots: readonly GraphNode[],
    weighted: boolean,
  ) {
    const { body } = context;
    if (weighted) this.weight = body.v128Local();
    this.#columns = roots.map(() => body.v128Local());
    this.#sums = Array.from({ length: normalSums(roots.length - 1) }, () => body.v128Local());
    for (const root of roots) writer.use(root);
  }

  begin(): void {
    const { body } = this.context;
    this.#sums.forEach((sum, i) => {
      body.get(LOOP.jac);
      body.memory(SIMD.load, 16 * i);
      body.set(sum);
    });
  }

  store(): void {
    const { context, writer, roots } = this;
    const { body, odd, relaxed } = context;
    if (roots.length === 0) return;
    const [residual, ...columns] = this.#columns as [number, ...number[]];
    writer.push(roots[0] as GraphNode);
    body.get(LOOP.ldj);
    loadPoints(body, odd);
    body.simd(SIMD.sub);
    if (this.weight !== undefined) {
      body.get(LOOP.ldj);
      body.get(LOOP.work);
      body.i32Load(4);
      body.i32Add();
      loadPoints(body, odd);
      body.tee(this.weight);
      body.simd(SIMD.mul);
    }
    body.set(residual);
    body.get(LOOP.out);
    body.get(residual);
    storePoints(body, odd);
    columns.forEach((column, i) => {
      writer.push(roots[i + 1] as GraphNode);
      if (this.weight !== undefined) {
        body.get(this.weight);
        body.simd(SIMD.mul);
      }
      if (odd) body.firstLane();
      body.set(column);
    });
    // A factor 1 (the derivative by an additive constant) need not be multiplied with; at an odd end it is a mask.
    const one = roots.findIndex(({ op, value }) => op === "const" && value === 1);
    const unit = odd || this.weight !== undefined ? -1 : (this.#columns[one] ?? -1);
    const pairs = triangle(columns.length).map(([i, j]) => [columns[i], columns[j]] as [number, number]);
    const products = [...pairs, ...columns.map((column): [number, number] => [column, residual])];
    products.forEach(([a, b], i) => {
      const sum = this.#sums[i]!;
      const alone = a === unit || b === unit;
      const fused = relaxed && !alone;
      if (!fused) body.get(sum);
      body.get(a === unit ? b : a);
      if (!alone) body.get(b);
      if (fused) body.get(sum);
      else if (!alone) body.simd(SIMD.mul);
      body.simd(fused ? SIMD.madd : SIMD.add);
      body.set(sum);
    });
    body.advance(LOOP.out, 16);
    body.advance(LOOP.ldj, 16);
  }

  end(): void {
    const { body } = this.context;
    this.#sums.forEach((sum, i) => {
      body.get(LOOP.jac);
      body.get(sum);
      body.memory(SIMD.store, 16 * i);
    });
  }
}

/** The function for these derivatives. */
export function emitNormal(
  { value, first }: Pick<Program, "value" | "first">,
  weighted: boolean,
  options: EmitOptions = {},
): Emitted {
  const reduction: Reduction = {
    sums: (context, writer, roots) => new Normal(context, writer, roots, weighted),
  };
  return emit(
    [{ name: "normal", roots: [value, ...first], sink: "normal", targets: [], reduction }],
    options,
  );
}
