// How a run of `sample` ends by itself.

export type SampleEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" | "diverging" };

export const COMPLETED = Object.freeze({ status: "completed", reason: "draws" } as const);
export const NON_FINITE = Object.freeze({ status: "failed", reason: "nonFinite" } as const);
export const DIVERGING = Object.freeze({ status: "failed", reason: "diverging" } as const);
