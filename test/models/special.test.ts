// Special functions in texts: values and derivatives from mpmath 1.3 (40 digits, derivatives in closed form), compiled and
// interpreted to the same bits.
import { expect, it } from "vitest";
import { compileModel, compileObjective, curveFit, DownhillError, fitCode } from "../../src/index.js";
import { functionTable } from "../../src/models/elementary.js";
import { modelEvaluator, objectiveEvaluator } from "../../src/models/evaluate.js";
import { parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { defaultRuntime } from "../../src/runtime/default.js";

/** [argument, value, derivative]. */
const KNOWN: Readonly<Record<string, readonly (readonly [number, number, number])[]>> = {
  erfc: [
    [-5, 1.9999999999984626, -1.5670866531017336e-11],
    [-0.5, 1.5204998778130465, -0.8787825789354448],
    [1e-10, 0.999999999887162, -1.1283791670955126],
    [0.5, 0.4795001221869535, -0.8787825789354448],
    [2, 0.004677734981047266, -0.020666985354092053],
    [6.25, 9.672204131876253e-19, -1.2241280792599525e-17],
    [14.64, 3.1821019815842696e-95, -9.338830021921725e-94],
    [26.5, 2.2109076642637343e-307, -1.172614183000784e-305],
  ],
  gamma: [
    [-170.5, -3.3127395215386074e-308, -1.703299679050748e-307],
    [-12.84996240559272, -1.6404624930004923e-9, 5.8600204112583086e-9],
    [-1e-20, -1e20, -1.0000000000000002e40],
    [1e-300, 9.999999999999999e299, -Infinity],
    [0.5, 1.772453850905516, -3.480230906913262],
    [1.46, 0.8856043364251438, -0.0013997525497498472],
    [7.3, 1271.4236336639087, 2438.3620998513857],
    [25, 6.204484017332394e23, 1.9846546796551733e24],
    [100.1, 1.478454494651475e156, 6.802615092555825e156],
    [171.6, 1.5858969096672565e308, Infinity],
  ],
  lgamma: [
    [-300.25, -1414.8410124872096, 8.84787246910049],
    [-2.5, -0.056243716497674054, 1.103156640645243],
    [1e-310, 713.8013788281542, -Infinity],
    [1e-10, 23.025850929882736, -10000000000.577215],
    [0.7, 0.26086724653166654, -1.2200235536979347],
    [0.9999999, 5.772157468444193e-8, -0.5772158293949515],
    [1.00000001, -5.772156531688512e-9, -0.5772156484521924],
    [1.9999, -4.227520877215346e-5, 0.42271983967113097],
    [2.5, 0.2846828704729192, 0.7031566406452432],
    [19.9, 39.043088581236205, 2.9653837242676784],
    [1000000.0, 12815504.569147611, 13.815510057964191],
    [1e300, 6.897755278982137e302, 690.7755278982137],
  ],
  lambertw: [
    [-0.367879441171442, -0.9999999582487163, 65106542.3251135],
    [-0.3, -0.4894022271802149, 3.1949625401972974],
    [-0.19, -0.24202756900151876, 1.6805747259914015],
    [-1e-10, -1.0000000001000001e-10, 1.0000000002],
    [1e-300, 1e-300, 1.0],
    [0.5, 0.35173371124919584, 0.5204186421068739],
    [3, 1.04990889496404, 0.1707244807388473],
    [10000000000.0, 20.028685413304952, 9.524459099394157e-11],
    [1e300, 684.2472086297608, 9.985406726398788e-301],
  ],
  besselj0: [
    [0, 1.0, 0.0],
    [1e-7, 0.9999999999999974, -4.999999999999994e-8],
    [2.4, 0.002507683297243859, -0.520185268181931],
    [-8.65, 0.001012166219373185, 0.27156740165792087],
    [24.9, 0.0832459683530155, 0.13485569953140886],
    [25.1, 0.10827567149994945, 0.11463478413442257],
    [1000.5, 0.01948655998713014, -0.016027715373203338],
    [100000000.0, 3.206029534041208e-5, -7.306391181551854e-5],
  ],
  besselj1: [
    [0, 0.0, 0.5],
    [1e-7, 4.999999999999994e-8, 0.4999999999999981],
    [3.83, 0.000687248220597037, -0.4029382477111364],
    [-8.65, -0.27156740165792087, -0.030382909116802637],
    [24.9, -0.13485569953140886, 0.08866185990046163],
    [25.1, -0.11463478413442257, 0.11284279437383082],
    [1000.5, 0.016027715373203338, 0.019470540281609695],
    [100000000.0, 7.306391181551854e-5, 3.206029460977296e-5],
  ],
};
/** [a, b, beta(a, b), its derivative by a]. */
const BETA: readonly (readonly [number, number, number, number])[] = [
  [0.5, 0.5, Math.PI, -4.355172180607204],
  [2, 3, 0.08333333333333333, -0.09027777777777778],
  [1e-5, 7, 99997.55003746897, -9999999996.253147],
  [80.5, 60.25, 7.872246909141448e-43, -4.419444129411115e-43],
  [-1.5, 2, 1.3333333333333333, 3.5555555555555554],
  [84.05, 85.61, 3.283630723093138e-52, -2.3162574980437416e-52],
  [98.62509847994886, 72.4021849560539, 9.585014696070069e-52, -5.29715098998746e-52],
  [150, 30, 3.0174636870424166e-36, -5.518284605052675e-37],
  [1000, 2, 9.99000999000999e-7, -1.997003995005993e-9],
];
/** [x, centre, sigma, gamma], value, derivatives by each. */
const VOIGT: readonly (readonly [readonly number[], number, readonly number[]])[] = [
  [
    [0.3, 0.1, 0.5, 0.2],
    0.5618641275193823,
    [-0.3271890179901071, 0.3271890179901071, -0.7122742643650185, -0.7014459586942581],
  ],
  [
    [-2.0, 1.0, 1.5, 0.01],
    0.036387670834914655,
    [0.04791542711897122, -0.04791542711897122, 0.07131153460980029, 0.03913086072985553],
  ],
  [
    [5.0, 0.0, 0.2, 0.3],
    0.0038242778839766988,
    [-0.0015315248537198754, 0.0015315248537198754, 0.00018407153633822913, 0.012655106924516775],
  ],
  [[1.0, 1.0, 2.0, 3.0], 0.08209460854648963, [0.0, 0.0, -0.014037531569124148, -0.018006515136080446]],
  [
    [40.0, -3.0, 1.0, 0.5],
    8.620456439142154e-5,
    [-4.015498632960826e-6, 4.015498632960826e-6, 2.807091022727213e-7, 0.0001723623354472425],
  ],
  [
    [0.9, 0.0, 1.0, 0.0],
    0.2660852498987548,
    [-0.23947672490887933, 0.23947672490887933, -0.050556197480763405, -0.12001138323654495],
  ],
];

/** [x, sigma, gamma], value, derivatives by each, and second ones: xx, x sigma, x gamma, sigma sigma, sigma gamma, gamma gamma. */
const NARROW: readonly (readonly [readonly number[], number, readonly number[], readonly number[]])[] = [
  [
    [0.7, 0.001, 1.0],
    0.2136308413222571,
    [-0.2007266458408739, 9.045080455849485e-5, -0.07312227968444994],
    [
      0.09045080455849484, 0.0005533332576451777, 0.3381371751575438, 0.09044799646541046,
      -0.0006586828859340246, -0.09045080455849484,
    ],
  ],
  [
    [0.7, 1e-5, 1.0],
    0.21363079610102642,
    [-0.20072692247911558, 9.045220846763652e-7, -0.07312195037469074],
    [
      0.0904522084676365, 5.533303753801502e-6, 0.33813729897555256, 0.090452208186826, -6.586878878882041e-6,
      -0.0904522084676365,
    ],
  ],
  [
    [0.7, 1e-7, 1.0],
    0.21363079609650426,
    [-0.20072692250677934, 9.045220860802771e-9, -0.07312195034175964],
    [
      0.09045220860802773, 5.5333037509191955e-8, 0.33813729898793377, 0.09045220860799964,
      -6.586878883883988e-8, -0.09045220860802773,
    ],
  ],
  [
    [-1.3, 0.02, 0.4],
    0.06886328640844532,
    [0.09682917758088459, 0.00395600164812181, 0.14233881103435556],
    [
      0.1978000824060905, 0.010401240821904509, 0.15818431787427603, 0.19845635832769645,
      0.004101206514195778, -0.1978000824060905,
    ],
  ],
  [
    [2.0, 0.3, 0.05],
    0.004280504460658399,
    [-0.004625334421824491, 0.0023203776222909082, 0.08548102192606623],
    [
      0.0077345920743030275, -0.0053603582273165, -0.09220815673524245, 0.012577093354577506,
      0.046136664073558625, -0.0077345920743030275,
    ],
  ],
  [
    [0.4, 0.8, 0.3],
    0.3450205067948144,
    [-0.15946035565526617, -0.25377262323584243, -0.2607275531467799],
    [
      -0.31721577904480297, 0.45395907266995167, 0.27546588264164074, 0.25927826260300707,
      0.39513002440432826, 0.31721577904480297,
    ],
  ],
  [
    [5.0, 1.0, 0.0],
    1.4867195147342977e-6,
    [-7.433597573671489e-6, 3.568126835362314e-5, 0.014715079602873958],
    [
      3.568126835362314e-5, -0.00016353914662077274, -0.006970404857036868, 0.0007463331963966175,
      0.0054218650794364215, -3.568126835362314e-5,
    ],
  ],
  [
    [20.0, 1.0, 0.0],
    5.520948362159764e-88,
    [-1.1041896724319527e-86, 2.2028583965017455e-85, 0.00080181896548327],
    [
      2.2028583965017455e-85, -4.383632999554852e-84, -8.079405220170238e-5, 8.72320883117967e-83,
      1.224311306750752e-5, -2.2028583965017455e-85,
    ],
  ],
];

/** Values and derivatives at one point, by the compiled module; the closures must give the same bits. */
function at(text: string, params: readonly string[], p: readonly number[]): number[] {
  const names = { variables: ["x"], params: [...params] };
  const model = compileModel(text, names);
  const value = new Float64Array(1);
  const slopes = new Float64Array(p.length);
  model.evaluate([0], p, value);
  model.jacobian([0], p, slopes);
  const interpreted = [0];
  const own = p.map(() => 0);
  const closures = modelEvaluator(program(parse(text, names), 1), functionTable(defaultRuntime()));
  closures.jacobian(1, [0], 1, p, interpreted, own, p.length);
  expect([...interpreted, ...own]).toEqual([...value, ...slopes]);
  return [...value, ...slopes];
}

/** The error as a share of what was wanted; of the amplitude where that is given. */
function off(got: number, wanted: number, amplitude = 0): number {
  if (Object.is(got, wanted) || got === wanted) return 0;
  return Math.abs(got - wanted) / Math.max(Math.abs(wanted), amplitude);
}

it.each(Object.keys(KNOWN))("%s has its digits, and its derivative", (name) => {
  const wave = name.startsWith("bessel");
  for (const [x, value, slope] of KNOWN[name]!) {
    const got = at(`${name}(a + x)`, ["a"], [x]);
    const amplitude = wave ? Math.min(1, 1 / Math.sqrt(Math.abs(x))) : 0;
    expect([x, off(got[0]!, value, amplitude) < 2e-15]).toEqual([x, true]);
    // A derivative near its own zero has the digits of its terms; exp(-a^2) those of a^2, that of W those of 1 + W.
    const share = name === "erfc" ? 5e-14 : name === "lambertw" ? 4e-15 + 1e-15 / (1 + value) : 4e-15;
    expect([x, off(got[1]!, slope, wave ? amplitude : 0.1 * Math.abs(value)) < share]).toEqual([x, true]);
  }
});

it("beta and voigt: values and all derivatives", () => {
  for (const [a, b, value, slope] of BETA) {
    const got = at("beta(a + x, b)", ["a", "b"], [a, b]);
    // Beyond Gamma's range the error grows with |ln B|, 83 here.
    const share = a + b > 171 ? 2e-14 : 3e-15;
    expect([a, b, off(got[0]!, value) < share, off(got[1]!, slope, Math.abs(value)) < 10 * share]).toEqual([
      a,
      b,
      true,
      true,
    ]);
  }
  for (const [args, value, slopes] of VOIGT) {
    const got = at("voigt(t + x, centre, sigma, gamma)", ["t", "centre", "sigma", "gamma"], args);
    expect(off(got[0]!, value)).toBeLessThan(4e-15);
    slopes.forEach((slope, i) => {
      expect(off(got[i + 1]!, slope, 1e-3 * value)).toBeLessThan(1e-12);
    });
  }
});

it("voigt without a normal law is the Lorentzian, its derivatives too", () => {
  const f = compileObjective("voigt(x, 0, s, g)", ["x", "s", "g"]);
  for (const sigma of [0, 1e-300, -1e-200, 1e-160, 1e-20])
    for (const [x, g] of [
      [0, 1],
      [-1, 1],
      [0.5, 2],
      [3, 0.01],
      [1e5, 1e-3],
    ] as const) {
      const size = x * x + g * g;
      const gradient = new Float64Array(3);
      const hessian = new Float64Array(9);
      const at = Float64Array.of(x, sigma, g);
      expect(f.fun(at) / (g / Math.PI / size)).toBeCloseTo(1, 13);
      f.grad(at, gradient);
      f.hess(at, hessian);
      expect(gradient[0]! * size).toBeCloseTo((-2 * x * g) / Math.PI / size, 10);
      expect(gradient[2]! * size).toBeCloseTo((x * x - g * g) / Math.PI / size, 10);
      // The heat equation: the second derivative by sigma is that by x.
      const bend = (g / Math.PI) * ((8 * x * x) / size ** 3 - 2 / size ** 2);
      expect(Math.abs(gradient[1]! - sigma * bend)).toBeLessThanOrEqual(1e-9 * Math.abs(sigma * bend));
      expect(hessian[4]! / bend).toBeCloseTo(1, 8);
    }
  expect(f.fun(Float64Array.of(0.5, 0, 0))).toBeCloseTo(0, 15);
});

it.each(NARROW)(
  "voigt at %s: all derivatives, however narrow sigma or gamma is",
  (args, value, slopes, bends) => {
    const f = compileObjective("voigt(x, 0, s, g)", ["x", "s", "g"]);
    const [first, second] = [new Float64Array(3), new Float64Array(9)];
    expect(off(f.funGrad(args, first), value)).toBeLessThan(1e-13);
    f.hess(args, second);
    slopes.forEach((slope, i) => {
      expect(off(first[i]!, slope)).toBeLessThan(1e-11);
    });
    [0, 1, 2, 4, 5, 8].forEach((at, i) => {
      expect(off(second[at]!, bends[i]!)).toBeLessThan(2e-10);
    });
  },
);

it("a fit of a Voigt profile that begins without a Lorentzian finds one", () => {
  const x = Array.from({ length: 81 }, (_, i) => -8 + 0.2 * i);
  const truth = compileModel("10*voigt(x, 0.3, 1, 0.7)", { params: [] });
  const y = new Float64Array(x.length);
  truth.evaluate(x, [], y);
  for (const sigma of [0.2, 1, 3]) {
    const params = { A: 5, c: 0, s: sigma, g: 0 };
    const fit = curveFit({ model: "A*voigt(x, c, s, g)", x, y, params });
    expect([Math.abs(fit.values.s!), Math.abs(fit.values.g!)]).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(0.7, 6),
    ]);
  }
});

