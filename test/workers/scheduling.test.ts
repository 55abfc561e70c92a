// Who does which job, and what becomes of it when a thread fails: the pool with threads that answer when the test says so.
import { afterEach, expect, test, vi } from "vitest";
import { pool } from "../../src/workers/index.js";
import type { Reply, Request } from "../../src/workers/protocol.js";

/** What Node's Worker is to the pool. */
class Fake {
  readonly sent: Request[] = [];
  readonly heard: Record<string, (value: unknown) => void> = {};
  ended = false;
  held = false;
  on(event: string, listener: (value: never) => void): void {
    this.heard[event] = listener as (value: unknown) => void;
  }
  postMessage(request: Request): void {
    this.sent.push(request);
  }
  terminate(): void {
    this.ended = true;
  }
  ref(): void {
    this.held = true;
  }
  unref(): void {
    this.held = false;
  }
  get ids(): number[] {
    return this.sent.map(({ id }) => id);
  }
  say(reply: object): void {
    this.heard.message!(reply as Reply);
  }
  answer(id: number): void {
    this.say({ id, answer: id * 10 });
  }
  refuse(id: number, code: string | null): void {
    this.say({ id, error: { code, message: "no", hint: "", details: {} } });
  }
}

const open: { dispose(): void }[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const each of open.splice(0)) each.dispose();
});

function made(size: number) {
  const threads: Fake[] = [];
  const threadsOf = pool({ size, create: () => threads[threads.push(new Fake()) - 1] });
  open.push(threadsOf);
  const ask = (signal?: AbortSignal, maxTimeMs?: number) => {
    const job = threadsOf.sample({} as never, signal, maxTimeMs) as Promise<unknown>;
    // A rejection is looked at later.
    job.catch(() => {});
    return job;
  };
  return { threads, ask, pool: threadsOf };
}

test("two jobs wait at a thread, those that come go where there is least to do, and the rest in their order", async () => {
  const { threads, ask } = made(2);
  const [one, two] = threads as [Fake, Fake];
  expect([one.held, two.held]).toEqual([false, false]);
  const jobs = Array.from({ length: 6 }, () => ask());
  expect([one.ids, two.ids]).toEqual([
    [1, 3],
    [2, 4],
  ]);
  one.say({ ready: true });
  expect(one.ids).toEqual([1, 3]);
  one.answer(1);
  expect(one.ids).toEqual([1, 3, 5]);
  two.answer(4);
  expect(two.ids).toEqual([2, 4, 6]);
  for (const id of [3, 5]) one.answer(id);
  expect([one.held, two.held]).toEqual([false, true]);
  ask();
  expect(one.ids.at(-1)).toBe(7);
  for (const id of [2, 6]) two.answer(id);
  expect(await Promise.all(jobs)).toEqual([10, 20, 30, 40, 50, 60]);
  expect(two.held).toBe(false);
});

test("a thread without memory ends and leaves its jobs to the others; the last one says so", async () => {
  const { threads, ask } = made(2);
  const [one, two] = threads as [Fake, Fake];
  const jobs = Array.from({ length: 3 }, () => ask());
  one.refuse(1, "OUT_OF_MEMORY");
  expect([one.ended, two.ended]).toEqual([true, false]);
  expect(two.ids).toEqual([2, 1]);
  two.answer(2);
  expect(two.ids).toEqual([2, 1, 3]);
  two.answer(1);
  two.refuse(3, "OUT_OF_MEMORY");
  expect(two.ended).toBe(false);
  expect(await Promise.all(jobs.slice(0, 2))).toEqual([10, 20]);
  await expect(jobs[2]).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
  expect(threads.length).toBe(2);
});

test("any other error is that of its job alone", async () => {
  const { threads, ask } = made(2);
  const [one, two] = threads as [Fake, Fake];
  const jobs = [ask(), ask(), ask()];
  one.refuse(1, "SHAPE");
  two.refuse(2, null);
  one.answer(3);
  await expect(jobs[0]).rejects.toMatchObject({ code: "SHAPE" });
  await expect(jobs[1]).rejects.toEqual(new Error("no"));
  expect(await jobs[2]).toBe(30);
  expect([one.ended, two.ended, threads.length]).toEqual([false, false, 2]);
});

