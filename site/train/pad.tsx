// A pad to draw a digit on. What is drawn is brought to the form of the data: scaled to 32 by 32, counted in blocks of 4 by 4.

import { useEffect, useRef, useState } from "preact/hooks";

type Stroke = [x: number, y: number][];
const SIDE = 260;

/** 64 numbers from 0 to 1, as the digits of the data are: centred, filling the height, ink counted in each block. */
export function pixelsOf(strokes: readonly Stroke[]): Float32Array {
  const points = strokes.flat();
  const pixels = new Float32Array(64);
  if (points.length === 0) return pixels;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  const c = canvas.getContext("2d", { willReadFrequently: true })!;
  const scale = Math.min(26 / Math.max(y2 - y1, 1), 22 / Math.max(x2 - x1, 1));
  c.lineWidth = 5.2;
  c.lineCap = c.lineJoin = "round";
  for (const stroke of strokes) {
    c.beginPath();
    for (const [x, y] of stroke) c.lineTo(16 + (x - (x1 + x2) / 2) * scale, 16 + (y - (y1 + y2) / 2) * scale);
    c.stroke();
  }
  const { data } = c.getImageData(0, 0, 32, 32);
  for (let i = 0; i < 32 * 32; i++) {
    const [row, column] = [Math.floor(i / 32), i % 32];
    if (data[4 * i + 3]! > 127) pixels[8 * (row >> 2) + (column >> 2)]! += 1 / 16;
  }
  return pixels;
}

interface PadProps {
  ready: boolean;
  onRead(pixels: Float32Array): Promise<Float32Array | null>;
}

export function Pad({ ready, onRead }: PadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const strokes = useRef<Stroke[]>([]);
  const [probabilities, setProbabilities] = useState<Float32Array | null>(null);
  const [pixels, setPixels] = useState<Float32Array>(new Float32Array(64));

  const paint = (): void => {
    const c = canvas.current!.getContext("2d")!;
    c.clearRect(0, 0, SIDE, SIDE);
    c.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    c.lineWidth = 18;
    c.lineCap = c.lineJoin = "round";
    for (const stroke of strokes.current) {
      c.beginPath();
      for (const [x, y] of stroke) c.lineTo(x, y);
      c.stroke();
    }
  };
  const read = async (): Promise<void> => {
    const made = pixelsOf(strokes.current);
    setPixels(made);
    setProbabilities(await onRead(made.slice()));
  };
  const clear = (): void => {
    strokes.current = [];
    setPixels(new Float32Array(64));
    setProbabilities(null);
    paint();
  };
  const at = (event: PointerEvent): [number, number] => {
    const r = canvas.current!.getBoundingClientRect();
    return [((event.clientX - r.left) / r.width) * SIDE, ((event.clientY - r.top) / r.height) * SIDE];
  };
  useEffect(() => {
    if (ready && strokes.current.length > 0) void read();
  }, [ready]);
  const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  return (
    <div class="pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        class="sheet"
        role="img"
        aria-label="A pad: draw a digit with the mouse or a finger"
        onPointerDown={(event) => {
          strokes.current.push([at(event)]);
          event.currentTarget.setPointerCapture(event.pointerId);
          paint();
        }}
        onPointerMove={(event) => {
          if (event.buttons === 0) return;
          strokes.current[strokes.current.length - 1]?.push(at(event));
          paint();
        }}
        onPointerUp={() => void read()}
      />
      <div class="reading">
        <p class="read" role="status">
          {best >= 0 ? (
            <output data-digit={best}>{best}</output>
          ) : (
            <span class="note">{ready ? "Draw a digit." : "Train on the digits first."}</span>
          )}
        </p>
        {probabilities && (
          <ol class="bars" start={0} aria-label="Probability of each digit">
            {Array.from(probabilities, (p, d) => (
              <li key={d}>
                <span>{d}</span>
                <span class="bar" style={{ width: `${Math.max(p * 100, 0.5)}%` }} />
                <span>{Math.round(100 * p)} %</span>
              </li>
            ))}
          </ol>
        )}
        <button type="button" class="quiet" onClick={clear}>
          Clear
        </button>
        <div class="eight" aria-hidden="true">
          {Array.from(pixels, (v, i) => (
            <span key={i} style={{ opacity: v }} />
          ))}
        </div>
      </div>
    </div>
  );
}
