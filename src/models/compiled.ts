// A parsed model with its derivatives and its code, shared by all who ask for the same text.

import type { CoreRuntime } from "../runtime/runtime.js";
import { Code, type Instance, TextCache } from "./cache.js";
import { functionTable } from "./elementary.js";
import { emitModel } from "./emit.js";
import { type ModelEvaluator, modelEvaluator } from "./evaluate.js";
import { type Steady, steadyCodes } from "./invariant.js";
import { type Names, parse, type Tree } from "./parse.js";
import { type Program, program } from "./program.js";
import { substitute, type Ties, tieOrder } from "./substitute.js";

export class Compiled {
  readonly tree: Tree;
  /** Values and first derivatives, tied parameters replaced. */
  readonly program: Program;
  readonly code: Code;
  #steady: ReturnType<typeof steadyCodes> | undefined;
  #evaluator: { runtime: CoreRuntime; evaluator: ModelEvaluator } | null = null;

  constructor(tree: Tree) {
    this.tree = tree;
    this.program = program(tree, 1);
    this.code = new Code((relaxed) => emitModel(this.program, { relaxed }));
  }

  /** Its code for a fit. */
  steady({ variant }: CoreRuntime): Steady {
    this.#steady ??= steadyCodes(this.program, this.code);
    return this.#steady(variant);
  }

  instance(runtime: CoreRuntime): Instance | null {
    return this.code.instance(runtime);
  }

  /** What takes over where `instance` gives null. */
  evaluator(runtime: CoreRuntime): ModelEvaluator {
    if (this.#evaluator?.runtime !== runtime)
      this.#evaluator = { runtime, evaluator: modelEvaluator(this.program, functionTable(runtime)) };
    return this.#evaluator.evaluator;
  }
}

const CACHED = 32;
const cache = new TextCache<Compiled>(CACHED);

/** The compiled form of a text; EXPRESSION or OPTION where there is none. */
export function compiled(source: string, { variables, params }: Names): Compiled {
  // What is no text has no key; parse refuses it.
  if (typeof source !== "string") return new Compiled(parse(source, { variables, params }));
  const key = JSON.stringify([source, variables, params]);
  return cache.get(key, () => new Compiled(parse(source, { variables, params })));
}

const tiedCache = new TextCache<Compiled>(CACHED);

/** The same model over the parameters that are not tied. */
export function withTies(where: string, model: Compiled, ties: Ties): Compiled {
  if (ties.size === 0) return model;
  const texts = Array.from(ties, ([name, { source }]) => [name, source]);
  const { source, variables, params } = model.tree;
  const key = JSON.stringify([source, variables, params, texts]);
  return tiedCache.get(key, () => new Compiled(substitute(model.tree, ties, tieOrder(where, ties))));
}