test("a job whose thread ended is done again by a new one, and given up when it has ended three", async () => {
  const { threads, ask } = made(1);
  const job = ask();
  for (let turn = 0; turn < 3; turn++) {
    expect(threads.length).toBe(turn + 1);
    expect(threads[turn]!.ids).toEqual([1]);
    threads[turn]!.say({ ready: true });
    threads[turn]!.heard.exit!(7);
    // Heard twice, it is one end.
    threads[turn]!.heard.error!(new Error("gone"));
  }
  await expect(job).rejects.toMatchObject({
    code: "POOL_FAILED",
    message: expect.stringContaining("it ended with 7"),
  });
  const next = ask();
  expect(threads[3]!.ids).toEqual([2]);
  threads[3]!.answer(2);
  expect(await next).toBe(20);
  expect(threads.length).toBe(4);
});

test("the jobs of a thread that ended come before those that wait", async () => {
  const { threads, ask } = made(1);
  const jobs = [ask(), ask(), ask()];
  threads[0]!.answer(1);
  threads[0]!.heard.exit!(1);
  expect(threads[1]!.ids).toEqual([2, 3]);
  threads[1]!.answer(2);
  threads[1]!.answer(3);
  expect(await Promise.all(jobs)).toEqual([10, 20, 30]);
  // One that ends with nothing to do is not missed until there is a job.
  threads[1]!.heard.exit!(0);
  expect(threads.length).toBe(2);
  ask();
  expect(threads[2]!.ids).toEqual([4]);
});

