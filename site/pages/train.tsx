// Training: a small network, seen while it learns.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Line, Lines } from "../draw/lines.js";
import { shade } from "../draw/palette.js";
import { show } from "../shell/layout.js";
import { short } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { Store, useStore } from "../shell/store.js";
import { Decision } from "../train/decision.js";
import type * as TrainJobs from "../train/jobs.js";
import { Look } from "../train/look.js";
import { Pad } from "../train/pad.js";
import { TrainPanel } from "../train/panel.js";
import { defaults, type TrainState } from "../train/state.js";

const store = new Store<TrainState>(defaults);
const worker = connect<typeof TrainJobs>("train");

function Train() {
  const s = useStore(store);
  const [log, setLog] = useState<readonly TrainJobs.EpochReport[]>([]);
  const [answer, setAnswer] = useState<TrainJobs.TrainAnswer | null>(null);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState("");
  const [rates, setRates] = useState<{ lr: Float64Array; loss: Float64Array; suggestion: number } | null>(
    null,
  );
  const stop = useRef<AbortController | null>(null);

  const train = async (state: TrainState): Promise<void> => {
    stop.current?.abort();
    const controller = new AbortController();
    stop.current = controller;
    setRunning(true);
    setLog([]);
    setAnswer(null);
    setError("");
    let course: TrainJobs.EpochReport[] = [];
    try {
      const found = await worker.call("train", state, {
        signal: controller.signal,
        progress: (epoch: TrainJobs.EpochReport) => {
          if (controller.signal.aborted) return;
          course = [...course, epoch];
          setLog(course);
        },
      });
      if (!controller.signal.aborted) setAnswer(found);
    } catch (e) {
      if (!controller.signal.aborted) setError((e as Error).message);
    }
    if (stop.current === controller) setRunning(false);
  };
  const key = JSON.stringify(s);
  useEffect(() => {
    // Changes of a slider arrive one by one: training begins when it rests.
    const timer = setTimeout(() => void train(s), 250);
    setRates(null);
    return () => clearTimeout(timer);
  }, [key]);

  const digits = s.data === "digits";
  const last = log[log.length - 1];
  const losses = useMemo((): Line[] => {
    const x = log.map((e) => e.epoch);
    return [
      { name: "trained on", x, y: log.map((e) => e.loss), color: (ink) => ink.cool },
      { name: "held back", x, y: log.map((e) => e.valLoss ?? Number.NaN), color: (ink) => ink.accent },
    ];
  }, [log]);
  const gradients = useMemo(
    (): Line[] =>
      answer?.layers.map((layer, i) => ({
        name: layer.name,
        x: answer.steps,
        y: layer.gradient,
        color: (ink) => shade("quasi", i, answer.layers.length, ink.dark),
      })) ?? [],
    [answer],
  );
  const activations = useMemo(
    (): Line[] =>
      answer?.layers.map((layer, i) => ({
        name: layer.name,
        x: answer.steps,
        y: layer.activation,
        color: (ink) => shade("quasi", i, answer.layers.length, ink.dark),
      })) ?? [],
    [answer],
  );
  const rateLines = useMemo(
    (): Line[] => (rates ? [{ name: "loss", x: rates.lr, y: rates.loss, color: (ink) => ink.cool }] : []),
    [rates],
  );
  return (
    <>
      <h1>Train a network</h1>
      <p class="lede">
        A small network learns while you watch. Change anything: it begins anew, from the same seed.
      </p>
      <div class="columns train">
        <section aria-label="Training">
          <p
            class="scoreline"
            role="status"
            data-done={answer ? "yes" : "no"}
            data-accuracy={answer?.accuracy ?? ""}
          >
            {error ? (
              <span class="error">{error}</span>
            ) : answer ? (
              <>
                <b>{(100 * answer.accuracy).toFixed(1)} %</b> of {answer.held} held-back{" "}
                {digits ? "digits" : "points"} right after {short(answer.took / 1000, 2)} s;{" "}
                {answer.parameters.toLocaleString("en")} parameters
                {answer.status === "failed" ? "; training broke off, the loss is no number any more" : ""}
              </>
            ) : (
              <>
                Epoch {last?.epoch ?? 0} of {s.epochs}
                {last?.accuracy != null && <>: {(100 * last.accuracy).toFixed(1)} % right</>}
              </>
            )}
          </p>
          {digits ? (
            <Pad ready={answer !== null} onRead={(pixels) => worker.call("read", { pixels })} />
          ) : (
            <div class="sheet">
              <Decision data={s.data} noise={s.noise} seed={s.seed} decision={last?.decision ?? null} />
            </div>
          )}
          <div class="row under">
            <button type="button" class="primary" onClick={() => void train(s)}>
              Train again
            </button>
            <button type="button" class="quiet" disabled={!running} onClick={() => stop.current?.abort()}>
              Stop
            </button>
            <button
              type="button"
              class="quiet"
              disabled={running}
              onClick={() => void worker.call("findRate", s).then(setRates)}
            >
              Find a learning rate
            </button>
          </div>
          <h2>Loss</h2>
          <Lines
            label="Loss of the training samples and of those held back, by epoch"
            lines={losses}
            xLabel="epoch"
            yLabel="loss"
            logY
          />
          {rates && (
            <>
              <h2>Learning rates tried</h2>
              <Lines
                label="Loss while the learning rate grows"
                lines={rateLines}
                xLabel="learning rate"
                yLabel="loss"
                logX
              />
              <p class="note">
                The loss falls fastest near {short(rates.suggestion, 2)}.{" "}
                <button
                  type="button"
                  class="quiet"
                  onClick={() => store.set({ rate: Number(Math.log10(rates.suggestion).toFixed(1)) })}
                >
                  Take it
                </button>
              </p>
            </>
          )}
          {answer && gradients.length > 0 && (
            <>
              <h2>Gradients, layer by layer</h2>
              <Lines
                label="Norm of the gradient at the outputs of each dense layer, during training"
                lines={gradients}
                xLabel="step"
                yLabel="norm of the gradient"
                logY
              />
              <p class="note">
                Where the lines of the first layers lie orders of magnitude below those of the last, gradients
                vanish on the way back: try ten layers of sigmoids, with and without batch normalisation.
              </p>
              <h2>Activations, layer by layer</h2>
              <Lines
                label="Norm of the outputs of each dense layer, during training"
                lines={activations}
                xLabel="step"
                yLabel="norm of the outputs"
                logY
              />
            </>
          )}
          <Look state={s} answer={answer} />
          {answer && (
            <ul class={answer.findings.length > 0 ? "warnings" : "findings"}>
              {answer.findings.length === 0 && (
                <li>Nothing conspicuous: gradients, activations and updates are of ordinary size.</li>
              )}
              {answer.findings.map((f) => (
                <li key={`${f.kind} ${f.layer}`}>{f.message}</li>
              ))}
            </ul>
          )}
        </section>
        <aside aria-label="Settings">
          <TrainPanel state={s} onChange={(patch) => store.set(patch)} />
        </aside>
      </div>
    </>
  );
}

await show("train", store, Train);
