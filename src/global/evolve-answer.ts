// The answer of evolve: the best individual and its fitness.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";

export type EvolveEnd =
  | { status: "completed"; reason: "patience" }
  | { status: "failed"; reason: "nonFinite" }
  | Stopped;

const WORDS = { patience: "no better individual for many generations", nonFinite: "every evaluation failed" };

export class EvolveAnswer<G> extends Answer<EvolveEnd> {
  readonly best: G;
  readonly fitness: number;

  constructor(end: EvolveEnd, watch: Watch, best: G, fitness: number, runtime: Runtime | undefined) {
    super(end, watch, { kind: "evolution", method: "evolve", variant: chosenRuntime(runtime).variant });
    this.best = best;
    this.fitness = fitness;
  }

  get message(): string {
    return describe(this as EvolveEnd, [], "", WORDS, "the best individual so far is returned");
  }

  protected get brief(): string {
    return `fitness = ${short(this.fitness, 8)}, ${this.nit} generations, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Evolution",
        rows: [
          ["fitness", short(this.fitness, 12)],
          ["generations", this.nit],
          ["evaluations", this.nfev],
        ],
      },
    ];
  }
}

export type EvolveResult<G> = Shape<EvolveAnswer<G>> & EvolveEnd;
