// Every draw of a seed: words, laws, shuffles, streams, states, batches, Sobol's points.
import { wrong } from "./numbers.js";
import { attempt } from "./several.js";

const seeds = [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 12345, Number.MAX_SAFE_INTEGER];
const times = (n, f) => Float64Array.from({ length: n }, f);

function* draws(d) {
  const laws = ["word", "uniform", "open", "normal", "exponential"];
  for (const law of laws)
    for (const seed of seeds)
      yield [
        `${law} of ${seed}`,
        () => {
          const random = new d.Random(seed);
          return [times(40, () => random[law]()), random.state()];
        },
      ];
  yield [
    "streams",
    () =>
      [0, 1, 7, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER].map((stream) => {
        const one = new d.Random(3, stream);
        const two = new d.Random(3).stream(stream);
        return [times(9, () => one.word()), times(9, () => two.word()), one.state()];
      }),
  ];
  for (const shape of [1e-3, 0.1, 0.5, 0.999, 1, 1.5, 3, 50, 1e6])
    yield [
      `gamma ${shape}`,
      () => {
        const random = new d.Random(5);
        return [times(60, () => random.gamma(shape)), random.position];
      },
    ];
  yield [
    "many normals",
    () => {
      const random = new d.Random(11);
      const all = times(20000, () => random.normal());
      return [
        all.reduce((a, b) => Math.max(a, b)),
        all.reduce((a, b) => Math.min(a, b)),
        all,
        random.position,
      ];
    },
  ];
  yield [
    "normals into a part",
    () => {
      const out = new Float64Array(9);
      new d.Random(2).normals(out, 2, 5);
      return [
        out,
        new d.Random(2).normals(new Float64Array(4)),
        new d.Random(2).normals(new Float64Array(4), 1),
      ];
    },
  ];
  for (const n of [1, 2, 3, 6, 10, 1000, 2 ** 31, 3 * 2 ** 30, 2 ** 32 - 1, 2 ** 32])
    yield [
      `below ${n}`,
      () => {
        const random = new d.Random(4);
        return [times(50, () => random.below(n)), random.position];
      },
    ];
  yield [
    "shuffles",
    () => [0, 1, 2, 5, 52].map((n) => new d.Random(6).shuffle(Int32Array.from({ length: n }, (_, i) => i))),
  ];
  for (const position of [0, 1, 2, 3, 4, 5, 17, 2 ** 32, 2 ** 34 + 1, 2 ** 40 + 3])
    yield [
      `from position ${position}`,
      () => {
        const random = new d.Random(9);
        random.position = position;
        const state = random.state();
        const again = d.Random.resume(state);
        return [state, times(7, () => random.word()), times(7, () => again.normal()), again.state()];
      },
    ];
  yield [
    "keys",
    () =>
      seeds.map((seed) => {
        const out = new Int32Array(6);
        new d.Random(seed, 2 ** 35 + 7).key(out, 1);
        return out;
      }),
  ];
}

function* batches(d) {
  for (const o of [
    {},
    { seed: 5 },
    { shuffle: false },
    { dropLast: true },
    { seed: 5, dropLast: true, shuffle: false },
  ])
    for (const [count, size] of [
      [10, 3],
      [12, 4],
      [1, 5],
      [7, 1],
    ])
      yield [
        `batches of ${size} of ${count} ${JSON.stringify(o)}`,
        () => {
          const all = d.minibatches(count, size, o);
          return [0, 1, 2].map(() => [...all].map((batch) => [batch.length, batch]));
        },
      ];
}

/** Points of Sobol and of the hypercube, as starts of a search that ends at once. */
function* starts(d) {
  for (const sampling of ["sobol", "latinHypercube"])
    for (const n of [1, 2, 3, 8, 21, 22])
      yield [
        `${sampling} in ${n} variables`,
        () => {
          const seen = [];
          const box = { lower: new Array(n).fill(-1), upper: new Array(n).fill(1) };
          const answer = attempt(
            () =>
              d.multistart((x) => (seen.push(Float64Array.from(x)), 1), box, {
                starts: 20,
                seed: 8,
                sampling,
                maxEvaluations: 60,
              }).status,
          );
          return [answer, seen];
        },
      ];
}

const mistakes = (d) => ({
  "a seed": () => new d.Random(-1),
  "no seed": () => new d.Random(),
  "a stream": () => new d.Random(1, 0.5),
  "a state": () => d.Random.resume({ seed: 1, stream: 0 }),
  "a null": () => d.Random.resume(null),
  "a shape": () => new d.Random(1).gamma(0),
  "no count": () => d.minibatches(),
  "a size": () => d.minibatches(3, 0),
  "a shuffle": () => d.minibatches(3, 1, { shuffle: 1 }),
  "an option": () => d.minibatches(3, 1, { epochs: 2 }),
});

export function* cases(d) {
  yield* draws(d);
  yield* batches(d);
  yield* starts(d);
  yield* wrong(mistakes(d));
}
