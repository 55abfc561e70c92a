// Looking at a training from outside: the loss around its way, and how the inputs of a layer shift.

import { useCallback, useEffect, useState } from "preact/hooks";
import { drawAxes, spread } from "../draw/axes.js";
import type { Ink } from "../draw/ink.js";
import type { CanvasPen } from "../draw/pen.js";
import { Surface } from "../draw/surface.js";
import { short } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import type * as TrainJobs from "./jobs.js";
import type { LossPlane, Shift } from "./look-jobs.js";
import type { TrainState } from "./state.js";

const worker = connect<typeof TrainJobs>("train");

interface LookProps {
  state: TrainState;
  /** Changes with every training that has ended; null while one runs. */
  answer: object | null;
}

export function Look({ state, answer }: LookProps) {
  const [plane, setPlane] = useState<LossPlane | null>(null);
  const [shifts, setShifts] = useState<readonly Shift[] | null>(null);
  const [share, setShare] = useState(-1);
  const [error, setError] = useState("");
  useEffect(() => {
    setPlane(null);
    setShifts(null);
  }, [answer]);
  const work = async (job: () => Promise<void>): Promise<void> => {
    setShare(0);
    setError("");
    try {
      await job();
    } catch (e) {
      setError((e as Error).message);
    }
    setShare(-1);
  };
  const options = { progress: (v: number) => setShare(v) };
  const busy = share >= 0;
  return (
    <section
      aria-label="Look at the training"
      data-plane={plane ? "yes" : "no"}
      data-shifts={shifts?.length ?? 0}
    >
      <h2>Look at it from outside</h2>
      <div class="row">
        <button
          type="button"
          disabled={busy || !answer}
          onClick={() => void work(async () => setPlane(await worker.call("lossPlane", {}, options)))}
        >
          The loss around the answer
        </button>
        <button
          type="button"
          disabled={busy || !answer || state.hidden.length === 0}
          onClick={() =>
            void work(async () => setShifts(await worker.call("covariateShift", state, options)))
          }
        >
          Covariate shift, with and without batch normalisation
        </button>
        {busy && <span class="note">{Math.round(100 * share)} %</span>}
      </div>
      {error && <p class="error">{error}</p>}
      {plane && <Plane plane={plane} />}
      {shifts && <Shifts shifts={shifts} />}
    </section>
  );
}

function Plane({ plane }: { plane: LossPlane }) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const [x1, x2, y1, y2] = plane.box;
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [x1, x2], label: "0: first weights, 1: the answer" },
        { domain: [y1, y2] },
        ink,
        { left: 44, right: 12, top: 10, bottom: 42 },
      );
      pen.clip(f.left, f.top, f.right - f.left, f.bottom - f.top, () => {
        plane.levels.forEach((ring, k) => {
          const points = Array.from(ring, (v, i) =>
            i % 2 ? f.y(y1 + v * (y2 - y1)) : f.x(x1 + v * (x2 - x1)),
          );
          pen.line(points, { color: ink.cool, width: 1.1, alpha: 1 - 0.055 * k });
        });
        const trail = Array.from(plane.trail, (v, i) => (i % 2 ? f.y(v) : f.x(v)));
        pen.line(trail, { color: ink.accent, width: 2.2 });
        for (let i = 0; i < trail.length; i += 2) pen.dot(trail[i]!, trail[i + 1]!, 2, ink.accent);
        const end = trail.length;
        pen.dot(trail[0]!, trail[1]!, 5, ink.paper, { color: ink.ink, width: 2 });
        pen.dot(trail[end - 2]!, trail[end - 1]!, 6, ink.accent, { color: ink.paper, width: 1.5 });
      });
    },
    [plane],
  );
  return (
    <>
      <Surface
        class="sheet plane"
        label="Level lines of the loss on a plane through the weights, with the way of the training"
        draw={draw}
      />
      <p class="note">
        Level lines of the loss, at equal ratios, on the plane of the first weights, the answer, and the
        largest excursion between them. It falls from {short(plane.first, 3)} to {short(plane.least, 3)}{" "}
        there. All other directions are left out: a plane through a valley says little of its width.
      </p>
    </>
  );
}

function Shifts({ shifts }: { shifts: readonly Shift[] }) {
  const draw = useCallback(
    (pen: CanvasPen, width: number, height: number, ink: Ink) => {
      const all = shifts.flatMap((s) => [...s.low, ...s.high]);
      const f = drawAxes(
        pen,
        width,
        height,
        { domain: [0, Math.max(1, (shifts[0]?.middle.length ?? 2) - 1)], label: "epoch" },
        { domain: spread(all, 0.06), label: "input of one unit" },
        ink,
        { left: 52, right: 14, top: 12, bottom: 42 },
      );
      shifts.forEach((s, k) => {
        const color = k === 0 ? ink.accent : ink.cool;
        const there = [...s.high].flatMap((v, i) => [f.x(i), f.y(v)]);
        const back = [...s.low]
          .flatMap((v, i) => [[f.x(i), f.y(v)]])
          .reverse()
          .flat();
        pen.area([...there, ...back], color, 0.2);
        pen.line(
          [...s.middle].flatMap((v, i) => [f.x(i), f.y(v)]),
          { color, width: 2 },
        );
      });
    },
    [shifts],
  );
  const end = (s: Shift) => s.moved[s.moved.length - 1]!;
  return (
    <>
      <Surface
        class="lines"
        label="What one unit of the last hidden layer is given, epoch by epoch: median and quartiles"
        draw={draw}
      />
      <ul class="roads">
        {shifts.map((s, k) => (
          <li key={s.name} class={k === 0 ? "" : "cool"}>
            {s.name}: the means of the units moved by {short(end(s), 3)}; {(100 * s.accuracy).toFixed(1)} %
            right at the end
          </li>
        ))}
      </ul>
      <p class="note">
        Median and quartiles, over samples nobody trains on, of what one unit of the last hidden layer is
        given. While the layers before it learn, its input moves and spreads; normalised over the batch it
        stays where the activation is alive (Ioffe and Szegedy 2015).
      </p>
    </>
  );
}
