// A picture as SVG text: layout of its panels, axes, legend. No DOM is needed, and none of what is written depends on one.

import { type Axis, type Extents, makeAxis } from "./axis.js";
import { element, escaped, hashOf, type Node, pixel, textOf, widthOf } from "./element.js";
import { drawMark, type Reach, reachOf, swatch } from "./marks.js";
import type { AxisPlan, Mark, Panel, Picture } from "./picture.js";
import { type Paint, paintOf, styleOf, type Theme } from "./theme.js";

const FONT = 12;
const SMALL = 11;
const smallWidth = (text: string): number => widthOf(text, SMALL);

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Placed {
  readonly panel: Panel;
  readonly box: Box;
  readonly x: Axis;
  readonly y: Axis;
  /** The ticks of x are written. */
  readonly ticks: boolean;
}

interface Entry {
  readonly text: string;
  readonly mark: Mark;
}

/** Names of marks, each once. */
function entriesOf({ rows }: Picture): Entry[] {
  const found = new Map<string, Mark>();
  for (const { panels } of rows)
    for (const { marks } of panels)
      for (const mark of marks)
        if ("label" in mark && mark.label !== undefined && !found.has(mark.label))
          found.set(mark.label, mark);
  return [...found].map(([text, mark]) => ({ text, mark }));
}

const tickWidth = (axis: Axis): number => Math.max(0, ...axis.ticks.map(({ text }) => smallWidth(text)));

/** As many ticks as their texts leave room for. */
function xAxis(plan: AxisPlan, extent: Extents, left: number, right: number): Axis {
  let count = Math.max(3, Math.round((right - left) / 70));
  for (;;) {
    const axis = makeAxis(plan, extent, left, right, count);
    const [first, second] = axis.ticks;
    const gap = first && second ? Math.abs(second.at - first.at) : Infinity;
    if (plan.names || count <= 1 || gap > tickWidth(axis) + 10) return axis;
    count--;
  }
}

function place(
  picture: Picture,
  entries: readonly Entry[],
): { placed: Placed[]; top: number; right: number } {
  const { rows, width, height, legend } = picture;
  let top = picture.shown ? 30 : 10;
  let lines: readonly Entry[][] = [];
  if (legend === "top") {
    lines = wrap(entries, width - 24);
    top += 20 * lines.length;
  }
  const longest = Math.max(0, ...entries.map(({ text }) => smallWidth(text)));
  const right = legend === "right" && entries.length > 0 ? Math.min(width / 3, longest + 46) : 14;
  const below = (i: number): number => {
    const row = rows[i]!;
    if (row.joined) return 10;
    const named = row.panels.some(({ x }) => x.label && !x.hidden);
    const ticked = row.panels.some(({ x }) => !x.hidden);
    return (ticked ? 20 : 4) + (named ? 18 : 0) + (i < rows.length - 1 ? 10 : 4);
  };
  const above = (i: number): number => (rows[i]!.panels.some(({ title }) => title) ? 20 : 0);
  const used = rows.reduce((sum, _, i) => sum + below(i) + above(i), top);
  const weights = rows.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const unit = Math.max(20, height - used) / weights;
  const columns = new Set(rows.map(({ panels }) => panels.length));
  const margins: number[] = [];
  const made: {
    panel: Panel;
    top: number;
    bottom: number;
    y: Axis;
    extents: Reach;
  }[][] = [];
  const reach = reachOf(rows, true);
  let at = top;
  for (let i = 0; i < rows.length; i++) {
    at += above(i);
    const bottom = at + unit * (rows[i]!.weight ?? 1);
    made.push(
      rows[i]!.panels.map((panel, c) => {
        const extents = reach[i]![c]!;
        const y = makeAxis(panel.y, extents.y, bottom, at, Math.max(3, Math.round((bottom - at) / 44)));
        const margin = panel.y.hidden ? 8 : 16 + tickWidth(y) + (panel.y.label ? 18 : 0);
        // Panels one above the other begin at one place.
        const slot = columns.size === 1 ? c : 100 * i + c;
        margins[slot] = Math.max(margins[slot] ?? 0, margin);
        return { panel, top: at, bottom, y, extents };
      }),
    );
    at = bottom + below(i);
  }
  const placed = made.flatMap((panels, i) => {
    const row = rows[i]!;
    const slots = panels.map((_, c) => margins[columns.size === 1 ? c : 100 * i + c]!);
    const shares = panels.map((_, c) => row.widths?.[c] ?? 1);
    const gap = 12;
    const free = width - right - slots.reduce((a, b) => a + b, 0) - gap * (panels.length - 1);
    const total = shares.reduce((a, b) => a + b, 0);
    let left = 0;
    return panels.map(({ panel, top: high, bottom, y, extents }, c): Placed => {
      left += slots[c]!;
      const box = { left, right: left + Math.max(10, (free * shares[c]!) / total), top: high, bottom };
      left = box.right + gap;
      const x = xAxis(panel.x, extents.x, box.left, box.right);
      return { panel, box, x, y, ticks: !row.joined };
    });
  });
  return { placed, top, right };
}

