// Measure: how much WebAssembly gives on this machine, against the best plain JavaScript.

import { useRef, useState } from "preact/hooks";
import type * as MeasureJobs from "../measure/jobs.js";
import { Check, Copy } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { connect } from "../shell/rpc.js";

const worker = connect<typeof MeasureJobs>("measure");
type Row = MeasureJobs.Measured;

const size = (bytes: number): string =>
  bytes < 1 << 20 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
const time = (us: number): string =>
  us < 1000 ? `${us.toPrecision(3)} µs` : `${(us / 1000).toPrecision(3)} ms`;

function markdown(rows: readonly Row[], variant: string): string {
  const lines = rows.map(
    (r) =>
      `| ${r.title} | ${r.n} | ${r.dtype} | ${time(r.ours)} | ${time(r.plain)} | ${r.ratio[1].toFixed(2)} (${r.ratio[0].toFixed(2)} to ${r.ratio[2].toFixed(2)}) |`,
  );
  return `${navigator.userAgent}, variant ${variant}\n\n| what | n | type | WebAssembly | plain JavaScript | times faster (quartiles) |\n|---|---|---|---|---|---|\n${lines.join("\n")}\n`;
}

function Measure() {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [share, setShare] = useState(-1);
  const [variant, setVariant] = useState<MeasureJobs.Variant>("simd");
  const [ran, setRan] = useState("simd");
  const [quick, setQuick] = useState(false);
  const [error, setError] = useState("");
  const stop = useRef<AbortController | null>(null);
  const run = async (): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setRows([]);
    setShare(0);
    setError("");
    const found: Row[] = [];
    try {
      const answer = await worker.call(
        "measure",
        { quick, variant },
        {
          signal: controller.signal,
          progress: ({ row, share: done }: { row: Row; share: number }) => {
            found.push(row);
            setRows([...found]);
            setShare(done);
          },
        },
      );
      setRan(answer.variant);
    } catch (e) {
      setError((e as Error).message);
    }
    setShare(-1);
  };
  const most = Math.max(1, ...rows.map((r) => r.ratio[2]));
  return (
    <>
      <h1>Measure it here</h1>
      <p class="lede">
        The kernels against the fastest plain JavaScript that we could write, on your machine, from what fits
        the first cache to what lies in memory.
      </p>
      <div class="row">
        <button type="button" class="primary" disabled={share >= 0} onClick={run}>
          {share >= 0 ? `Measuring, ${Math.round(100 * share)} %` : "Measure"}
        </button>
        <button type="button" class="quiet" disabled={share < 0} onClick={() => stop.current?.abort()}>
          Stop
        </button>
        <Check label="small sizes only" checked={quick} onChange={setQuick} />
        <Check
          label="fused multiply-add (relaxed SIMD)"
          checked={variant === "relaxed"}
          onChange={(on) => setVariant(on ? "relaxed" : "simd")}
        />
        {rows.length > 0 && share < 0 && (
          <Copy
            label="Copy as Markdown"
            otherwise="Mark the table and copy it"
            text={() => markdown(rows, ran)}
          />
        )}
      </div>
      {error && <p class="error">{error}</p>}
      <div class="scroll" data-measured={share < 0 && rows.length > 0 ? "yes" : "no"}>
        <table class="measured" data-variant={ran}>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col" class="number">
                n
              </th>
              <th scope="col">type</th>
              <th scope="col" class="number">
                memory
              </th>
              <th scope="col" class="number">
                WebAssembly
              </th>
              <th scope="col" class="number">
                plain JavaScript
              </th>
              <th scope="col" class="number">
                times faster
              </th>
              <th scope="col" class="wide">
                median and quartiles
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={`${r.id} ${r.n} ${r.dtype}`}>
                <td>{r.title}</td>
                <td class="number">{r.n.toLocaleString("en")}</td>
                <td>{r.dtype}</td>
                <td class="number">{size(r.bytes)}</td>
                <td class="number">{time(r.ours)}</td>
                <td class="number">{time(r.plain)}</td>
                <td class="number">
                  <b>{r.ratio[1].toFixed(2)}</b>
                </td>
                <td class="wide">
                  <span class="ratio">
                    <span class="one" style={{ left: `${(100 * 1) / most}%` }} />
                    <span class="bar" style={{ width: `${(100 * r.ratio[1]) / most}%` }} />
                    <span
                      class="quartiles"
                      style={{
                        left: `${(100 * r.ratio[0]) / most}%`,
                        width: `${(100 * (r.ratio[2] - r.ratio[0])) / most}%`,
                      }}
                    />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        Both sides take turns in one worker, 8 ms each, nine rounds; the ratio is the median over the rounds.
        The plain side is tiled and unrolled by hand. A call includes everything a user pays: checks, and
        copies of matrices into WebAssembly’s memory; the parameters of Adam live there. The fine line is 1:
        no faster. <code>npm run bench</code> measures the kernels alone.
      </p>
    </>
  );
}

await show("measure", undefined, Measure);
