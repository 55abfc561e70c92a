// Sampling: the same density, several samplers side by side.

import { useEffect, useRef, useState } from "preact/hooks";
import type * as SampleJobs from "../sample/jobs.js";
import { Sampler } from "../sample/panel.js";
import { type Target, targetOf, targets } from "../sample/targets.js";
import { WalkView } from "../sample/walk.js";
import { Check, Select, Slider, TextField } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { connect } from "../shell/rpc.js";
import { Store, useStore } from "../shell/store.js";

interface SampleState {
  target: string;
  text: string;
  methods: readonly string[];
  draws: number;
  seed: number;
  /** The sampler that is shown step by step. */
  walk: string;
}
const store = new Store<SampleState>({
  target: "banana",
  text: "-x^2/2 - (y - sin(2*x))^2*4",
  methods: ["nuts", "hmc", "metropolis"],
  draws: 2000,
  seed: 1,
  walk: "hmc",
});
const worker = connect<typeof SampleJobs>("sample");
const METHODS = [
  ["nuts", "NUTS"],
  ["hmc", "HMC"],
  ["mala", "MALA"],
  ["metropolis", "Random walk"],
  ["slice", "Slice"],
] as const;
const OWN: Pick<Target, "params" | "shown" | "box"> = {
  params: ["x", "y"],
  shown: ["x", "y"],
  box: [-4, 4, -4, 4],
};

/** The middle 99 % of the draws with some air; null where they are no numbers. */
function windowOf(points: Float32Array): Target["box"] | null {
  const side = (odd: number): [number, number] => {
    const all = points.filter((_, k) => k % 2 === odd).sort();
    const [low, high] = [all[Math.floor(0.005 * all.length)]!, all[Math.floor(0.995 * all.length)]!];
    const air = 0.15 * (high - low);
    return [low - air, high + air];
  };
  const found = [...side(0), ...side(1)] as [number, number, number, number];
  return found.every(Number.isFinite) && found[1] > found[0] && found[3] > found[2] ? found : null;
}

function Sample() {
  const s = useStore(store);
  const target = targetOf(s.target);
  const { params, shown, box } = target ?? OWN;
  const text = target?.text ?? s.text;
  const [reports, setReports] = useState<Record<string, SampleJobs.SampleReport>>({});
  const [levels, setLevels] = useState<readonly Float32Array[]>([]);
  const [view, setWindow] = useState<Target["box"]>(box);
  const [error, setError] = useState("");
  const stop = useRef<AbortController | null>(null);

  const run = async (): Promise<void> => {
    stop.current?.abort();
    const controller = new AbortController();
    stop.current = controller;
    setReports({});
    setError("");
    const put = (method: string, report: SampleJobs.SampleReport): void => {
      if (!controller.signal.aborted) setReports((all) => ({ ...all, [method]: report }));
    };
    try {
      setWindow(box);
      if (!target && !(await worker.call("proper", { text, params }))) {
        setLevels(await worker.call("levels", { text, params, box }));
        setError(
          "This density cannot be normalised: far from the origin it does not fall fast enough, so there is nothing to draw from. A minus sign may be missing.",
        );
        return;
      }
      setLevels(await worker.call("levels", { text, params, box }));
      // One after the other: side by side they would share the machine, and their speeds could not be compared.
      for (const [method] of METHODS) {
        if (!s.methods.includes(method) || controller.signal.aborted) continue;
        const request = {
          text,
          params,
          method,
          draws: s.draws,
          warmup: 1000,
          seed: s.seed,
          shown: [params.indexOf(shown[0]), params.indexOf(shown[1])] as const,
        };
        const options = {
          signal: controller.signal,
          progress: (r: SampleJobs.SampleReport) => put(method, r),
        };
        const report = await worker.call("sample", request, options);
        put(method, report);
        // Of an own text nobody knows where it lives: the window follows the draws of the first sampler.
        if (target || method !== METHODS.find(([id]) => s.methods.includes(id))?.[0]) continue;
        const seen = windowOf(report.points);
        if (seen && !controller.signal.aborted) {
          setWindow(seen);
          setLevels(await worker.call("levels", { text, params, box: seen }));
        }
      }
    } catch (e) {
      if (!controller.signal.aborted) setError((e as Error).message);
    }
  };
  const { walk: _, ...sampled } = s;
  const key = JSON.stringify(sampled);
  useEffect(() => {
    const timer = setTimeout(() => void run(), 250);
    return () => clearTimeout(timer);
  }, [key]);
  return (
    <>
      <h1>Sample a density</h1>
      <p class="lede">
        The same target, several samplers, four chains each. Draws cost evaluations; what counts is how many
        of them are worth something.
      </p>
      <div class="setup">
        <Select
          label="Density"
          value={s.target}
          options={[...targets.map((t) => [t.id, t.title] as const), ["own", "Your own"]]}
          onChange={(id) => store.set({ target: id })}
        />
        {!target && (
          <TextField
            label="log density of x and y"
            value={s.text}
            error={error}
            onInput={(value) => store.set({ text: value })}
          />
        )}
        <Slider
          label="Draws of each chain"
          value={s.draws}
          min={200}
          max={5000}
          step={100}
          onInput={(draws) => store.set({ draws })}
        />
        <Slider
          label="Seed"
          value={s.seed}
          min={1}
          max={20}
          step={1}
          onInput={(seed) => store.set({ seed })}
        />
      </div>
      <div class="row">
        {METHODS.map(([id, title]) => (
          <Check
            key={id}
            label={title}
            checked={s.methods.includes(id)}
            onChange={(on) =>
              store.set({ methods: on ? [...s.methods, id] : s.methods.filter((m) => m !== id) })
            }
          />
        ))}
        <button type="button" class="primary" onClick={() => void run()}>
          Sample again
        </button>
      </div>
      {target && <p class="lesson">{target.about}</p>}
      {error && target && <p class="error">{error}</p>}
      <div class="panels">
        {METHODS.filter(([id]) => s.methods.includes(id)).map(([id, title]) => (
          <Sampler
            key={id}
            method={id}
            title={title}
            report={reports[id] ?? null}
            levels={levels}
            box={target ? box : view}
            names={shown}
          />
        ))}
      </div>
      <WalkView
        text={text}
        params={params}
        shown={shown}
        box={target ? box : view}
        levels={levels}
        seed={s.seed}
        methods={METHODS}
        method={s.walk}
        onMethod={(walk) => store.set({ walk })}
      />
      <p class="note">
        R-hat compares the chains with one another (rank-normalised, split: Vehtari and others 2021); above
        1.01 they do not agree yet. It and the effective numbers are computed anew from the draws so far. The
        clock counts warm-up too.
      </p>
    </>
  );
}

await show("sample", store, Sample);
