// Bounds and constraints: chosen as a tool for the mouse, or as numbers.

import { useId, useState } from "preact/hooks";
import { Check, Choice } from "../shell/controls.js";
import { short } from "../shell/numbers.js";
import type { Box } from "./functions.js";
import type { RaceAnswer } from "./jobs.js";
import type { Tool } from "./map.js";
import type { Walls } from "./walls.js";

interface WallsPanelProps {
  walls: Walls;
  box: Box;
  tool: Tool;
  /** Null where there is none to what is set. */
  answer: RaceAnswer | null;
  focus: string;
  onTool(tool: Tool): void;
  onWalls(patch: Partial<Walls>): void;
  /** The walls as they are now, where a drawing may be behind: two numbers may change between two drawings. */
  now(): Walls;
}

const KINDS = [
  ["bounds", "a box of bounds", ["x from", "to", "y from", "to"]],
  ["line", "a line, its left side allowed", ["from x", "y", "to x", "y"]],
  ["circle", "a circle, its inside allowed", ["centre x", "y", "radius"]],
] as const;

/** Where each kind begins when it is chosen by the keyboard, in shares of the window. */
function begin(kind: keyof Walls, [x1, x2, y1, y2]: Box): number[] {
  const x = (s: number) => Number((x1 + s * (x2 - x1)).toPrecision(3));
  const y = (s: number) => Number((y1 + s * (y2 - y1)).toPrecision(3));
  if (kind === "bounds") return [x(0.1), x(0.6), y(0.2), y(0.9)];
  if (kind === "line") return [x(0.65), y(0.1), x(0.65), y(0.9)];
  return [x(0.4), y(0.5), Number((0.3 * Math.min(x2 - x1, y2 - y1)).toPrecision(3))];
}

export function WallsPanel({ walls, box, tool, answer, focus, onTool, onWalls, now }: WallsPanelProps) {
  const some = KINDS.some(([kind]) => walls[kind].length > 0);
  return (
    <details class="walls" open={some || tool !== "start"}>
      <summary>Bounds and constraints</summary>
      <Choice
        label="A drag in the map"
        value={tool}
        options={[
          ["start", "moves the start"],
          ["box", "draws bounds"],
          ["line", "draws a line"],
          ["circle", "draws a circle"],
        ]}
        onChange={onTool}
      />
      {KINDS.map(([kind, title, names]) => (
        <div key={kind}>
          <Check
            label={title}
            checked={walls[kind].length > 0}
            onChange={(on) => onWalls({ [kind]: on ? begin(kind, box) : [] })}
          />
          {walls[kind].length > 0 && (
            <div class="numbers">
              {names.map((name, i) => (
                <NumberField
                  key={`${name}${i}`}
                  label={name}
                  of={title}
                  value={walls[kind][i]!}
                  onChange={(v) => onWalls({ [kind]: now()[kind].map((old, j) => (j === i ? v : old)) })}
                />
              ))}
            </div>
          )}
        </div>
      ))}
      {some && answer && <p class="note">{pushWords(answer, focus)}</p>}
    </details>
  );
}

/** A number that counts when it is whole; until then what is typed stays, however often the page is drawn meanwhile. */
function NumberField(props: { label: string; of: string; value: number; onChange(v: number): void }) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <span class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type="number"
        step="any"
        value={typed ?? props.value}
        aria-label={`${props.of}: ${props.label}`}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => {
          setTyped(null);
          const v = event.currentTarget.valueAsNumber;
          if (Number.isFinite(v)) props.onChange(v);
        }}
      />
    </span>
  );
}

/** What the arrows say, in numbers. */
function pushWords(answer: RaceAnswer, focus: string): string {
  const ended = answer.runs.filter((run) => run.violation <= 1e-6);
  const run = ended.find(({ id }) => id === focus) ?? [...ended].sort((a, b) => a.fun - b.fun)[0];
  if (!run) return "No method has ended within the walls: choose one of those for constraints.";
  const touching = run.pushes.filter(({ multiplier }) => multiplier > 0);
  if (touching.length === 0) return "The best point touches no wall: nothing pushes.";
  const list = touching.map(({ name, multiplier }) => `${name} ${short(multiplier, 4)}`).join(", ");
  return `Blue: where the slope pulls. Red: how hard each wall pushes back, its multiplier: ${list}. So much does f fall for each unit that the wall gives way.`;
}
