// Writes graph nodes as f64x2 code. A node is computed where it is first needed; it goes to a local only if it is needed
// again. Comparisons live as lane masks and become 1 or 0 where a number is wanted.

import { type GraphNode, isTruth } from "./graph.js";
import * as SIMD from "./simd.js";
import type { Body } from "./wasm.js";

export interface Context {
  readonly body: Body;
  readonly relaxed: boolean;
  /** Pushes a constant from the table. */
  constant(value: number): void;
  /** How to push a node that lies in memory; undefined for a node that is to be computed here. */
  source(node: GraphNode): (() => void) | undefined;
}

/** Deepest nesting of operations on the operand stack (and of this writer's recursion). */
const DEEPEST = 40;

const BINARY: Readonly<Record<string, number>> = {
  add: SIMD.add,
  sub: SIMD.sub,
  mul: SIMD.mul,
  div: SIMD.div,
  min: SIMD.min,
  max: SIMD.max,
  lt: SIMD.lt,
  le: SIMD.le,
  eq: SIMD.eq,
  ne: SIMD.ne,
};
const UNARY: Readonly<Record<string, number>> = {
  neg: SIMD.neg,
  abs: SIMD.abs,
  sqrt: SIMD.sqrt,
  floor: SIMD.floor,
  ceil: SIMD.ceil,
};

export class ExpressionWriter {
  readonly #context: Context;
  readonly #uses = new Map<GraphNode, number>();
  readonly #local = new Map<GraphNode, number>();
  readonly #height = new Map<GraphNode, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Announces one more use of a node, before any code is written. */
  use(node: GraphNode): void {
    this.#uses.set(node, (this.#uses.get(node) ?? 0) + 1);
  }

  /** Announces nodes that this code computes, arguments first, and the uses among them. */
  announce(nodes: readonly GraphNode[]): void {
    for (const node of nodes) for (const arg of node.args) this.use(arg);
  }

  /** Computes ahead what would nest too deeply; the rest is computed on demand. */
  prepare(nodes: readonly GraphNode[]): void {
    for (const node of nodes) {
      let height = 0;
      for (const arg of node.args) height = Math.max(height, this.#height.get(arg) ?? 0);
      if (++height < DEEPEST) {
        this.#height.set(node, height);
        continue;
      }
      if (this.#local.has(node)) continue;
      this.use(node);
      this.pushRaw(node);
      this.#context.body.code.byte(0x1a); // drop: it is in its local
    }
  }

  /** Pushes the value. */
  push(node: GraphNode): void {
    this.pushRaw(node);
    if (!isTruth(node)) return;
    this.#context.constant(1);
    this.#context.body.simd(SIMD.and);
  }

  /** Pushes all ones where the node is true (neither 0 nor NaN), all zeros elsewhere. */
  #pushMask(node: GraphNode): void {
    this.pushRaw(node);
    if (isTruth(node)) return;
    this.#context.body.simd(SIMD.abs);
    this.#context.constant(0);
    this.#context.body.simd(SIMD.gt);
  }

  /** Pushes the value or mask as it is kept. */
  pushRaw(node: GraphNode): void {
    const { body } = this.#context;
    const left = (this.#uses.get(node) ?? 1) - 1;
    this.#uses.set(node, left);
    const known = this.#local.get(node);
    if (known !== undefined) {
      body.get(known);
      if (left > 0) return;
      this.#local.delete(node);
      body.release(known);
      return;
    }
    if (node.op === "const") {
      this.#context.constant(node.value);
      return;
    }
    const source = this.#context.source(node);
    if (source) source();
    else this.#compute(node);
    if (left <= 0) return;
    const local = body.v128Local();
    this.#local.set(node, local);
    body.tee(local);
  }

  #compute(node: GraphNode): void {
    const { body } = this.#context;
    const [a, b, c] = node.args as [GraphNode, GraphNode, GraphNode];
    if (node.op === "select") {
      if (b.op === "const" && Object.is(b.value, 0)) {
        this.push(c);
        this.#pushMask(a);
        body.simd(SIMD.andnot);
        return;
      }
      this.push(b);
      this.push(c);
      this.#pushMask(a);
      body.simd(SIMD.select);
      return;
    }
    if (isTruth(node) && node.op === "mul") {
      this.#pushMask(a);
      this.#pushMask(b);
      body.simd(SIMD.and);
      return;
    }
    if (this.#context.relaxed && this.#fused(node, a, b)) return;
    for (const arg of node.args) this.push(arg);
    const op = BINARY[node.op] ?? UNARY[node.op];
    if (op !== undefined) body.simd(op);
    else throw new Error(`${node.op} has no inline code`);
  }

  /** a*b + c and c - a*b in one instruction, where the product is needed nowhere else. */
  #fused(node: GraphNode, a: GraphNode, b: GraphNode): boolean {
    const { body } = this.#context;
    const once = (n: GraphNode): boolean =>
      n.op === "mul" &&
      !isTruth(n) &&
      this.#uses.get(n) === 1 &&
      !this.#local.has(n) &&
      !this.#context.source(n);
    if (node.op !== "add" && node.op !== "sub") return false;
    const product = once(b) ? b : node.op === "add" && once(a) ? a : undefined;
    if (!product) return false;
    this.push(product.args[0]!);
    this.push(product.args[1]!);
    this.push(product === b ? a : b);
    body.simd(node.op === "add" ? SIMD.madd : SIMD.nmadd);
    return true;
  }
}
