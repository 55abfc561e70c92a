// Where an optimizer's vectors lie: all in one block of the runtime, or the state beside parameters that are already there.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type Range, vectorsOf } from "./groups.js";
import type { Rule } from "./rule.js";
import type { DType } from "./run.js";
import type { FloatVector } from "./types.js";

/** Parameters and gradient that lie in a runtime's memory already. */
export interface Site {
  readonly runtime: CoreRuntime;
  readonly x: number;
  readonly g: number;
  /** Called before a step: what must not move, by the function that puts it back; null when all may move. */
  readonly hold?: (() => (() => void) | null) | undefined;
}

export interface Place extends Site {
  readonly workspace: Workspace;
  /** Addresses of the state vectors. */
  readonly s: Readonly<Record<string, number>>;
  readonly params: FloatVector;
  readonly grads: FloatVector;
  /** Views of the state vectors. */
  readonly vectors: Readonly<Record<string, FloatVector>>;
}

/** The state vectors of a rule are known when it is. */
type Names = "params" | "grads" | `state.${string}`;

/** Parameters and gradient start at zero unless they were there before; the state is for the run to fill. */
export function findPlace(
  rule: Rule,
  groups: readonly Range[],
  length: number,
  dtype: DType,
  given: Runtime | undefined,
  site: Site | null,
): Place {
  if (given) chosenRuntime(given);
  const names = vectorsOf(rule, groups);
  const own = (name: string) => `state.${name}` as const;
  const parts = [...(site ? [] : ["params", "grads"]), ...names.map(own)];
  const sizes = Object.fromEntries(parts.map((name) => [name, length]));
  const key = `optimizer.${rule.name}.${dtype}[${parts}].${length}`;
  const workspace = takeWorkspace<Names, Names>(site?.runtime ?? given, { key, [dtype]: sizes });
  const { at, runtime } = workspace;
  const views: Readonly<Record<Names, FloatVector>> = dtype === "f64" ? workspace.f64 : workspace.f32;
  const x = site?.x ?? at.params;
  const g = site?.g ?? at.grads;
  const View = dtype === "f64" ? Float64Array : Float32Array;
  const params = new View(runtime.buffer, x, length);
  const grads = new View(runtime.buffer, g, length);
  if (!site) {
    params.fill(0);
    grads.fill(0);
  }
  return {
    runtime,
    workspace,
    x,
    g,
    s: Object.fromEntries(names.map((name) => [name, at[own(name)]!])),
    params,
    grads,
    vectors: Object.fromEntries(names.map((name) => [name, views[own(name)]!])),
  };
}