test("a start that fails is tried again twice, after 0.2 and 0.4 s; then nobody waits, and the next job tries anew", async () => {
  vi.useFakeTimers();
  const { threads, ask } = made(1);
  const job = ask();
  threads[0]!.heard.error!(new Error("not found"));
  vi.advanceTimersByTime(199);
  expect(threads.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(threads.length).toBe(2);
  expect(threads[1]!.ids).toEqual([1]);
  threads[1]!.heard.error!(new Error("not found"));
  vi.advanceTimersByTime(399);
  expect(threads.length).toBe(2);
  vi.advanceTimersByTime(1);
  expect(threads.length).toBe(3);
  threads[2]!.heard.error!(new Error("not found"));
  await expect(job).rejects.toMatchObject({
    code: "POOL_FAILED",
    message: expect.stringContaining("not found"),
  });
  vi.advanceTimersByTime(10_000);
  expect(threads.length).toBe(3);
  const next = ask();
  expect(threads[3]!.ids).toEqual([2]);
  threads[3]!.answer(2);
  expect(await next).toBe(20);
});

test("a thread that does not answer for 30 s is ended; one that has answered may take its time", async () => {
  vi.useFakeTimers();
  const { threads, ask } = made(1);
  const job = ask();
  vi.advanceTimersByTime(29_999);
  expect(threads[0]!.ended).toBe(false);
  vi.advanceTimersByTime(1);
  expect(threads[0]!.ended).toBe(true);
  vi.advanceTimersByTime(200);
  threads[1]!.say({ ready: true });
  vi.advanceTimersByTime(100_000);
  expect(threads[1]!.ended).toBe(false);
  threads[1]!.answer(1);
  expect(await job).toBe(10);
});

test("an abort rejects at once, its job is not sent any more, and a late answer is dropped", async () => {
  const { threads, ask } = made(1);
  const control = new AbortController();
  const jobs = [ask(control.signal), ask(), ask(control.signal), ask()];
  const reason = new Error("enough");
  control.abort(reason);
  await expect(jobs[0]).rejects.toBe(reason);
  await expect(jobs[2]).rejects.toBe(reason);
  await expect(ask(control.signal)).rejects.toBe(reason);
  const [one] = threads as [Fake];
  one.answer(1);
  expect(one.ids).toEqual([1, 2, 4]);
  one.answer(2);
  one.answer(4);
  expect([await jobs[1], await jobs[3]]).toEqual([20, 40]);
  expect(one.held).toBe(false);
});

test("a thread that is still at a job nobody waits for after 0.1 s ends, and others do what waited at it", async () => {
  vi.useFakeTimers();
  const { threads, ask } = made(1);
  const control = new AbortController();
  const jobs = [ask(control.signal), ask(), ask(control.signal)];
  threads[0]!.say({ ready: true });
  control.abort();
  vi.advanceTimersByTime(99);
  expect([threads[0]!.ended, threads.length]).toEqual([false, 1]);
  vi.advanceTimersByTime(1);
  expect([threads[0]!.ended, threads.length]).toEqual([true, 2]);
  threads[0]!.heard.exit!(1);
  expect(threads[1]!.ids).toEqual([2]);
  threads[1]!.answer(2);
  expect(await jobs[1]).toBe(20);
  vi.advanceTimersByTime(1000);
  expect([threads[1]!.ended, threads.length]).toEqual([false, 2]);
  // One that comes to the job later, and one that is through in time.
  const late = new AbortController();
  const more = [ask(), ask(late.signal), ask()];
  late.abort();
  vi.advanceTimersByTime(1000);
  expect(threads.length).toBe(2);
  threads[1]!.answer(4);
  vi.advanceTimersByTime(50);
  threads[1]!.answer(5);
  vi.advanceTimersByTime(1000);
  expect([threads[1]!.ended, threads[1]!.ids]).toEqual([false, [2, 4, 5, 6]]);
  threads[1]!.answer(6);
  expect([await more[0], await more[2]]).toEqual([40, 60]);
  expect(threads[1]!.held).toBe(false);
});

test("a thread that is loading is not ended for an abort before it has answered", () => {
  vi.useFakeTimers();
  const { threads, ask } = made(1);
  const control = new AbortController();
  ask(control.signal);
  control.abort();
  vi.advanceTimersByTime(1000);
  expect(threads[0]!.ended).toBe(false);
  threads[0]!.say({ ready: true });
  vi.advanceTimersByTime(100);
  expect(threads[0]!.ended).toBe(true);
});

test("with a limit of time nobody waits longer for threads that are silent, but for 10 s", async () => {
  vi.useFakeTimers();
  const { threads, ask } = made(1);
  const jobs = [ask(undefined, 50), ask(undefined, 15_000), ask()];
  const told = jobs.map(() => "waits");
  jobs.forEach((job, i) => {
    job.catch(({ code, message }) => {
      told[i] = /none has answered/.test(message) ? code : message;
    });
  });
  await vi.advanceTimersByTimeAsync(9_999);
  expect(told).toEqual(["waits", "waits", "waits"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(["POOL_FAILED", "waits", "waits"]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toEqual(["POOL_FAILED", "POOL_FAILED", "waits"]);
  threads[0]!.say({ ready: true });
  const late = ask(undefined, 50);
  await vi.advanceTimersByTimeAsync(60_000);
  for (const id of [1, 2, 3]) threads.at(-1)!.answer(id);
  threads.at(-1)!.answer(4);
  expect([await jobs[2], await late]).toEqual([30, 40]);
});

test("dispose ends the threads and rejects; what they say afterwards changes nothing", async () => {
  const made2 = made(2);
  const jobs = [made2.ask(), made2.ask()];
  made2.pool.dispose();
  expect(made2.threads.map(({ ended }) => ended)).toEqual([true, true]);
  made2.threads[0]!.heard.exit!(0);
  for (const job of [...jobs, made2.ask()]) await expect(job).rejects.toMatchObject({ code: "DISPOSED" });
  expect(made2.threads.length).toBe(2);
});

test("a pool whose threads cannot be made says why, and ends those that were", () => {
  const threads: Fake[] = [];
  expect(() =>
    pool({
      size: 3,
      create: () => {
        if (threads.length === 2) throw new Error("no more");
        return threads[threads.push(new Fake()) - 1];
      },
    }),
  ).toThrow(
    expect.objectContaining({ code: "POOL_FAILED", message: expect.stringMatching(/no more.*create/) }),
  );
  for (const junk of [{}, 3, null, "worker.js"])
    expect(() => pool({ size: 1, create: () => junk })).toThrow(
      expect.objectContaining({ code: "POOL_FAILED", message: expect.stringContaining("is no worker") }),
    );
  expect(threads.map(({ ended }) => ended)).toEqual([true, true]);
  expect(() => pool({ size: 1, create: () => undefined })).toThrow(/no workers/);
  expect(() => pool({ size: 1025 })).toThrow(/size/);
});
