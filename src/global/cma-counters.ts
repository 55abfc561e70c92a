// What a search by CMA-ES counts from run to run, and what the end of a run says about the search.

import type { RunEnd } from "./cma-tests.js";
import type { SearchEnd } from "./search.js";

/** The numbers of a search that last, in one array. */
export const COUNTERS = [
  "restarts", // runs after the first
  "doublings",
  "large run", // 1: the run at work has a doubled population
  "spent", // evaluations of the run at work
  "small", // evaluations of runs with a small population, and of the first
  "large",
  "best", // the lowest value
  "highest", // of those that are numbers
  "record", // the lowest value at the last run's end that lowered it
  "record end", // and how that ended
  "idle", // doubled populations since
  "cma", // the lowest value of CMA-ES
  "local", // of local searches
  "locals",
  "localSpent",
  "smooth", // 1: with local and axis searches
  "nothing", // means about which no point had a value
  "flats", // means about which all had the same
] as const;
export type Counter = (typeof COUNTERS)[number];

/** How runs end, in the order of their numbers. */
export const ENDS: readonly RunEnd[] = [
  "fun",
  "step",
  "flat",
  "stagnation",
  "condition",
  "noEffect",
  "growth",
  "outdone",
  "iterations",
  "nonFinite",
  "known",
];

/** What the end of the run that found the lowest value says about the search. */
export function conclusion(end: RunEnd): SearchEnd {
  if (end === "fun" || end === "flat") return { status: "converged", reason: "fun" };
  if (end === "step" || end === "noEffect" || end === "condition")
    return { status: "converged", reason: "step" };
  if (end === "outdone" || end === "known") return { status: "converged", reason: "restarts" };
  return { status: "failed", reason: "stagnation" };
}