/** Entries of the legend in lines that fit. */
function wrap(entries: readonly Entry[], width: number): Entry[][] {
  const lines: Entry[][] = [];
  let used = Infinity;
  for (const entry of entries) {
    const needed = smallWidth(entry.text) + 44;
    if (used + needed > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(entry);
    used += needed;
  }
  return lines;
}

function legendOf(picture: Picture, entries: readonly Entry[], right: number, paint: Paint): Node[] {
  const put = ({ text, mark }: Entry, x: number, y: number): Node[] => [
    swatch(mark, x, y, paint),
    textOf(text, x + 30, y + 4, { "font-size": SMALL, fill: paint("ink") }, picture.width - x - 32),
  ];
  if (picture.legend === "top") {
    const first = picture.shown ? 36 : 16;
    return wrap(entries, picture.width - 24).flatMap((line, i) => {
      let x = 14;
      return line.flatMap((entry) => {
        const nodes = put(entry, x, first + 20 * i);
        x += smallWidth(entry.text) + 44;
        return nodes;
      });
    });
  }
  if (picture.legend !== "right") return [];
  const most = Math.max(1, Math.floor((picture.height - 30) / 17));
  return entries
    .slice(0, most)
    .flatMap((entry, i) => put(entry, picture.width - right + 10, (picture.shown ? 40 : 20) + 17 * i));
}

function axes({ panel, box, x, y, ticks }: Placed, { width, height }: Picture, paint: Paint): Node[] {
  const nodes: Node[] = [];
  const { left, right, top, bottom } = box;
  const quiet = { stroke: paint("grid"), "stroke-width": 1, fill: "none" };
  const small = { "font-size": SMALL, fill: paint("muted") };
  const named = { "font-size": FONT, fill: paint("ink"), "text-anchor": "middle" };
  if (!panel.x.names && !panel.y.names) {
    const across = panel.y.hidden
      ? ""
      : y.ticks.map(({ at }) => `M${pixel(left)} ${pixel(at)}H${pixel(right)}`).join("");
    const down = panel.x.hidden
      ? ""
      : x.ticks.map(({ at }) => `M${pixel(at)} ${pixel(top)}V${pixel(bottom)}`).join("");
    if (across + down) nodes.push(element("path", { d: across + down, ...quiet }));
  }
  if (ticks && !panel.x.hidden) {
    for (const { at, text } of x.ticks)
      nodes.push(textOf(text, at, bottom + 15, { ...small, "text-anchor": "middle" }));
    if (x.label) {
      const at = (left + right) / 2;
      nodes.push(textOf(x.label, at, bottom + 33, named, 2 * Math.min(at, width - at)));
    }
  }
  if (!panel.y.hidden) {
    for (const { at, text } of y.ticks)
      nodes.push(textOf(text, left - 7, at + 4, { ...small, "text-anchor": "end" }));
    if (y.label) {
      const at = left - 14 - tickWidth(y) - 6;
      const middle = (top + bottom) / 2;
      const turned = { ...named, transform: `rotate(-90 ${pixel(at)} ${pixel(middle)})` };
      const room = Math.min(Math.max(bottom - top, 170), 2 * middle, 2 * (height - middle));
      nodes.push(textOf(y.label, at, middle, turned, room));
    }
  }
  if (panel.title)
    nodes.push(
      textOf(panel.title, left, top - 7, { "font-size": FONT, "font-weight": 600, fill: paint("ink") }),
    );
  return nodes;
}

/** The frame lies over what was clipped at it. */
const frame = ({ left, right, top, bottom }: Box, paint: Paint): Node =>
  element("rect", {
    x: pixel(left),
    y: pixel(top),
    width: pixel(right - left),
    height: pixel(bottom - top),
    fill: "none",
    stroke: paint("muted"),
    "stroke-opacity": 0.6,
  });

export interface SvgOptions {
  readonly theme: Theme;
  readonly background: boolean;
}

/** One svg element with title and description. */
export function toSvg(picture: Picture, { theme, background }: SvgOptions): string {
  const paint = paintOf(theme);
  const { width, height, title, description } = picture;
  const entries = entriesOf(picture);
  const { placed, right } = place(picture, entries);
  // Several pictures stand in one page: what they refer to has names of its own.
  const own = `downhill-${hashOf(JSON.stringify([title, description, width, height, placed.map(({ box }) => box)]))}`;
  const nodes: Node[] = [];
  if (background)
    nodes.push(element("rect", { width: pixel(width), height: pixel(height), fill: paint("paper") }));
  if (picture.shown)
    nodes.push(
      textOf(title, 14, 20, { "font-size": 14, "font-weight": 600, fill: paint("ink") }, width - 28),
    );
  nodes.push(...legendOf(picture, entries, right, paint));
  placed.forEach((at, i) => {
    if (at.panel.blank) return;
    const clip = `${own}-${i}`;
    const { left, top } = at.box;
    const size = { width: pixel(at.box.right - left), height: pixel(at.box.bottom - top) };
    const rect = element("rect", { x: pixel(left), y: pixel(top), ...size });
    const marks = at.panel.marks.flatMap((mark) => drawMark(mark, at, paint));
    nodes.push(
      ...axes(at, picture, paint),
      element("clipPath", { id: clip }, [rect]),
      element("g", { class: "downhill-marks", "clip-path": `url(#${clip})` }, marks),
      frame(at.box, paint),
    );
  });
  const [name, words] = [`${own}-t`, `${own}-d`];
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "downhill-plot",
      width: pixel(width),
      height: pixel(height),
      viewBox: `0 0 ${pixel(width)} ${pixel(height)}`,
      role: "img",
      "aria-labelledby": `${name} ${words}`,
      "font-family": "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
    },
    [
      element("title", { id: name }, [escaped(title)]),
      element("desc", { id: words }, [escaped(description)]),
      styleOf(theme),
      ...nodes,
    ],
  );
}
