// The table of a text: a short one is read at once, a long one by the worker, so that no frame waits for it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { connect } from "../shell/rpc.js";
import type * as FitJobs from "./jobs.js";
import { readTable, type Table } from "./table.js";

const worker = connect<typeof FitJobs>("fit");
/** Characters that are read within a fraction of a frame. */
const SHORT = 20_000;
const READING: Table = {
  columns: [],
  rows: 0,
  notes: ["reading"],
  errors: [],
  guess: { x: -1, y: -1, sigma: -1 },
};

export function useTable(text: string): Table {
  const here = useMemo(() => (text.length <= SHORT ? readTable(text) : null), [text]);
  const [there, setThere] = useState<{ text: string; table: Table } | null>(null);
  const ask = useRef(
    worker.latest(
      "table",
      (table, asked) => setThere({ text: asked.text, table }),
      () => setThere(null),
    ),
  ).current;
  useEffect(() => {
    if (!here) ask({ text });
  }, [text]);
  return here ?? (there?.text === text ? there.table : READING);
}
