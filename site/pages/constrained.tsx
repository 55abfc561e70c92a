// Constrained problems: a linear program to be drawn, and a picture to be denoised.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { halfPlanes, hull, middle, type Point } from "../constrained/geometry.js";
import type * as ConstrainedJobs from "../constrained/jobs.js";
import { PictureDenoise } from "../constrained/picture.js";
import { Polygon, type Quadratic } from "../constrained/polygon.js";
import { Choice, Slider } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { plural, short } from "../shell/numbers.js";
import { connect } from "../shell/rpc.js";
import { Store, useStore } from "../shell/store.js";

interface ConstrainedState {
  kind: string;
  centre: Point;
  stretch: number;
  corners: readonly Point[];
  angle: number;
  noise: number;
  lambda: number;
}
const store = new Store<ConstrainedState>({
  kind: "linear",
  centre: [4.6, 3.4],
  stretch: 3,
  corners: [
    [-5, -2.5],
    [-1, -4],
    [4, -3],
    [5.2, 1],
    [2, 4],
    [-3.4, 3],
  ],
  angle: 35,
  noise: 30,
  lambda: 30,
});
const worker = connect<typeof ConstrainedJobs>("constrained");
const term = (a: number, name: string): string => `${short(a, 3)} ${name}`;

function Constrained() {
  const s = useStore(store);
  const [answer, setAnswer] = useState<ConstrainedJobs.LpAnswer | null>(null);
  const [quadratic, setQuadratic] = useState<ConstrainedJobs.QpAnswer | null>(null);
  const [error, setError] = useState("");
  const failed = (e: Error) => setError(e.message);
  const calls = useRef({
    lp: worker.latest("lp", setAnswer, failed),
    qp: worker.latest("qp", setQuadratic, failed),
  }).current;
  const shape = useMemo(() => hull(s.corners), [s.corners]);
  const rows = useMemo(() => halfPlanes(shape), [shape]);
  const radians = (s.angle * Math.PI) / 180;
  const c: [number, number] = [Math.cos(radians), Math.sin(radians)];
  const P = useMemo((): [number, number][] => {
    // Curvature 1 along the axis of the angle, 1 / stretch^2 across it.
    const [u, v] = c;
    const w = 1 / s.stretch ** 2;
    return [
      [u * u + w * v * v, (1 - w) * u * v],
      [(1 - w) * u * v, v * v + w * u * u],
    ];
  }, [s.angle, s.stretch]);
  const curved = s.kind === "quadratic";
  const form: Quadratic | null = useMemo(
    () => (curved ? { centre: s.centre, P, answer: quadratic } : null),
    [curved, s.centre, P, quadratic],
  );
  useEffect(() => {
    if (curved && shape.length >= 3) calls.qp({ ...rows, P, centre: s.centre });
  }, [curved, rows, P, s.centre]);
  useEffect(() => {
    if (shape.length >= 3) calls.lp({ ...rows, c, inside: middle(shape) });
  }, [rows, s.angle]);
  return (
    <>
      <h1>Within constraints</h1>
      <p class="lede">
        Drag the corners, click to add one, turn the objective, or make it quadratic: several roads lead to
        the best point.
      </p>
      <div class="columns">
        <section aria-label="Linear program">
          <div class="sheet">
            <Polygon
              corners={s.corners}
              angle={radians}
              answer={answer}
              quadratic={form}
              onCentre={(centre) => store.set({ centre })}
              onCorners={(corners) => store.set({ corners })}
            />
          </div>
        </section>
        <aside aria-label="Answer">
          <Choice
            label="The objective is"
            value={s.kind}
            options={[
              ["linear", "linear"],
              ["quadratic", "quadratic"],
            ]}
            onChange={(kind) => store.set({ kind })}
          />
          {curved && (
            <Slider
              label="Longer axis of its ellipses"
              value={s.stretch}
              min={1}
              max={8}
              step={0.1}
              text={`× ${s.stretch.toFixed(1)}`}
              onInput={(stretch) => store.set({ stretch })}
            />
          )}
          <Slider
            label="Direction of the objective"
            value={s.angle}
            min={-180}
            max={180}
            step={1}
            text={`${s.angle}°`}
            onInput={(angle) => store.set({ angle })}
          />
          {error && <p class="error">{error}</p>}
          {curved && quadratic && <QuadraticAnswer answer={quadratic} />}
          {!curved && answer && (
            <>
              <p class="scoreline" role="status" data-lp={answer.status} data-x={[...answer.x].join(" ")}>
                {answer.status === "solved" ? (
                  <>
                    The best point is{" "}
                    <b>
                      ({short(answer.x[0]!, 5)}, {short(answer.x[1]!, 5)})
                    </b>
                    , worth {short(answer.value, 5)}.
                  </>
                ) : (
                  `Not solved: ${answer.status}`
                )}
              </p>
              <ul class="roads" data-corners={[...answer.simplex].join(" ")}>
                <li class="simplex">
                  the simplex method, {plural(answer.iterations.simplex, "pivot")} from the worst corner:
                  along an edge to the next corner, until none is better
                </li>
                <li class="central">
                  the central path: minima of the objective with a logarithmic barrier, as its weight goes to
                  zero
                </li>
                <li class="interior">
                  the interior-point method, {plural(answer.iterations.interior, "iteration")},{" "}
                  {short(answer.took, 2)} ms: it follows that path in long steps
                </li>
                <li class="pdhg">
                  PDHG, {plural(answer.iterations.pdhg, "iteration")} with products of A only; drawn where it
                  looks at how far it is
                </li>
              </ul>
            </>
          )}
          {(curved ? quadratic : answer) && (
            <Prices rows={rows} prices={(curved ? quadratic : answer)!.prices} curved={curved} />
          )}
        </aside>
      </div>
      <section aria-label="Denoising">
        <h2>Taking the noise out of a picture</h2>
        <p class="prose">
          The picture nearest to the noisy one among those that jump little: |u − picture|² / 2 + λ TV(u), by
          Chambolle and Pock’s method. Total variation does not care how steep an edge is, only how high; so
          edges stay and noise goes.
        </p>
        <PictureDenoise noise={s.noise} lambda={s.lambda} onChange={(patch) => store.set(patch)} />
      </section>
    </>
  );
}

