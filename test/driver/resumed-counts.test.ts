// A run that goes on from a state, whichever, counts what the unbroken run has counted: also from one that was taken at the end,
// whose closing evaluations it makes anew.
import { expect, test } from "vitest";
import { compileDensity, compileObjective, iterate, iterateGlobal, iterateSample } from "../../src/index.js";

interface Run {
  readonly result: {
    readonly status: string;
    readonly nit: number;
    readonly nfev: number;
    readonly njev: number;
    readonly nhev?: number;
  };
  state(): unknown;
}
type Make = (resume?: unknown) => Run & Iterable<unknown>;

const valley = compileObjective("100*(b-a^2)^2+(1-a)^2", ["a", "b"]);
const normal = compileDensity("-u^2/2-v^2/8", { params: ["u", "v"] });
const runs: Record<string, Make> = {};
for (const method of ["lbfgs", "bfgs", "newton", "nelderMead"] as const)
  runs[method] = (resume) => iterate(valley, [-1.2, 1], { method, resume } as never) as never;
for (const method of ["nuts", "metropolis", "slice", "ensemble"] as const)
  runs[method] = (resume) =>
    iterateSample(normal, undefined, {
      method,
      chains: 8,
      warmup: 20,
      draws: 20,
      seed: 2,
      resume,
    } as never) as never;
for (const method of ["cmaes", "differentialEvolution"] as const)
  runs[method] = (resume) =>
    iterateGlobal(valley, { lower: [-5, -5], upper: [5, 5] }, {
      method,
      seed: 3,
      maxEvaluations: 900,
      resume,
    } as never) as never;

test.each(Object.entries(runs))("%s counts alike from every state", (_, make) => {
  const counted = ({ status, nit, nfev, njev, nhev }: Run["result"]) => ({ status, nit, nfev, njev, nhev });
  const whole = make();
  const states: unknown[] = [];
  for (const _ of whole) states.push(JSON.parse(JSON.stringify(whole.state())));
  const expected = counted(whole.result);
  const last = states.length - 1;
  for (const at of [0, Math.floor(last / 2), last - 1, last]) {
    const rest = make(states[at]);
    for (const _ of rest);
    expect([at, counted(rest.result)]).toEqual([at, expected]);
  }
});
