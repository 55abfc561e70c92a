// Taking the fit along: as a program in three languages, as numbers, as a picture.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { LIGHT } from "../draw/ink.js";
import { SvgPen } from "../draw/pen.js";
import { Choice, Copy } from "../shell/controls.js";
import { connect } from "../shell/rpc.js";
import { csv } from "./exports.js";
import type * as FitJobs from "./jobs.js";
import type { FitRequest, FitView } from "./jobs.js";
import { drawFit } from "./plot.js";
import type { FitState, Points } from "./state.js";

interface ExportPanelProps {
  request: FitRequest;
  view: FitView;
  points: Points;
  state: FitState;
  together: FitJobs.ProgramRequest["together"];
  onJson(): Promise<string>;
}

function save(name: string, type: string, content: string | Blob): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Pixels of the PNG to a unit of the SVG. */
const SHARP = 2;

/** An SVG painted by the browser. */
async function png(svg: string, width: number, height: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width * SHARP, height * SHARP);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * SHARP;
    canvas.height = height * SHARP;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

const worker = connect<typeof FitJobs>("fit");
type Language = FitJobs.ProgramRequest["language"];

/** Writing a program of a thousand points takes longer than a frame: it is written once nothing moves any more. */
const REST = 250;

export function ExportPanel(props: ExportPanelProps) {
  const [rested, setRested] = useState(props);
  useEffect(() => {
    const timer = setTimeout(() => setRested(props), REST);
    return () => clearTimeout(timer);
  }, [props.request, props.view, props.points, props.state, props.together]);
  return useMemo(() => <Programs {...rested} />, [rested]);
}

function Programs({ request, view, points, state, together, onJson }: ExportPanelProps) {
  const [language, setLanguage] = useState<Language>("js");
  const [text, setText] = useState("");
  const write = useRef(worker.latest("program", setText, (e) => setText(e.message))).current;
  useEffect(
    () => write({ language, fit: request, view: { rows: view.rows, lossScale: view.lossScale }, together }),
    [language, request, view, together],
  );
  const svg = (): string => {
    const pen = new SvgPen();
    drawFit(pen, 760, 480, LIGHT, { points, view, state, active: -1 });
    return pen.toString(760, 480, "#ffffff");
  };
  return (
    <section aria-label="Export" class="export">
      <h2>Take it along</h2>
      <Choice
        label={together ? `The fit of all ${together.answer.sets.length} sets in` : "This very fit in"}
        value={language}
        options={[
          ["js", "JavaScript"],
          ["python", "Python (SciPy)"],
          ["r", "R"],
        ]}
        onChange={(chosen: Language) => setLanguage(chosen)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre class="sheet program" tabIndex={0}>
        {text}
      </pre>
      <div class="row">
        <Copy label="Copy the program" otherwise="Mark it and copy it" text={() => text} />
        <button type="button" class="quiet" onClick={() => save("fit.svg", "image/svg+xml", svg())}>
          Picture (SVG)
        </button>
        <button
          type="button"
          class="quiet"
          onClick={async () => save("fit.png", "image/png", await png(svg(), 760, 480))}
        >
          Picture (PNG)
        </button>
        <button type="button" class="quiet" onClick={() => save("fit.csv", "text/csv", csv(request, view))}>
          Numbers (CSV)
        </button>
        <button
          type="button"
          class="quiet"
          onClick={async () => save("fit.json", "application/json", await onJson())}
        >
          Report (JSON)
        </button>
        <button type="button" class="quiet" onClick={() => save("fit.txt", "text/plain", view.report)}>
          Report (text)
        </button>
      </div>
    </section>
  );
}
