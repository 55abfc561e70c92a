// What pictures are drawn with: a pen for canvas and one for SVG text, so that each chart is written once.

export interface Stroke {
  readonly color: string;
  readonly width?: number | undefined;
  readonly dash?: readonly number[] | undefined;
  readonly alpha?: number | undefined;
}
export interface Lettering {
  readonly color: string;
  readonly size?: number | undefined;
  readonly align?: "left" | "center" | "right" | undefined;
  readonly baseline?: "top" | "middle" | "bottom" | undefined;
  readonly bold?: boolean | undefined;
  readonly turned?: boolean | undefined;
}

/** Points are x, y, x, y ... in pixels. */
export interface Pen {
  line(points: ArrayLike<number>, stroke: Stroke): void;
  area(points: ArrayLike<number>, color: string, alpha?: number): void;
  dot(x: number, y: number, radius: number, fill: string | null, stroke?: Stroke): void;
  /** Many small dots, x, y, x, y ..., as cheaply as they can be drawn. */
  specks(points: ArrayLike<number>, size: number, color: string): void;
  text(x: number, y: number, text: string, how: Lettering): void;
  /** What is drawn inside stays within the rectangle. */
  clip(x: number, y: number, width: number, height: number, inside: () => void): void;
}

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";

export class CanvasPen implements Pen {
  readonly context: CanvasRenderingContext2D;
  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }

  line(points: ArrayLike<number>, { color, width = 1.5, dash, alpha = 1 }: Stroke): void {
    const c = this.context;
    c.globalAlpha = alpha;
    c.strokeStyle = color;
    c.lineWidth = width;
    c.lineJoin = "round";
    c.lineCap = "round";
    c.setLineDash(dash ? [...dash] : []);
    c.beginPath();
    let pen = false;
    for (let i = 0; i + 1 < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      if (!Number.isFinite(x + y)) pen = false;
      else if (pen) c.lineTo(x, y);
      else {
        c.moveTo(x, y);
        pen = true;
      }
    }
    c.stroke();
    c.globalAlpha = 1;
  }

  area(points: ArrayLike<number>, color: string, alpha = 1): void {
    const c = this.context;
    c.globalAlpha = alpha;
    c.fillStyle = color;
    c.beginPath();
    for (let i = 0; i + 1 < points.length; i += 2) c.lineTo(points[i]!, points[i + 1]!);
    c.closePath();
    c.fill();
    c.globalAlpha = 1;
  }

  dot(x: number, y: number, radius: number, fill: string | null, stroke?: Stroke): void {
    if (!Number.isFinite(x + y)) return;
    const c = this.context;
    c.beginPath();
    c.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    if (stroke) {
      c.setLineDash(stroke.dash ? [...stroke.dash] : []);
      c.globalAlpha = stroke.alpha ?? 1;
      c.strokeStyle = stroke.color;
      c.lineWidth = stroke.width ?? 1.5;
      c.stroke();
      c.globalAlpha = 1;
    }
  }

  specks(points: ArrayLike<number>, size: number, color: string): void {
    const c = this.context;
    c.fillStyle = color;
    for (let i = 0; i + 1 < points.length; i += 2)
      c.fillRect(points[i]! - size / 2, points[i + 1]! - size / 2, size, size);
  }

  text(x: number, y: number, text: string, how: Lettering): void {
    const c = this.context;
    c.save();
    c.fillStyle = how.color;
    c.font = `${how.bold ? "600 " : ""}${how.size ?? 12}px ${FONT}`;
    c.textAlign = how.align ?? "left";
    c.textBaseline = how.baseline ?? "middle";
    c.translate(x, y);
    if (how.turned) c.rotate(-Math.PI / 2);
    c.fillText(text, 0, 0);
    c.restore();
  }

  clip(x: number, y: number, width: number, height: number, inside: () => void): void {
    const c = this.context;
    c.save();
    c.beginPath();
    c.rect(x, y, width, height);
    c.clip();
    inside();
    c.restore();
  }
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const px = (v: number): string => String(Math.round(v * 100) / 100);

export class SvgPen implements Pen {
  readonly #parts: string[] = [];
  #clips = 0;

  line(points: ArrayLike<number>, { color, width = 1.5, dash, alpha = 1 }: Stroke): void {
    const pattern = dash ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.#parts.push(
      `<path d="${path(points)}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="${alpha}" stroke-linejoin="round" stroke-linecap="round"${pattern}/>`,
    );
  }

  area(points: ArrayLike<number>, color: string, alpha = 1): void {
    this.#parts.push(`<path d="${path(points)}Z" fill="${color}" fill-opacity="${alpha}"/>`);
  }

  dot(x: number, y: number, radius: number, fill: string | null, stroke?: Stroke): void {
    if (!Number.isFinite(x + y)) return;
    const edge = stroke ? ` stroke="${stroke.color}" stroke-width="${stroke.width ?? 1.5}"` : "";
    this.#parts.push(
      `<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="${fill ?? "none"}"${edge}/>`,
    );
  }

  specks(points: ArrayLike<number>, size: number, color: string): void {
    let d = "";
    for (let i = 0; i + 1 < points.length; i += 2) d += `M${px(points[i]!)} ${px(points[i + 1]!)}h0`;
    this.#parts.push(
      `<path d="${d}" fill="none" stroke="${color}" stroke-width="${size}" stroke-linecap="round"/>`,
    );
  }

  text(x: number, y: number, text: string, how: Lettering): void {
    const anchor = { left: "start", center: "middle", right: "end" }[how.align ?? "left"];
    const baseline = { top: "hanging", middle: "central", bottom: "auto" }[how.baseline ?? "middle"];
    const turned = how.turned ? ` transform="rotate(-90 ${px(x)} ${px(y)})"` : "";
    this.#parts.push(
      `<text x="${px(x)}" y="${px(y)}" font-size="${how.size ?? 12}" text-anchor="${anchor}" dominant-baseline="${baseline}" fill="${how.color}"${turned}>${escaped(text)}</text>`,
    );
  }

  clip(x: number, y: number, width: number, height: number, inside: () => void): void {
    const id = `clip${++this.#clips}`;
    this.#parts.push(
      `<clipPath id="${id}"><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/></clipPath><g clip-path="url(#${id})">`,
    );
    inside();
    this.#parts.push("</g>");
  }

  toString(width: number, height: number, background: string): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}"><rect width="100%" height="100%" fill="${background}"/>${this.#parts.join("")}</svg>\n`;
  }
}

function path(points: ArrayLike<number>): string {
  let text = "";
  let pen = false;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (!Number.isFinite(x + y)) {
      pen = false;
      continue;
    }
    text += `${pen ? "L" : "M"}${px(x)} ${px(y)}`;
    pen = true;
  }
  return text;
}
