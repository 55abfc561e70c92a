// Functions of a step, with their slopes, on which line searches are tried.

export type Phi = (t: number) => readonly [f: number, slope: number];

// Moré and Thuente's test functions (1994, section 5), and Yanai, Ozawa and Kaneko's.
const yanai = (b1: number, b2: number): Phi => {
  const [g1, g2] = [Math.sqrt(1 + b1 * b1) - b1, Math.sqrt(1 + b2 * b2) - b2];
  return (t) => {
    const [p, q] = [Math.sqrt((1 - t) ** 2 + b2 * b2), Math.sqrt(t * t + b1 * b1)];
    return [g1 * p + g2 * q, (g1 * (t - 1)) / p + (g2 * t) / q];
  };
};
export const functions: Record<string, Phi> = {
  "5.1": (t) => [-t / (t * t + 2), (t * t - 2) / (t * t + 2) ** 2],
  "5.2": (t) => [(t + 0.004) ** 5 - 2 * (t + 0.004) ** 4, 5 * (t + 0.004) ** 4 - 8 * (t + 0.004) ** 3],
  "5.3": (t) => {
    const [beta, l] = [0.01, 39];
    const [w, u] = [(l * Math.PI) / 2, 2 * (1 - beta)];
    const base =
      t <= 1 - beta
        ? [1 - t, -1]
        : t >= 1 + beta
          ? [t - 1, 1]
          : [(t - 1) ** 2 / (2 * beta) + beta / 2, (t - 1) / beta];
    return [
      (base[0] as number) + (u / (l * Math.PI)) * Math.sin(w * t),
      (base[1] as number) + (u / 2) * Math.cos(w * t),
    ];
  },
  "5.4": yanai(0.001, 0.001),
  "5.5": yanai(0.01, 0.001),
  "5.6": yanai(0.001, 0.01),
};
