// The table: examples, paste, drop or choose a file, and which column is what.

import { useId, useMemo } from "preact/hooks";
import { Select } from "../shell/controls.js";
import { plural } from "../shell/numbers.js";
import { examples } from "./examples.js";
import { groupsOf, split } from "./groups.js";
import { defaults, type FitState, type Points } from "./state.js";
import type { Table } from "./table.js";

interface DataPanelProps {
  state: FitState;
  table: Table;
  points: Points | null;
  onChange(patch: Partial<FitState>): void;
}

/** What belongs to one table and not to the next. */
const fresh = {
  x: -1,
  y: -1,
  sigma: -1,
  excluded: [],
  moved: {},
  fixed: {},
  logX: false,
  logY: false,
  more: [],
  shared: [],
} as const;

/** Characters from which a table is not typed in the field any more, and the rows of it that are shown there. */
const LONG = 20_000;
const SHOWN = 100;

/** The beginning of a long table. */
function opening(text: string): string {
  let end = 0;
  for (let row = 0; row < SHOWN && end >= 0; row++) end = text.indexOf("\n", end + 1);
  return end < 0 ? text : `${text.slice(0, end)}\n… and more: another table that is pasted takes its place`;
}

export function DataPanel({ state, table, points, onChange }: DataPanelProps) {
  const id = useId();
  const options = table.columns.map(
    (c, j) => [String(j), c.unit ? `${c.name} (${c.unit})` : c.name] as const,
  );
  const groups = useMemo(() => groupsOf(table), [table]);
  const long = state.table.length > LONG;
  const load = async (file: File | undefined): Promise<void> => {
    if (file) onChange({ ...fresh, example: "own", table: await file.text() });
  };
  return (
    <section aria-label="Data">
      <Select
        label="Data"
        value={state.example}
        options={[...examples.map((e) => [e.id, e.title] as const), ["own", "Your own table"]]}
        onChange={(key) => {
          const example = examples.find((e) => e.id === key);
          if (example)
            onChange({
              ...fresh,
              example: key,
              table: example.table,
              model: example.model,
              more: example.more ?? [],
              shared: example.shared ?? [],
              loss: "linear",
              absolute: defaults.absolute,
            });
          else onChange({ example: "own" });
        }}
      />
      <div class="field">
        <label for={id}>Paste a table here, or drop a file on it</label>
        <textarea
          id={id}
          rows={9}
          spellcheck={false}
          value={long ? opening(state.table) : state.table}
          readOnly={long}
          onPaste={(event) => {
            // The browser takes seconds to type thousands of lines into a field: they go around it.
            const pasted = event.clipboardData?.getData("text") ?? "";
            if (!long && pasted.length <= LONG) return;
            event.preventDefault();
            const { selectionStart: from, selectionEnd: to } = event.currentTarget;
            const whole = long ? pasted : state.table.slice(0, from) + pasted + state.table.slice(to);
            onChange({ ...fresh, example: "own", table: whole });
          }}
          onInput={(event) => onChange({ ...fresh, example: "own", table: event.currentTarget.value })}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            const file = event.dataTransfer?.files[0];
            if (file) void load(file);
            else onChange({ ...fresh, example: "own", table: event.dataTransfer?.getData("text") ?? "" });
          }}
        />
        {long && (
          <button
            type="button"
            class="quiet"
            onClick={() => onChange({ ...fresh, example: "own", table: "" })}
          >
            Clear the table
          </button>
        )}
        <p class="note">
          {table.notes.join(", ")}
          {points && points.left > 0
            ? `; ${plural(points.left, "row has", "rows have")} no numbers there and ${points.left === 1 ? "is" : "are"} left out`
            : ""}
          {points && points.noError > 0
            ? `; ${plural(points.noError, "row has an error", "rows have errors")} not above 0: left out`
            : ""}
          .
        </p>
      </div>
      {points && groups && (
        <button
          type="button"
          class="quiet"
          onClick={() =>
            onChange({
              ...fresh,
              example: "own",
              table: split(table, groups, points.columns),
              more: groups.names.slice(1).map((_, k) => (k + 1) * (points.sigma ? 2 : 1) + 1),
            })
          }
        >
          Take {points.names.y} apart by {table.columns[groups.column]!.name}: {groups.names.join(", ")}
        </button>
      )}
      {points && (
        <div class="columns-of">
          <Select
            label="x"
            value={points.columns.x < 0 ? "-2" : String(points.columns.x)}
            options={[["-2", "row number"], ...options]}
            onChange={(v) => onChange({ x: Number(v) })}
          />
          <Select
            label="y"
            value={String(points.columns.y)}
            options={options}
            onChange={(v) => onChange({ y: Number(v) })}
          />
          <Select
            label="error of y"
            value={points.sigma ? String(points.columns.sigma) : "-2"}
            options={[["-2", "unknown"], ...options]}
            onChange={(v) => onChange({ sigma: Number(v) })}
          />
        </div>
      )}
    </section>
  );
}
