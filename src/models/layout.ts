// The work block of a model: where its kernels keep what they compute before, between and after their point loops.

import type { GraphNode } from "./graph.js";
import type { Kernel } from "./loop.js";
import type { Schedule } from "./schedule.js";

/** Byte 0 of the work block: the address of the elementary functions' table, an i32; byte 4: see normal.ts. */
const HEADER = 16;
/** Points a block: scratch stays in the first-level cache, and each loop is a function called often enough to be optimised. */
export const BLOCK = 64;

/** Calls of one function that run together on uniform arguments: args[k] and result are arrays of `nodes.length` doubles. */
export interface UniformCall {
  readonly nodes: readonly GraphNode[];
  readonly args: readonly number[];
  readonly result: number;
}

/** Byte offsets from the work block. */
export interface ModelLayout {
  /** Uniform values the loops read, as splats. */
  readonly slots: ReadonlyMap<GraphNode, number>;
  /** By level, as in `Schedule.uniformCalls`. */
  readonly uniformCalls: readonly (readonly UniformCall[])[];
  /** Block buffers of BLOCK doubles: kept nodes, and uniform arguments of varying calls. */
  readonly buffers: ReadonlyMap<GraphNode, number>;
  readonly broadcast: readonly GraphNode[];
  /** Sums: totals, and accumulators of the running block, 16 bytes each. */
  readonly totals: number;
  readonly accumulators: number;
  readonly end: number;
}

/** Buffers are shared in time: `busy` holds the last moment each is needed. */
function shareBuffers(s: Schedule, roots: readonly GraphNode[], place: () => number): Map<GraphNode, number> {
  const last = new Map<GraphNode, number>();
  const need = (node: GraphNode, time: number): void => {
    last.set(node, Math.max(last.get(node) ?? 0, time));
  };
  for (const root of roots) need(root, 2 * s.calls.length);
  s.stages.forEach((nodes, stage) => {
    for (const node of nodes) for (const arg of node.args) need(arg, 2 * stage);
  });
  s.calls.forEach((nodes, before) => {
    for (const node of nodes) for (const arg of node.args) need(arg, 2 * before + 1);
  });
  // A stage at time 2s writes what later times read; a call between stages s-1 and s runs at 2s-1.
  const isCall = new Set(s.calls.flat());
  const made = (node: GraphNode): number => 2 * s.stageOf.get(node)! - (isCall.has(node) ? 1 : 0);
  const buffers = new Map<GraphNode, number>();
  const free: { at: number; from: number }[] = [];
  for (const node of [...s.kept].sort((a, b) => made(a) - made(b) || a.id - b.id)) {
    const index = free.findIndex(({ from }) => from < made(node));
    const at = index < 0 ? place() : free.splice(index, 1)[0]!.at;
    buffers.set(node, at);
    free.push({ at, from: last.get(node)! });
  }
  return buffers;
}

/** `each`: bytes of a uniform argument, 8, or 16 where both lanes count. */
export function layOut(
  s: Schedule,
  roots: readonly GraphNode[],
  sink: Kernel["sink"],
  each: number,
): ModelLayout {
  let end = HEADER;
  const take = (bytes: number): number => {
    const at = end;
    end += (bytes + 15) & ~15;
    return at;
  };
  const totals = take(sink === "sum" ? 16 * roots.length : 0);
  const accumulators = take(sink === "sum" ? 16 * roots.length : 0);

  const slots = new Map<GraphNode, number>();
  const read = (node: GraphNode): void => {
    if (s.kind.get(node) === "uniform" && !slots.has(node)) slots.set(node, take(16));
  };
  for (const node of s.stages.flat()) node.args.forEach(read);
  if (sink !== "point") roots.forEach(read);

  const uniformCalls = s.uniformCalls.map((nodes) => {
    const groups = new Map<string, GraphNode[]>();
    for (const node of nodes) groups.set(node.op, [...(groups.get(node.op) ?? []), node]);
    return [...groups.values()].map((group) => ({
      nodes: group,
      args: group[0]!.args.map(() => take(each * group.length)),
      result: take(each * group.length),
    }));
  });

  const buffers = shareBuffers(s, roots, () => take(8 * BLOCK));
  const broadcast = new Set<GraphNode>();
  for (const node of s.calls.flat())
    for (const arg of node.args) if (s.kind.get(arg) !== "varying") broadcast.add(arg);
  for (const node of broadcast) {
    read(node);
    buffers.set(node, take(8 * BLOCK));
  }
  return { slots, uniformCalls, buffers, broadcast: [...broadcast], totals, accumulators, end };
}
