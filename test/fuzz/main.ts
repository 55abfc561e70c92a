// npm run fuzz: calls in a thread, and a watch over it that names the call which does not come back.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fuzzCall } from "./check.js";

interface Job {
  readonly seed: number;
  readonly from: number;
  readonly calls: number;
  readonly only: string | undefined;
  readonly at: Int32Array;
}

/** Milliseconds without a further call after which it hangs. */
const HUNG = 20_000;

const option = (name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

async function work({ seed, from, calls, only, at }: Job): Promise<void> {
  process.on("unhandledRejection", () => parentPort!.postMessage([at[0], "a rejection that nobody handles"]));
  for (let index = from; index < calls; index++) {
    Atomics.store(at, 0, index);
    const problem = await fuzzCall(seed, index, only);
    if (problem) parentPort!.postMessage([index, problem]);
    if (index % 8 === 0) await new Promise(setImmediate);
  }
  await new Promise((done) => setTimeout(done, 20));
}

async function watch(): Promise<void> {
  const seed = Number(option("seed") ?? 1);
  const calls = Number(option("calls") ?? 100_000);
  const at = new Int32Array(new SharedArrayBuffer(4));
  const kinds = new Map<string, { count: number; first: number }>();
  const note = (index: number, problem: string): void => {
    const kind = problem.replace(/\d+(\.\d+)?(e[+-]?\d+)?/g, "#");
    const known = kinds.get(kind) ?? { count: 0, first: index };
    if (known.count++ === 0) console.log(`call ${index}: ${problem}`);
    kinds.set(kind, known);
  };
  const since = performance.now();
  let from = Number(option("from") ?? 0);
  while (from < calls) {
    const job: Job = { seed, from, calls, only: option("only"), at };
    const worker = new Worker(new URL(import.meta.url), { workerData: job });
    worker.on("message", ([index, problem]: [number, string]) => note(index, problem));
    from = await new Promise<number>((resolve) => {
      let last = -1;
      const timer = setInterval(() => {
        const now = Atomics.load(at, 0);
        if (now === last) {
          note(now, "hangs");
          void worker.terminate();
        }
        last = now;
      }, HUNG);
      worker.on("error", (error) => note(Atomics.load(at, 0), `the thread ended: ${error}`));
      worker.on("exit", (code) => {
        clearInterval(timer);
        resolve(code === 0 ? calls : Atomics.load(at, 0) + 1);
      });
    });
  }
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  let violations = 0;
  for (const [kind, { count, first }] of kinds) {
    violations += count;
    console.log(`${count} x (first: call ${first}) ${kind}`);
  }
  console.log(`seed ${seed}: ${calls} calls, ${violations} violations of ${kinds.size} kinds, ${seconds} s`);
  process.exitCode = violations > 0 ? 1 : 0;
}

if (isMainThread) await watch();
else await work(workerData as Job);
