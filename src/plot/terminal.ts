// A picture as lines of text for a terminal: curves in braille, two by four dots a letter, data as bullets over them.

import { type Axis, makeAxis } from "./axis.js";
import { type Reach, reachOf } from "./marks.js";
import { finite, type Mark, type Numbers, type Panel, type Picture } from "./picture.js";

/** Bits of the eight dots of a braille letter, by column and row. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;
/** ANSI: blue, red, green, magenta, yellow, cyan, white. */
const ANSI = [34, 31, 32, 35, 33, 36, 37];
const BAND = "░";

interface Cell {
  bits: number;
  over: string;
  under: string;
  tone: number | null;
}

class Canvas {
  readonly width: number;
  readonly height: number;
  readonly cells: Cell[];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.cells = Array.from({ length: width * height }, () => ({ bits: 0, over: "", under: "", tone: null }));
  }

  /** The letter at a dot, where it is inside. */
  #at(x: number, y: number): Cell | undefined {
    const [c, r] = [Math.floor(x / 2), Math.floor(y / 4)];
    return c >= 0 && c < this.width && r >= 0 && r < this.height ? this.cells[r * this.width + c] : undefined;
  }

  dot(x: number, y: number, tone: number | null): void {
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const cell = this.#at(i, j);
    if (!cell) return;
    cell.bits |= DOTS[i & 1]![j & 3]!;
    cell.tone = tone;
  }

  over(x: number, y: number, letter: string, tone: number | null): void {
    const cell = this.#at(x, y);
    if (!cell) return;
    cell.over = letter;
    cell.tone = tone;
  }

  under(x: number, y: number): void {
    const cell = this.#at(x, y);
    if (cell) cell.under = BAND;
  }

  /** A straight line between two dots; what lies outside of the canvas is cut off before it is walked. */
  line(x0: number, y0: number, x1: number, y1: number, tone: number | null): void {
    const [w, h] = [this.width * 2, this.height * 4];
    const cut = clipped(x0, y0, x1, y1, w, h);
    if (!cut) return;
    const [a, b, c, d] = cut;
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(c - a), Math.abs(d - b))));
    for (let i = 0; i <= steps; i++) this.dot(a + ((c - a) * i) / steps, b + ((d - b) * i) / steps, tone);
  }

  text(color: boolean): string[] {
    return Array.from({ length: this.height }, (_, r) => {
      let line = "";
      let now: number | null = null;
      for (const { bits, over, under, tone } of this.cells.slice(r * this.width, (r + 1) * this.width)) {
        const mark = over || (bits ? String.fromCharCode(BLANK + bits) : "");
        const wanted = color && mark !== "" ? tone : null;
        if (wanted !== now) line += wanted === null ? PLAIN : escapeOf(wanted);
        now = wanted;
        line += mark || under || " ";
      }
      return now === null ? line : line + PLAIN;
    });
  }
}

const PLAIN = "\u001b[39m";
const escapeOf = (tone: number): string => `\u001b[${ANSI[tone % ANSI.length]}m`;

/** Liang and Barsky's (1984) clipping to 0..w, 0..h; null where nothing is left. */
function clipped(x0: number, y0: number, x1: number, y1: number, w: number, h: number) {
  if (![x0, y0, x1, y1].every(finite)) return null;
  let [from, to] = [0, 1];
  for (const [p, q] of [
    [x0 - x1, x0],
    [x1 - x0, w - x0],
    [y0 - y1, y0],
    [y1 - y0, h - y0],
  ] as const) {
    if (p === 0) {
      if (q < 0) return null;
    } else {
      const t = q / p;
      if (p < 0) from = Math.max(from, t);
      else to = Math.min(to, t);
    }
  }
  if (from > to) return null;
  return [x0 + from * (x1 - x0), y0 + from * (y1 - y0), x0 + to * (x1 - x0), y0 + to * (y1 - y0)] as const;
}

