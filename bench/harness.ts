// Interleaved A/B benchmarks. Each round times ours and the peer back to back, in alternating order, and
// keeps the ratio of the two: what the machine does meanwhile hits both. Reported is the median ratio
// (above 1: ours is faster) with its quartiles. `npm run bench -- <filters> [--json] [--sizes=64,1e6] [--rounds=31]`.
// A bench file calls `bench(...)` once per comparison and ends; comparisons run in the order of the calls.
//
// Before its first size every comparison is set up and run, unmeasured, at another size. Otherwise the loops of a
// process that measures one size are closures made once, and V8 compiles such a closure for the very arrays it holds:
// their addresses and lengths become constants, which halves the time of a short plain loop (dot f64 with four sums, N =
// 1000: 0.39 us for 0.86) and which no function that is called with several arrays gets. Rehearsed, the whole run and
// `--sizes=N` measure the same: what callers of a function get, on both sides. `--alone` leaves the rehearsal out.
import os from "node:os";

export interface Contest {
  ours: () => unknown;
  peer: () => unknown;
  /** Bytes, flops or items one call deals with, for the rate column. */
  work?: number;
  dispose?: () => void;
}

export interface Comparison {
  /** What is compared, for example "adam f32 step vs plain"; filters match any part of room and name. */
  name: string;
  sizes: readonly number[];
  /** The least ratio promised: one number, or a number by size; a missed one is marked. */
  goal?: number | ((size: number) => number | undefined);
  setup: (size: number) => Contest;
  /** Warm-up of each side, where the usual one does not reach the engine's last tier. */
  warmMs?: number;
}

export interface Outcome {
  room: string;
  name: string;
  size: number;
  ratio: number;
  quartiles: [number, number];
  oursNs: number;
  peerNs: number;
  rounds: number;
  goal?: number;
  met?: boolean;
}

const flags = process.argv.slice(2).filter((arg) => arg.startsWith("--"));
const filters = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const flag = (name: string): string | undefined =>
  flags.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

const json = flags.includes("--json");
const rounds = Number(flag("rounds") ?? 31);
const sizesWanted = flag("sizes")?.split(",").map(Number);
/** One sample lasts about this long: well above the clock's resolution, well below a scheduler's slice. */
const SAMPLE_NS = 1e6 * Number(flag("sample") ?? 1);
/** Both sides run this long before the first round, so that the engine's last tier has taken over. */
const WARM_MS = Number(flag("warm") ?? 60);
const REHEARSAL_MS = 2;

const clock = (): number => Number(process.hrtime.bigint());

function time(run: () => unknown, calls: number): number {
  const start = clock();
  for (let i = 0; i < calls; i++) run();
  return (clock() - start) / calls;
}

/** Runs for so long and returns the calls that fill a sample. */
function warm(run: () => unknown, ms: number): number {
  const end = clock() + 1e6 * ms;
  let fastest = Infinity;
  let calls = 1;
  do {
    const ns = time(run, calls);
    fastest = Math.min(fastest, ns);
    calls = Math.max(1, Math.min(1e6, Math.round(SAMPLE_NS / 4 / fastest)));
  } while (clock() < end);
  return Math.max(1, Math.round(SAMPLE_NS / fastest));
}

const quantile = (sorted: readonly number[], q: number): number => {
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
};

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export function compare({ ours, peer }: Contest, count = rounds, warmMs = WARM_MS) {
  const ourCalls = warm(ours, warmMs);
  const peerCalls = warm(peer, warmMs);
  const ratios: number[] = [];
  const oursNs: number[] = [];
  const peerNs: number[] = [];
  for (let round = 0; round < count; round++) {
    const first = round % 2 === 0;
    const before = first ? time(ours, ourCalls) : time(peer, peerCalls);
    const after = first ? time(peer, peerCalls) : time(ours, ourCalls);
    oursNs.push(first ? before : after);
    peerNs.push(first ? after : before);
    ratios.push(first ? after / before : before / after);
  }
  const sorted = ascending(ratios);
  return {
    ratio: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] as [number, number],
    oursNs: quantile(ascending(oursNs), 0.5),
    peerNs: quantile(ascending(peerNs), 0.5),
    rounds: count,
  };
}

/** Both sides at some other size, so that what is measured was not compiled for one pair of arrays: see above. */
function rehearse({ sizes, setup }: Comparison, first: number | undefined): void {
  const other = Math.min(...sizes.filter((size) => size !== first));
  const contest = setup(other < Infinity ? other : (sizes[0] as number));
  warm(contest.peer, REHEARSAL_MS);
  warm(contest.ours, REHEARSAL_MS);
  contest.dispose?.();
}

let matched = false;
/** The exit code of a file in which nothing matched the filters; scripts/bench.mjs says so when that is true of all. */
const NOTHING_MATCHED = 3;
process.on("exit", (code) => {
  if (code === 0 && !matched) process.exitCode = NOTHING_MATCHED;
});

/** Whether the pass and the filters of the command line take in this name; for what a file measures on its own. */
export function wanted(name: string): boolean {
  const label = name.toLowerCase();
  const taken = [flag("pass") ?? "", ...filters].every((filter) => label.includes(filter.toLowerCase()));
  matched ||= taken;
  return taken;
}

export function bench(room: string, comparison: Comparison): Outcome[] {
  const { name, sizes, goal, setup, warmMs } = comparison;
  if (!wanted(`${room} ${name}`)) return [];
  const outcomes: Outcome[] = [];
  if (!flags.includes("--alone")) rehearse(comparison, (sizesWanted ?? sizes)[0]);
  for (const size of sizesWanted ?? sizes) {
    const contest = setup(size);
    const measured = compare(contest, rounds, warmMs);
    contest.dispose?.();
    const least = typeof goal === "function" ? goal(size) : goal;
    const outcome: Outcome = { room, name, size, ...measured };
    if (least !== undefined) Object.assign(outcome, { goal: least, met: measured.ratio >= least });
    print(outcome, contest.work);
    outcomes.push(outcome);
  }
  return outcomes;
}

const duration = (ns: number): string => {
  if (ns < 1e3) return `${ns.toPrecision(3)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} us`;
  return `${(ns / 1e6).toPrecision(3)} ms`;
};

let headed = false;

function print(o: Outcome, work: number | undefined): void {
  if (json) {
    console.log(JSON.stringify(o));
    return;
  }
  if (!headed) {
    headed = true;
    console.log(
      `Node ${process.version}, V8 ${process.versions.v8}, ${os.cpus()[0]?.model ?? "unknown CPU"}`,
    );
    console.log("median ratio peer/ours [quartiles], medians of the times\n");
  }
  const ratio = `${o.ratio.toFixed(2)} [${o.quartiles.map((q) => q.toFixed(2)).join(", ")}]`;
  const rate = work === undefined ? "" : `  ${(work / o.oursNs).toPrecision(3)} G/s`;
  const goal = o.goal === undefined ? "" : `  ${o.met ? "meets" : "MISSES"} ${o.goal}`;
  console.log(
    `${`${o.room} ${o.name}`.padEnd(44)} ${String(o.size).padStart(9)}  ${ratio.padEnd(22)} ` +
      `${duration(o.oursNs).padStart(8)} vs ${duration(o.peerNs)}${rate}${goal}`,
  );
}
