// What draws are made of: a block of Philox, logarithms, tails of the normal law, Sobol's points.

const spans = (low, high, n) =>
  Float64Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));

export function* cases(r) {
  yield [
    "blocks",
    () =>
      [
        [0, 0],
        [1, 2],
        [0xffffffff, 0xffffffff],
      ].flatMap(([a, b]) =>
        [0, 1, 0xffffffff].map((word) => {
          const block = Uint32Array.of(word, word ^ 5, 3, word);
          r.philox(block, a, b);
          return block;
        }),
      ),
  ];
  yield [
    "high words",
    () =>
      [0, 1, 0xffff, 0x10000, 0x12345678, 0xffffffff].map((a) =>
        [0, 1, 0xffff, 0x10000, 0xd2511f53, 0xffffffff].map((b) => r.mulHigh(a, b)),
      ),
  ];
  yield [
    "ln",
    () =>
      [5e-16, 1e-300, 0.5, Math.sqrt(0.5) - 2 ** -53, Math.sqrt(0.5), 0.75, 1, Math.sqrt(2), 2, 1e10].map(
        r.ln,
      ),
  ];
  yield ["ln from 0 to 1", () => spans(1e-6, 1, 300).map(r.ln)];
  yield ["ln about 1", () => spans(0.9, 1.1, 101).map(r.ln)];
  yield ["tails in the middle", () => spans(0.075, 0.5, 200).map(r.normalTail)];
  yield [
    "tails at their ends",
    () =>
      [0.075, 0.07499999999999996, 0.07500000000000007, 1.3887943864964021e-11, 1.38e-11, 1.4e-11].map(
        r.normalTail,
      ),
  ];
  yield ["tails beyond", () => spans(1e-10, 0.0749, 200).map(r.normalTail)];
  yield [
    "tails far beyond",
    () => [1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 5e-16, 1e-17, 1e-50, 1e-100, 1e-300].map(r.normalTail),
  ];
  for (const n of [1, 2, 5, 21])
    for (const scrambled of [false, true])
      yield [
        `Sobol in ${n}${scrambled ? ", scrambled" : ""}`,
        () => {
          const random = new r.Random(3);
          const points = new r.Sobol(n, scrambled ? () => random.word() : null);
          return Array.from({ length: 300 }, () => points.next());
        },
      ];
  yield ["Sobol's variables", () => r.SOBOL_VARIABLES];
}
