// One exported function of a model: uniform values first, then the point loop in blocks, cut at its calls (schedule.ts).

import type { GraphNode } from "./graph.js";
import { type Imported, isCall } from "./language.js";
import { BLOCK, layOut, type ModelLayout } from "./layout.js";
import { contextFor, type Environment, type Kernel, writeLoop } from "./loop.js";
import * as PARAMS from "./params.js";
import { type Schedule, schedule } from "./schedule.js";
import * as SIMD from "./simd.js";
import { Body } from "./wasm.js";
import { ExpressionWriter } from "./write-expression.js";

/** A function on a block: its arrays of arguments and results. */
interface BlockCall {
  readonly op: Imported;
  readonly arrays: readonly GraphNode[];
}

/** One call for the sine and cosine of the same argument: every derivative of a sine needs both. */
function joinSinCos(nodes: readonly GraphNode[]): BlockCall[] {
  const cosines = new Map(nodes.filter(({ op }) => op === "cos").map((node) => [node.args[0]!, node]));
  const sines = nodes.filter(({ op, args }) => op === "sin" && cosines.has(args[0]!));
  const joined = new Set(sines.flatMap((sin) => [sin, cosines.get(sin.args[0]!)!]));
  return [
    ...sines.map(
      (sin): BlockCall => ({ op: "sincos", arrays: [sin.args[0]!, sin, cosines.get(sin.args[0]!)!] }),
    ),
    ...nodes
      .filter((node) => !joined.has(node))
      .map((node) => ({ op: node.op as Imported, arrays: [...node.args, node] })),
  ];
}

export class KernelWriter {
  readonly #kernel: Kernel;
  readonly #schedule: Schedule;
  readonly layout: ModelLayout;
  /** Bytes of a parameter and of a uniform argument. */
  readonly #each: number;
  /** Before stage 1, 2, ... */
  readonly #calls: readonly (readonly BlockCall[])[];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#schedule = schedule(kernel.roots, isCall);
    this.#calls = this.#schedule.calls.map(joinSinCos);
    this.#each = kernel.pair ? 16 : 8;
    this.layout = layOut(this.#schedule, kernel.roots, kernel.sink, this.#each);
  }