function QuadraticAnswer({ answer }: { answer: ConstrainedJobs.QpAnswer }) {
  const nit = (method: string) => answer.roads.find((r) => r.method === method)?.nit ?? 0;
  return (
    <>
      <p class="scoreline" role="status" data-qp={answer.status} data-x={[...answer.x].join(" ")}>
        {answer.status === "solved" ? (
          <>
            The lowest point is{" "}
            <b>
              ({short(answer.x[0]!, 5)}, {short(answer.x[1]!, 5)})
            </b>
            : the smallest ellipse that touches the polygon.
          </>
        ) : (
          `Not solved: ${answer.status}`
        )}
      </p>
      <ul class="roads">
        <li class="interior">the interior-point method, {plural(nit("interiorPoint"), "iteration")}</li>
        <li class="pdhg">
          ADMM, {plural(nit("admm"), "iteration")} with one factorisation; drawn where it looks how far it is
        </li>
        <li class="none">
          the dual active-set method, {plural(nit("activeSet"), "change")} of the set of sides that bind:
          exact to rounding
        </li>
      </ul>
    </>
  );
}

interface PricesProps {
  rows: { A: [number, number][]; b: number[] };
  prices: Float64Array;
  curved: boolean;
}

function Prices({ rows, prices, curved }: PricesProps) {
  return (
    <>
      <h2 class="small">Rows and their prices</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">row</th>
              <th scope="col" class="number">
                price
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.A.map((a, i) => (
              <tr key={i}>
                <td>
                  {term(a[0], "x")} {a[1] < 0 ? "−" : "+"} {term(Math.abs(a[1]), "y")} ≤{" "}
                  {short(rows.b[i]!, 3)}
                </td>
                <td class="number">{Math.abs(prices[i] ?? 0) < 1e-7 ? "0" : short(prices[i]!, 4)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        The price of a row is what the objective {curved ? "falls by" : "gains"} if its side gives way by one
        {curved ? " (at first)" : ""}. Rows that do not bind cost nothing.
      </p>
    </>
  );
}

await show("constrained", store, Constrained);
