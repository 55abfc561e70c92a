// Order of work for the emitter. Nodes are constants, uniform (parameters only: computed once a call) or varying (once a point).
// Functions that are called work on blocks of points, so the point loop is cut into stages: a call at level L needs its
// arguments from a stage before L and feeds stages from L on. A node is computed in the latest stage that serves all its users.

import { type GraphNode, reachable } from "./graph.js";

export type Kind = "const" | "uniform" | "varying";

export interface Schedule {
  readonly kind: ReadonlyMap<GraphNode, Kind>;
  readonly constants: readonly GraphNode[];
  /** Uniform nodes but calls and parameters, by level 0, 1, ...; arguments first. */
  readonly uniform: readonly (readonly GraphNode[])[];
  /** Uniform calls before level 1, 2, ...: those of one entry may run together. */
  readonly uniformCalls: readonly (readonly GraphNode[])[];
  /** Varying nodes but calls and variables, by stage 0, 1, ...; arguments first. The roots are ready in the last stage. */
  readonly stages: readonly (readonly GraphNode[])[];
  /** Varying calls before stage 1, 2, ... */
  readonly calls: readonly (readonly GraphNode[])[];
  /** Stage in which a varying node is computed, or first available for calls. */
  readonly stageOf: ReadonlyMap<GraphNode, number>;
  /** Varying nodes that must outlive their stage, or feed a call: they are kept in block buffers. */
  readonly kept: readonly GraphNode[];
}

export function schedule(roots: readonly GraphNode[], isCall: (node: GraphNode) => boolean): Schedule {
  const nodes = reachable(roots);
  const kind = new Map<GraphNode, Kind>();
  const level = new Map<GraphNode, number>();
  const constants: GraphNode[] = [];
  const uniform: GraphNode[][] = [[]];
  const calls: Record<"uniform" | "varying", GraphNode[][]> = { uniform: [], varying: [] };
  for (const node of nodes) {
    const varies = node.op === "variable" || node.args.some((arg) => kind.get(arg) === "varying");
    const its = node.op === "const" ? "const" : varies ? "varying" : "uniform";
    kind.set(node, its);
    if (its === "const") constants.push(node);
    let deepest = 0;
    for (const arg of node.args) if (kind.get(arg) === its) deepest = Math.max(deepest, level.get(arg)!);
    if (isCall(node)) {
      deepest++;
      const levels = calls[its as "uniform" | "varying"];
      levels[deepest - 1] = [...(levels[deepest - 1] ?? []), node];
    }
    level.set(node, deepest);
    if (its === "uniform") {
      uniform[deepest] ??= [];
      if (node.op !== "param" && !isCall(node)) uniform[deepest]!.push(node);
    }
  }

  const last = calls.varying.length;
  const stageOf = new Map<GraphNode, number>();
  const kept = new Set<GraphNode>();
  const users = new Map<GraphNode, number[]>();
  const use = (node: GraphNode, stage: number): void => {
    if (kind.get(node) !== "varying") return;
    const list = users.get(node);
    if (list) list.push(stage);
    else users.set(node, [stage]);
  };
  for (const root of roots) use(root, last);
  const stages: GraphNode[][] = Array.from({ length: last + 1 }, () => []);
  for (const node of [...nodes].reverse()) {
    if (kind.get(node) !== "varying") continue;
    const wanted = users.get(node)!;
    const call = isCall(node);
    const stage = call ? level.get(node)! : Math.min(...wanted);
    stageOf.set(node, stage);
    if (call) {
      for (const arg of node.args) {
        use(arg, stage - 1);
        if (kind.get(arg) === "varying" && arg.op !== "variable") kept.add(arg);
      }
      kept.add(node);
    } else if (node.op !== "variable") {
      stages[stage]!.push(node);
      for (const arg of node.args) use(arg, stage);
      if (wanted.some((s) => s > stage)) kept.add(node);
    }
  }
  for (const stage of stages) stage.reverse();
  return {
    kind,
    constants,
    uniform,
    uniformCalls: calls.uniform,
    stages,
    calls: calls.varying,
    stageOf,
    kept: [...kept],
  };
}