it("poles, ends of the domain and overflow", () => {
  const of = (name: string, x: number): number => at(`${name}(a + x)`, ["a"], [x])[0]!;
  expect([0, -1, -50, 171.7, -200.5, Infinity, NaN].map((x) => of("gamma", x))).toEqual([
    Infinity,
    NaN,
    NaN,
    Infinity,
    0,
    Infinity,
    NaN,
  ]);
  expect([0, -3, 1, 2, Infinity, 3e305].map((x) => of("lgamma", x) + 0)).toEqual([
    Infinity,
    Infinity,
    0,
    0,
    Infinity,
    Infinity,
  ]);
  expect([-0.36787944117144233, -0.4, 0, Infinity].map((x) => of("lambertw", x))).toEqual([
    -1,
    NaN,
    0,
    Infinity,
  ]);
  expect([28, -28, Infinity, -Infinity].map((x) => of("erfc", x))).toEqual([0, 2, 0, 2]);
  expect([of("besselj1", Infinity), of("besselj0", 1e9)]).toEqual([0, NaN]);
});

it("second derivatives agree with differences of first ones", () => {
  const texts = [
    "gamma(a)",
    "lgamma(a)",
    "erfc(a)",
    "lambertw(a)",
    "besselj0(a)",
    "besselj1(a)",
    "beta(a, 2*a)",
  ];
  for (const text of [
    ...texts,
    "voigt(a, 0.3, 0.7, 0.4)",
    "voigt(1, 0.3, a, 0.4)",
    "voigt(1, 0.3, 0.7, a)",
  ]) {
    const names = { variables: [], params: ["a"] };
    const made = program(parse(text, names), 2);
    const { value, gradient } = objectiveEvaluator(
      { ...made, value: made.first[0]!, first: made.second },
      functionTable(defaultRuntime()),
    );
    const h = 1e-5;
    const slope = (a: number): number => value(1, [], 0, [a]);
    const second = [0];
    gradient(1, [], 0, [1.3], second);
    const differences = (slope(1.3 + h) - slope(1.3 - h)) / (2 * h);
    expect([text, Math.abs(second[0]! - differences) < 1e-7 * Math.max(1, Math.abs(differences))]).toEqual([
      text,
      true,
    ]);
  }
});