const each = (x: Numbers, y: Numbers, at: { x: Axis; y: Axis }): [number, number][] =>
  Array.from({ length: Math.min(x.length, y.length) }, (_, i) => [at.x.at(x[i]!), at.y.at(y[i]!)]);

/** Sets of points are told apart without colours too. */
const SETS = ["•", "○", "◆", "◇"] as const;

function letterOf(mark: Mark & { kind: "dots" }): string {
  if (mark.symbol === "cross") return "×";
  return mark.symbol === "star" ? "★" : SETS[(typeof mark.tone === "number" ? mark.tone : 0) % SETS.length]!;
}

function draw(mark: Mark, at: { x: Axis; y: Axis }, canvas: Canvas): void {
  const tone = "tone" in mark && typeof mark.tone === "number" ? mark.tone : null;
  switch (mark.kind) {
    case "dots": {
      const letter = letterOf(mark);
      const many = mark.x.length > canvas.width * 2;
      for (const [x, y] of each(mark.x, mark.y, at))
        if (finite(x) && finite(y)) many ? canvas.dot(x, y, tone) : canvas.over(x, y, letter, tone);
      return;
    }
    case "line": {
      const points = each(mark.x, mark.y, at);
      points.forEach(([x, y], i) => {
        const before = points[i - 1];
        if (!before) canvas.line(x, y, x, y, tone);
        else if (mark.step) {
          canvas.line(before[0], before[1], x, before[1], tone);
          canvas.line(x, before[1], x, y, tone);
        } else canvas.line(before[0], before[1], x, y, tone);
      });
      return;
    }
    case "errors":
      for (let i = 0; i < mark.x.length; i++) {
        const x = at.x.at(mark.x[i]!);
        canvas.line(x, at.y.at(mark.lower[i]!), x, at.y.at(mark.upper[i]!), null);
      }
      return;
    case "band": {
      const low = each(mark.x, mark.lower, at);
      const high = each(mark.x, mark.upper, at);
      for (let i = 0; i < low.length; i++) {
        const [x, bottom] = low[i]!;
        const top = high[i]![1];
        if (!finite(x) || !finite(bottom) || !finite(top)) continue;
        const end = Math.min(bottom, canvas.height * 4 - 1);
        for (let y = Math.max(top, 0); y <= end; y += 1) canvas.under(x, y);
      }
      return;
    }
    case "rule": {
      const p = mark.x === undefined ? at.y.at(mark.y ?? NaN) : at.x.at(mark.x);
      if (mark.x === undefined) for (let x = 0; x < canvas.width * 2; x += 4) canvas.dot(x, p, null);
      else for (let y = 0; y < canvas.height * 4; y += 4) canvas.dot(p, y, null);
      return;
    }
    case "columns":
      for (let i = 0; i < mark.top.length; i++) {
        const [left, right] = [at.x.at(mark.left[i]!), at.x.at(mark.right[i]!)];
        const [top, base] = [at.y.at(mark.top[i]!), at.y.at(mark.base ?? 0)];
        if (![left, right, top, base].every(finite)) continue;
        for (let x = Math.ceil(left); x < right; x++) canvas.line(x, top, x, base, tone);
      }
      return;
    default:
  }
}

/** Texts at their places in a line of a width; what would touch its neighbour is left out. */
function spaced(items: readonly { at: number; text: string }[], width: number): string {
  const line: string[] = Array.from({ length: width }, () => " ");
  let end = -1;
  for (const { at, text } of items) {
    const letters = [...text];
    const from = Math.max(0, Math.min(width - letters.length, Math.round(at - letters.length / 2)));
    if (from <= end) continue;
    letters.forEach((letter, i) => {
      line[from + i] = letter;
    });
    end = from + letters.length;
  }
  return line.join("").trimEnd();
}

