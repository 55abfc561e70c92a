// A progress line for terminals, as Keras has it: one line an epoch, live while it runs. Without a terminal only the
// finished lines are written; in browsers they go to the console.

import { now } from "../runtime/now.js";
import type { Batch, Epoch } from "./history.js";

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const WIDTH = 20;
const REDRAW_MS = 50;

export class ProgressLine {
  readonly #stream: Stream | null;
  readonly #live: boolean;
  #drawn = 0;
  /** A line stands unfinished on the terminal. */
  #open = false;

  constructor() {
    const { process } = globalThis as { process?: { stdout?: Stream } };
    this.#stream = process?.stdout ?? null;
    this.#live = this.#stream?.isTTY === true;
  }

  batch({ epoch, batch, batches, loss }: Batch, epochs: number): void {
    if (!this.#live || now() - this.#drawn < REDRAW_MS) return;
    this.#drawn = now();
    this.#open = true;
    const done = Math.round((WIDTH * batch) / batches);
    const bar = `${"=".repeat(done)}${".".repeat(WIDTH - done)}`;
    this.#stream?.write(
      `\r\x1b[K${this.#name(epoch, epochs)} [${bar}] ${batch}/${batches}  loss ${loss.toFixed(4)}`,
    );
  }

  epoch(e: Epoch): void {
    const parts = [`loss ${e.loss.toFixed(4)}`];
    if (e.accuracy !== null) parts.push(`accuracy ${percent(e.accuracy)}`);
    if (e.valLoss !== null) parts.push(`validation loss ${e.valLoss.toFixed(4)}`);
    if (e.valAccuracy !== null) parts.push(`accuracy ${percent(e.valAccuracy)}`);
    const line = `${this.#name(e.epoch, e.epochs)}  ${parts.join("  ")}  ${e.elapsedMs.toFixed(1)} ms`;
    if (this.#stream) this.#stream.write(`${this.#live ? "\r\x1b[K" : ""}${line}\n`);
    else console.log(line);
    this.#open = false;
  }

  /** Training that stops within an epoch leaves the cursor on a line of its own. */
  end(): void {
    if (this.#open) this.#stream?.write("\n");
    this.#open = false;
  }

  #name(epoch: number, epochs: number): string {
    return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  }
}