  /** Elementary functions it calls. */
  get functions(): Imported[] {
    const names = this.#schedule.uniformCalls.flat().map((node) => node.op as Imported);
    return [...names, ...this.#calls.flat().map(({ op }) => op)];
  }

  write(env: Environment): void {
    const body = new Body(PARAMS.ARITY);
    this.#writeUniform(env, body);
    if (this.#kernel.sink !== "point") {
      const loops = this.#schedule.stages.map((_, stage) =>
        writeLoop(env, this.#kernel, this.#schedule, this.layout, stage),
      );
      this.#writeDriver(env, body, loops);
    }
    env.module.add(body, PARAMS.ARITY, this.#kernel.name);
  }

  /** Everything that depends on parameters only, in straight line; both lanes hold the same value, but of a pair. */
  #writeUniform(env: Environment, body: Body): void {
    const { kind, uniform, uniformCalls } = this.#schedule;
    const { slots } = this.layout;
    const { sink, roots, targets, reduction, pair } = this.#kernel;
    const each = this.#each;
    const results = new Map<GraphNode, number>();
    const source = (node: GraphNode): (() => void) | undefined => {
      const at = results.get(node);
      if (at === undefined && node.op !== "param") return undefined;
      return () => {
        body.get(at === undefined ? PARAMS.p : PARAMS.work);
        body.memory(pair ? SIMD.load : SIMD.load64Splat, at ?? each * node.value);
      };
    };
    const writer = new ExpressionWriter(contextFor(env, body, PARAMS.work, source));
    for (const nodes of uniform) writer.announce(nodes);
    for (const nodes of uniformCalls) writer.announce(nodes);
    for (const node of slots.keys()) writer.use(node);
    if (sink === "point")
      for (const [i, root] of roots.entries()) for (const _ of targets[i]!) writer.use(root);

    uniform.forEach((nodes, level) => {
      for (const { nodes: calls, args, result } of level > 0 ? this.layout.uniformCalls[level - 1]! : []) {
        args.forEach((at, k) => {
          calls.forEach((call, i) => {
            body.get(PARAMS.work);
            writer.push(call.args[k]!);
            if (pair) body.memory(SIMD.store, at + each * i);
            else body.memory(SIMD.store64Lane, at + each * i, 0);
          });
        });
        this.#call(env, body, calls[0]!.op, () => body.i32((calls.length * each) / 8), [...args, result]);
        for (const [i, call] of calls.entries()) results.set(call, result + each * i);
      }
      writer.prepare(nodes);
    });
    for (const [node, at] of slots) {
      body.get(PARAMS.work);
      writer.pushRaw(node);
      body.memory(SIMD.store, at);
    }
    if (sink === "point") reduction?.point?.(body, writer, this.#kernel);
    if (sink === "sum") reduction?.clear?.(env, body, this.#kernel, this.layout);
    for (const node of this.layout.broadcast) {
      const at = this.layout.buffers.get(node)!;
      for (let i = 0; i < BLOCK; i += 2) {
        body.get(PARAMS.work);
        body.get(PARAMS.work);
        body.memory(SIMD.load, kind.get(node) === "const" ? env.constantAt(node.value) : slots.get(node)!);
        body.memory(SIMD.store, at + 8 * i);
      }
    }
  }

  /** f(table, n, arrays in the work block ...) */
  #call(env: Environment, body: Body, op: string, count: () => void, offsets: readonly number[]): void {
    body.get(PARAMS.work);
    body.i32Load(0);
    count();
    for (const at of offsets) {
      body.get(PARAMS.work);
      body.i32(at);
      body.i32Add();
    }
    body.call(env.imported(op));
  }

  /** for each block: stage 0, calls, stage 1, ... */
  #writeDriver(env: Environment, body: Body, loops: readonly (number | undefined)[]): void {
    const { sink, reduction } = this.#kernel;
    const rows = sink === "rows";
    const count = body.i32Local();
    for (const stride of rows ? [PARAMS.ldx, PARAMS.ldj] : [PARAMS.ldx]) {
      body.get(stride);
      body.i32Shl(3);
      body.set(stride);
    }
    const more = (): void => {
      body.get(PARAMS.m);
      body.i32(0);
      body.i32Greater();
    };
    more();
    body.block("if", () => {
      body.block("loop", () => {
        body.i32(BLOCK);
        body.get(PARAMS.m);
        body.get(PARAMS.m);
        body.i32(BLOCK);
        body.i32Greater();
        body.choose();
        body.set(count);
        loops.forEach((loop, stage) => {
          if (stage > 0) for (const call of this.#calls[stage - 1]!) this.#blockCall(env, body, call, count);
          if (loop === undefined) return;
          for (const local of [
            count,
            PARAMS.x,
            PARAMS.ldx,
            PARAMS.out,
            PARAMS.jac,
            PARAMS.ldj,
            PARAMS.work,
            PARAMS.work,
          ])
            body.get(local);
          body.call(loop);
        });
        body.advance(PARAMS.m, -BLOCK);
        body.advance(PARAMS.x, 8 * BLOCK);
        if (sink !== "sum") body.advance(PARAMS.out, 8 * BLOCK);
        if (sink === "normal") body.advance(PARAMS.ldj, 8 * BLOCK);
        if (rows) {
          body.element(PARAMS.jac, PARAMS.ldj, BLOCK);
          body.set(PARAMS.jac);
        }
        more();
        body.branchIf(0);
      });
    });
    reduction?.totals?.(body, this.#kernel, this.layout);
  }

  #blockCall(env: Environment, body: Body, { op, arrays }: BlockCall, count: number): void {
    const { buffers } = this.layout;
    body.get(PARAMS.work);
    body.i32Load(0);
    body.get(count);
    for (const arg of arrays) {
      const at = buffers.get(arg);
      body.get(at === undefined ? PARAMS.x : PARAMS.work);
      if (at === undefined) this.#times(body, PARAMS.ldx, arg.value);
      else body.i32(at);
      body.i32Add();
    }
    body.call(env.imported(op));
  }

  #times(body: Body, local: number, factor: number): void {
    body.get(local);
    body.i32(factor);
    body.i32Mul();
  }
}
