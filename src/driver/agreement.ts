// What is said where derivatives agree with differences.

/**
 * `error`: the largest that the differences are certain of, relatively; `apart`: how far any entry is from them at all, `largest`: of the
 * entries. What lies within the error of differences is not exact.
 */
export function agreement(what: string, error: number, apart: number, largest: number): string {
  const told = `the ${what} agrees with differences`;
  if (error > 0 || apart === 0) return `${told} to ${error.toExponential(1)}`;
  const by =
    largest > 0 ? `${(apart / largest).toExponential(1)} of the largest entry` : apart.toExponential(1);
  return `${told} within their own error, ${by}`;
}
