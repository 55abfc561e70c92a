// Leave-one-out and WAIC against R's package `loo` 2.5.1 on one table of log likelihoods (scripts/reference/loo.R).
import { expect, test } from "vitest";
import { Random } from "../../src/random/philox.js";
import { essMean } from "../../src/sampling/diagnostics.js";
import { looOf, paretoFit, waicOf } from "../../src/sampling/psis.js";

const y = [0.3, -0.2, 1.1, 0.4, -0.9, 0.1, 0.8, 4.5];
const table = (() => {
  let state = 77;
  const u = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: 400 }, () => {
    let z = -6;
    for (let i = 0; i < 12; i++) z += u();
    const mu = 0.76 + 0.35 * z;
    return y.map((v) => -0.5 * (v - mu) ** 2);
  });
})();
const column = (i: number) => Float64Array.from(table, (row) => row[i]!);

test("loo: elpd, p and Pareto k of every datum", () => {
  // Relative efficiencies as R's relative_eff gave them.
  const reff = [
    0.9726718864848529, 1.0712857164627336, 1.1972417279092955, 0.9433826083766647, 1.1394550926552032,
    1.0206462593820742, 0.9792952864006292, 0.917543316435824,
  ];
  const got = looOf(8, column, (i) => reff[i]!);
  const elpd = [
    -0.18777033466659265, -0.5967287878674998, -0.1287335379955783, -0.14035902086760466, -1.652115735713732,
    -0.3168999909394996, -0.06544638481187715, -7.867650478604147,
  ];
  const k = [
    0.355744533239768, 0.3647300997412701, 0.03624922723174746, 0.37110836201682595, 0.423747422903552,
    0.34836210607642437, 0.2248479730037553, 0.2615782774127593,
  ];
  elpd.forEach((want, i) => {
    expect(got.pointwise[i]!).toBeCloseTo(want, 10);
    expect(got.paretoK[i]!).toBeCloseTo(k[i]!, 8);
  });
  expect(got.elpd).toBeCloseTo(-10.955704271466534, 9);
  expect(got.p).toBeCloseTo(2.275015626824958, 9);
  expect(got.stderr).toBeCloseTo(7.571246600820466, 9);
});

test("the relative efficiency of exp(log likelihood) is near R's, whose loo has an older estimate", () => {
  const likelihood = column(0).map(Math.exp);
  const chains = [0, 1, 2, 3].map((c) => likelihood.slice(100 * c, 100 * c + 100));
  expect(essMean(chains) / 400).toBeCloseTo(0.9726718864848529, 0);
});

test("waic", () => {
  const got = waicOf(8, column);
  expect(got.elpd).toBeCloseTo(-10.990005456942782, 9);
  expect(got.p).toBeCloseTo(2.3093168123012093, 9);
  expect(got.stderr).toBeCloseTo(7.6263046585359495, 9);
});

test("the shape of a Pareto tail is found", () => {
  const random = new Random(3);
  for (const k of [0.2, 0.7]) {
    const x = Float64Array.from({ length: 4000 }, () => (random.open() ** -k - 1) / k).sort();
    expect(paretoFit(x).k).toBeCloseTo(k, 1);
  }
});
