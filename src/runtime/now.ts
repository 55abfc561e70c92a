// Milliseconds, on hosts without `performance` too (audio worklets, bare shells).

export const now = (): number => globalThis.performance?.now() ?? Date.now();