function panelLines(
  panel: Panel,
  extents: Reach,
  width: number,
  height: number,
  ticks: boolean,
  color: boolean,
): string[] {
  const rows = Math.max(2, height - (ticks ? 2 : 0));
  const yPlan = { ...panel.y };
  const rough = makeAxis(yPlan, extents.y, rows * 4 - 1, 0, Math.max(2, Math.floor(rows / 3)));
  const margin = Math.min(
    Math.floor(width / 3),
    Math.max(4, ...rough.ticks.map(({ text }) => [...text].length)),
  );
  const columns = Math.max(4, width - margin - 1);
  const x = makeAxis(panel.x, extents.x, 0, columns * 2 - 1, Math.max(2, Math.floor(columns / 12)));
  const canvas = new Canvas(columns, rows);
  for (const mark of panel.marks) draw(mark, { x, y: rough }, canvas);
  const names = new Map(
    rough.ticks.map(({ at, text }) => [Math.min(rows - 1, Math.max(0, Math.floor(at / 4))), text]),
  );
  const lines = canvas.text(color).map((line, r) => {
    const name = names.get(r);
    const cut = [...(name ?? "")].slice(0, margin).join("");
    return `${cut.padStart(margin)}${name === undefined ? "│" : "┤"}${line}`;
  });
  if (!ticks) return lines;
  const marks = new Set(x.ticks.map(({ at }) => Math.floor(at / 2)));
  const foot = Array.from({ length: columns }, (_, c) => (marks.has(c) ? "┬" : "─")).join("");
  const texts = spaced(
    x.ticks.map(({ at, text }) => ({ at: margin + 1 + at / 2, text })),
    width,
  );
  return [...lines, `${" ".repeat(margin)}└${foot}`, texts];
}

/** Texts side by side, in lines that fit. */
function wrapped(texts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + 3 + lengthOf(text) <= width)
      lines[lines.length - 1] = `${last}   ${text}`;
    else lines.push(lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join("")}…`);
  }
  return lines;
}

/** Letters that are seen. */
const lengthOf = (text: string): number => [...text.replaceAll(ESCAPE, "")].length;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences take no room.
const ESCAPE = /\u001b\[\d+m/g;

/** The picture's rows one below the other, first panels only: a terminal is narrow. */
export function toTerminal(picture: Picture, color: boolean): string {
  const { rows, width, height, title, shown } = picture;
  const head: string[] = shown ? [title] : [];
  const panels = rows.map(({ panels: all }) => all[0]!).filter((panel) => panel.marks.length > 0);
  const named = panels.flatMap(({ marks }) => marks).filter((mark) => "label" in mark && mark.label);
  const legend = [...new Map(named.map((mark) => [(mark as { label: string }).label, mark]))].map(
    ([text, mark]) => {
      const tone = "tone" in mark && typeof mark.tone === "number" ? mark.tone : null;
      const sample = mark.kind === "dots" ? letterOf(mark) : mark.kind === "band" ? BAND : "─";
      return color && tone !== null ? `${escapeOf(tone)}${sample}${PLAIN} ${text}` : `${sample} ${text}`;
    },
  );
  const first = panels[0];
  const label = [first?.y.label, first?.x.label].filter(Boolean).join(" against ");
  head.push(...wrapped(label ? [label, ...legend] : legend, width));
  // A panel below another begins with a line that has its name.
  const names = rows.map(({ panels: [panel] }, i) => (i > 0 && panel?.y.label) || "");
  const free = Math.max(4, height - head.length - names.filter(Boolean).length);
  const weights = rows.reduce((sum, { weight = 1 }) => sum + weight, 0);
  // A letter is too coarse for more of a band than what lies beside the rest.
  const reach = reachOf(rows, false);
  const lines = rows.flatMap((row, i) => {
    const panel = row.panels[0];
    if (!panel) return [];
    const share = Math.max(4, Math.floor((free * (row.weight ?? 1)) / weights));
    const ticks = i === rows.length - 1 || !row.joined;
    const own = panelLines(panel, reach[i]![0]!, width, share, ticks, color);
    return names[i] ? [`── ${names[i]} `.padEnd(width, "─"), ...own] : own;
  });
  return [...head, ...lines].map((line) => line.trimEnd()).join("\n");
}
