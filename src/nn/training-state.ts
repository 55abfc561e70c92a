// The state of a training between two epochs as plain data: weights, statistics, the optimizer's state, the course so far.

import { type OptimizerState, unsealed } from "../first-order/snapshot.js";
import { DownhillError } from "../runtime/errors.js";
import { numbersToText, type Sealed, seal, textToNumbers, unseal } from "../runtime/saved.js";
import type { Body } from "./body.js";
import type { Trainer } from "./trainer.js";

const FORMAT = "downhill.training";
const VERSION = 1;

/** Survives structuredClone and JSON; SNAPSHOT when it is damaged, or of another network or training. */
export interface TrainingState extends Sealed {
  /** Kinds and widths of the layers and the seed, by which a state knows its network. */
  readonly network: string;
  readonly epoch: number;
  /** Epochs before this training, which went on from another. */
  readonly first: number;
  /** The epoch from which patience counts. */
  readonly since?: number | undefined;
  readonly nit: number;
  readonly nfev: number;
  /** Batches drawn, and those of each layer. */
  readonly steps: number;
  readonly counts: readonly number[];
  /** The optimizer with the parameters. */
  readonly optimizer: OptimizerState;
  /** Base64 of doubles. */
  readonly statistics: string;
  readonly best: {
    readonly value: number;
    readonly epoch: number;
    readonly params: string;
    readonly statistics: string;
  } | null;
  /** JSON of the epochs; numbers that it has not are { is: "NaN" }. */
  readonly log: string;
}

const nameOf = ({ plan, dtype, loss, draws }: Body): string =>
  `${plan.inputs} ${plan.stages.map(({ name, outputs }) => `${name}:${outputs}`).join(" ")} ${loss.name} ${dtype}, seed ${draws.key0 + draws.key1 * 2 ** 32}`;

/** What JSON writes as null: a metric may be NaN or infinite. */
const isLost = (value: unknown): boolean => typeof value === "number" && !Number.isFinite(value);

/** Taken between epochs only, where no batch and no average is under way. */
export function stateOf(trainer: Trainer): TrainingState {
  const { body, best, opt, watch, log, epoch } = trainer;
  if (trainer.averaged) {
    throw new DownhillError(
      "UNSUPPORTED",
      `${watch.where}: the state of a training with an average is not saved`,
      {
        hint: "leave out average, or keep weights of your own with average(optimizer(net, rule), ...)",
      },
    );
  }
  return seal(FORMAT, VERSION, {
    network: nameOf(body),
    epoch,
    first: trainer.setup.first,
    since: trainer.since,
    nit: watch.nit,
    nfev: watch.nfev,
    steps: body.draws.step,
    counts: body.stages.map(({ count }) => count),
    optimizer: opt.state(),
    statistics: numbersToText(body.buffers),
    best: best.found
      ? {
          value: best.value,
          epoch: best.epoch,
          params: numbersToText(best.params),
          statistics: numbersToText(best.buffers),
        }
      : null,
    log: JSON.stringify(log, (_, value: unknown) => (isLost(value) ? { is: String(value) } : value)),
  });
}

/** Puts a new training where the state was taken; nothing has moved when it does not fit. */
export function resume(trainer: Trainer, given: unknown): void {
  const { body, best, opt, watch, log } = trainer;
  const { where } = watch;
  const state = unseal<TrainingState>(where, given, FORMAT, VERSION);
  const refuse = (why: string) => new DownhillError("SNAPSHOT", `${where}: ${why}`, { details: { why } });
  const name = nameOf(body);
  if (state.network !== name)
    throw refuse(`the state is of the network "${state.network}", this one is "${name}"`);
  const statistics = textToNumbers(state.statistics, body.buffers.length);
  const kept = state.best && {
    params: textToNumbers(state.best.params, best.params.length),
    buffers: textToNumbers(state.best.statistics, best.buffers.length),
  };
  if (!statistics || (kept && !(kept.params && kept.buffers)))
    throw refuse("the state does not fit: it was taken with other options");
  opt.takeOver(where, unsealed(where, state.optimizer));
  body.buffers.set(statistics);
  body.draws.step = state.steps;
  for (const [i, stage] of body.stages.entries()) stage.count = state.counts[i] ?? 0;
  body.keep();
  if (state.best && kept?.params && kept.buffers) {
    best.value = state.best.value;
    best.epoch = state.best.epoch;
    best.found = true;
    best.params.set(kept.params);
    best.buffers.set(kept.buffers);
  }
  const epochs = JSON.parse(state.log, (_, value: unknown) =>
    typeof value === "object" && value !== null && "is" in value && typeof value.is === "string"
      ? Number(value.is)
      : value,
  ) as typeof log;
  log.push(...epochs);
  watch.nit = state.nit;
  watch.nfev = state.nfev;
  const first = state.first ?? trainer.setup.first;
  trainer.continueFrom(state.epoch, first, state.since ?? first);
}
