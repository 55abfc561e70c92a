// The chains that a caller gives to a diagnostic: read once, checked, of one length.

import { DownhillError, quote } from "../runtime/errors.js";
import { takeNumbers } from "../runtime/numbers.js";
import { isArrayLike, lengthOf, optionError } from "../runtime/options.js";

/** SHAPE or NON_FINITE_INPUT unless these are arrays of numbers of one length, at least one of them. */
export function takeChains(where: string, chains: unknown): Float64Array[] {
  if (Array.isArray(chains) && chains.every((chain) => chain instanceof Float64Array)) {
    const [first] = chains;
    if (first !== undefined && first.length > 0 && chains.every((chain) => chain.length === first.length))
      return chains;
  }
  const count = lengthOf(where, "chains", chains);
  // A length alone, without elements, is refused before so many are looked at.
  const given = chains as ArrayLike<unknown>;
  const list = count > 0 && isArrayLike(given[0]) ? Array.from({ length: count }, (_, k) => given[k]) : [];
  if (list.length === 0)
    throw new DownhillError(
      "SHAPE",
      `${where}: chains must hold at least one array of draws, got ${quote(chains)}`,
    );
  let n: number | undefined;
  return list.map((chain, k) => {
    const own = takeNumbers(where, `chains[${k}]`, chain, n);
    n = own.length;
    return Float64Array.from(own);
  });
}

/** OPTION unless p is a share. */
export function checkShare(where: string, p: unknown): void {
  if (!(typeof p === "number" && p >= 0 && p <= 1)) throw optionError(where, "p", p, "a number from 0 to 1");
}

/** The draws of parameter j of n, of one chain of `count`. */
export function chainOf(
  draws: Float64Array,
  chain: number,
  count: number,
  n: number,
  j: number,
): Float64Array {
  const own = new Float64Array(count);
  for (let i = 0; i < count; i++) own[i] = draws[(chain * count + i) * n + j]!;
  return own;
}