it("a Voigt profile is fitted, and its names may be parameters", () => {
  const x = Array.from({ length: 60 }, (_, i) => -3 + i / 10);
  const truth = compileModel("area*voigt(x, centre, sigma, gamma)", {
    variables: ["x"],
    params: ["area", "centre", "sigma", "gamma"],
  });
  const y = new Float64Array(60);
  truth.evaluate(x, [2, 0.1, 0.4, 0.3], y);
  const fit = curveFit({
    model: "area*voigt(x, centre, sigma, gamma)",
    x,
    y,
    params: { area: 1, centre: 0, sigma: { init: 0.5, min: 0 }, gamma: { init: 0.5, min: 0 } },
  });
  expect(fit.success).toBe(true);
  for (const [name, value] of Object.entries({ area: 2, centre: 0.1, sigma: 0.4, gamma: 0.3 }))
    expect(fit.values[name as "area"]).toBeCloseTo(value, 8);
  expect(fitCode(fit, "python")).toContain(
    "special.voigt_profile((x) - (centre), np.abs(sigma), np.abs(gamma))",
  );
  expect(() => fitCode(fit, "js")).toThrow(DownhillError);
  expect(at("gamma*a + beta + x", ["gamma", "a", "beta"], [2, 3, 4])[0]).toBe(10);
});
