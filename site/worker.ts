// The one worker of the studio. A message names a room and a job; the room is loaded when it is first asked for.

import type { Jobs } from "./shell/rpc.js";

const rooms: Record<string, () => Promise<unknown>> = {
  race: () => import("./race/jobs.js"),
  fit: () => import("./fit/jobs.js"),
  train: () => import("./train/jobs.js"),
  sample: () => import("./sample/jobs.js"),
  constrained: () => import("./constrained/jobs.js"),
  measure: () => import("./measure/jobs.js"),
};

const running = new Map<number, AbortController>();

/** The buffers of typed arrays in a result, a few levels down: they are handed over, not copied. */
function buffers(value: unknown, found: Set<ArrayBuffer>, depth: number): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null && depth > 0) {
    for (const inner of Object.values(value)) buffers(inner, found, depth - 1);
  }
  return found;
}

function send(message: object): void {
  postMessage(message, { transfer: [...buffers(message, new Set(), 6)] });
}

function described(error: unknown): { message: string; code: string } {
  const { message, code } = error as { message?: string; code?: string };
  return { message: String(message ?? error), code: code ?? "" };
}

self.onmessage = async ({ data }) => {
  const { id, room, job, args, cancel } = data;
  if (cancel) {
    running.get(id)?.abort();
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const jobs = (await rooms[room]!()) as Jobs;
    const progress = (value: unknown): void => send({ id, progress: value });
    const value = await jobs[job]!(args, { signal: controller.signal, progress });
    send({ id, value });
  } catch (error) {
    postMessage({ id, error: described(error) });
  } finally {
    running.delete(id);
  }
};
