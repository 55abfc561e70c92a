// A compiled objective at many points in one call of the core: without data the expression is a model of the unknowns as variables, whose
// loop takes the points side by side; with data the sum is taken point by point. The bits are those of `fun`.

import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { prepareWork, TextCache } from "./cache.js";
import { type Compiled, compiled } from "./compiled.js";
import { type CompiledObjective, compileObjective, type ObjectiveRecipe } from "./objective.js";

const prepared = new WeakSet<Workspace>();
/** Points that the smallest workspace has room for. */
const LEAST = 16;

/** Points that the workspace for `count` has room for, a power of two: columns of this stride are copied in one piece. */
export function roomFor(count: number): number {
  let room = LEAST;
  while (room < count) room *= 2;
  return room;
}

const NONE = new Float64Array(0);

/** Fills out[0 .. count-1]; unknown j of point k is columns[j * stride + k]. */
export function evaluateMany(
  recipe: ObjectiveRecipe,
  runtime: CoreRuntime,
  count: number,
  columns: Float64Array,
  stride: number,
  out: Float64Array,
): void {
  const n = recipe.params.length;
  if (recipe.data) {
    const objective = objectiveOf(recipe, runtime);
    const x = new Float64Array(n);
    for (let k = 0; k < count; k++) {
      for (let j = 0; j < n; j++) x[j] = columns[j * stride + k]!;
      out[k] = objective.fun(x);
    }
    return;
  }
  const { model, specs } = modelOf(recipe);
  const instance = model.instance(runtime);
  if (!instance) {
    model.evaluator(runtime).values(count, columns, stride, NONE, out);
    return;
  }
  // Room for a power of two, so that populations of many sizes share a few workspaces.
  let size = 0;
  while (LEAST << size < count) size++;
  const room = LEAST << size;
  specs[size] ??= {
    key: `objective batch ${idOf(model)} ${room}`,
    f64: { x: n * room, out: room, work: Math.ceil(instance.work.bytes / 8) },
  };
  const workspace = takeWorkspace(runtime, specs[size]!);
  try {
    const { at, f64 } = workspace;
    if (!prepared.has(workspace)) {
      prepareWork(instance, runtime, at.work);
      prepared.add(workspace);
    }
    if (stride === room && columns.length === n * room) f64.x.set(columns);
    else for (let j = 0; j < n; j++) f64.x.set(columns.subarray(j * stride, j * stride + count), j * room);
    instance.exports.values!(count, at.x, room, at.x, at.out, 0, 0, at.work);
    for (let k = 0; k < count; k++) out[k] = f64.out[k]!;
  } finally {
    workspace.release();
  }
}

interface Batch {
  readonly model: Compiled;
  /** Workspaces for 16, 32, 64 ... points. */
  readonly specs: (Spec | undefined)[];
}
type Spec = { readonly key: string; readonly f64: { x: number; out: number; work: number } };

const batches = new WeakMap<ObjectiveRecipe, Batch>();

function modelOf(recipe: ObjectiveRecipe): Batch {
  let batch = batches.get(recipe);
  if (!batch) {
    batch = { model: compiled(recipe.source, { variables: recipe.params, params: [] }), specs: [] };
    batches.set(recipe, batch);
  }
  return batch;
}

const ids = new WeakMap<Compiled, number>();
let last = 0;
function idOf(model: Compiled): number {
  const id = ids.get(model) ?? ++last;
  ids.set(model, id);
  return id;
}

const sums = new TextCache<{ columns: Float64Array; objective: CompiledObjective }>(8);

/** The objective of a recipe with data, kept for as long as the same data come again. */
function objectiveOf({ source, params, data }: ObjectiveRecipe, runtime: CoreRuntime): CompiledObjective {
  const { names, m, columns } = data!;
  const make = () => {
    const named = Object.fromEntries(names.map((name, v) => [name, columns.subarray(v * m, (v + 1) * m)]));
    const objective = compileObjective(source, {
      params,
      data: named,
      reduce: "sum",
      runtime: runtime as never,
    });
    return { columns, objective };
  };
  const entry = sums.get(JSON.stringify([source, params, names, runtime.variant]), make);
  const same = entry.columns.length === columns.length && entry.columns.every((v, i) => v === columns[i]);
  if (!same) Object.assign(entry, make());
  return entry.objective;
}
