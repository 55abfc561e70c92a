// The table of layers, shapes and parameters.

import type { Plan } from "./plan.js";
import type { Stage } from "./stage.js";

export function summaryOf(plan: Plan, stages: readonly Stage[], loss: string, dtype: string): string {
  const head = ["layer", "output", "parameters", ""];
  const rows = [
    ["inputs", String(plan.inputs), "", ""],
    ...plan.stages.map(({ name, outputs, params }, i) => [
      name,
      String(outputs),
      String(params.reduce((n, { length }) => n + length, 0)),
      stages[i]?.frozen ? "frozen" : "",
    ]),
  ];
  const widths = head.map((title, j) =>
    Math.max(title.length, ...rows.map((row) => (row[j] as string).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, j) => (j === 1 || j === 2 ? cell.padStart(widths[j]!) : cell.padEnd(widths[j]!)))
      .join("  ")
      .trimEnd();
  const trained = plan.stages.reduce(
    (n, { params }, i) => n + (stages[i]?.frozen ? 0 : params.reduce((sum, { length }) => sum + length, 0)),
    0,
  );
  const end = `${plan.paramCount} parameters, ${trained} of them trained, ${plan.bufferCount} statistics; ${loss}, ${dtype}`;
  return [line(head), ...rows.map(line), end].join("\n");
}
