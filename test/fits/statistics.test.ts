// Statistics of fits against R 4.2.2 (nls, lm, vcov, AIC, BIC, logLik, confint, predict; R's data set Puromycin, treated) and SciPy
// 1.17.1 (curve_fit). Conventions: R's AIC and BIC count the variance as a parameter (aicR, bicR), its weights are 1/sigma^2 and
// relative, its nls stops at a relative offset of 1e-8, so that its estimates are good to seven digits here, and its confint of nls is the profile, interpolated by a spline, so that it is good to three digits or four.

import { expect, test } from "vitest";
import { curveFit } from "../../src/index.js";

const x = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const y = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
const sigma = y.map((v) => 0.05 * v);
const michaelis = () => curveFit({ model: "Vm*x/(K + x)", x, y, params: { Vm: 212.7, K: 0.0641 } });
const weighted = () => curveFit({ model: "Vm*x/(K + x)", x, y, sigma, params: { Vm: 212.7, K: 0.0641 } });
const parabola = () => curveFit({ model: "a + b*x + c*x^2", x, y, params: { a: 0, b: 0, c: 0 } });
const line = () => curveFit({ model: "a + b*x", x, y, sigma, params: { a: 0, b: 0 } });
const decay = () =>
  curveFit({
    model: "a*exp(-b*x) + c",
    x: [0, 1, 2, 3, 4, 5],
    y: [2.3, 1.51, 1.04, 0.75, 0.57, 0.46],
    params: { a: 2, b: 0.4, c: 0.3 },
  });

/** What, R's number, ours, and the digits that R's is good to. */
const cases: readonly (readonly [string, number, () => number, number])[] = [
  ["nls: Vm", 212.68374338139222, () => michaelis().values.Vm, 7],
  ["nls: K", 0.064121282032153, () => michaelis().values.K, 7],
  ["nls: standard error of Vm", 6.947155127167712, () => michaelis().params.Vm.stderr!, 8],
  ["nls: standard error of K", 0.008280949736584, () => michaelis().params.K.stderr!, 7],
  ["vcov(nls): off the diagonal", 0.044014532546033, () => michaelis().covariance![1]!, 7],
  ["sigma(nls)", 10.933658191288762, () => michaelis().residualStd, 10],
  ["deviance(nls)", 1195.4488144393586, () => michaelis().rss, 10],
  ["AIC(nls)", 95.27096864894753, () => michaelis().aicR, 10],
  ["BIC(nls)", 96.72568859831154, () => michaelis().bicR, 10],
  ["logLik(nls)", -44.635484324473765, () => 3 - michaelis().aicR / 2, 10],
  ["confint(nls): Vm, lower", 197.30212823283597, () => michaelis().profile("Vm")[0], 4],
  ["confint(nls): K, lower", 0.046925168048467, () => michaelis().profile("K")[0], 3],
  ["confint(nls): Vm, upper", 229.29006468378364, () => michaelis().profile("Vm")[1], 4],
  ["confint(nls): K, upper", 0.086159952839512, () => michaelis().profile("K")[1], 3],
  ["nls with weights: Vm", 206.96101273158, () => weighted().values.Vm, 8],
  ["nls with weights: K", 0.05903941397181, () => weighted().values.K, 8],
  ["nls with weights: standard error of Vm", 12.183627102545, () => weighted().params.Vm.stderr!, 8],
  ["nls with weights: standard error of K", 0.0087837182091935, () => weighted().params.K.stderr!, 8],
  ["nls with weights: sigma", 2.3676164088066, () => weighted().residualStd, 9],
  ["nls with weights: deviance", 56.056074592504, () => weighted().rss, 9],
  ["nls with weights: AIC", 103.56325722001, () => weighted().aicR, 9],
  ["nls with weights: BIC", 105.01797716937, () => weighted().bicR, 9],
  ["lm: the quadratic coefficient", -225.2715943318253, () => parabola().values.c, 10],
  ["lm: its standard error", 49.0357793845753, () => parabola().params.c.stderr!, 10],
  ["lm: R squared", 0.90751025460779, () => parabola().r2, 11],
  ["lm: AIC", 107.71392723096847, () => parabola().aicR, 11],
  [
    "predict(lm), confidence 0.9: lower at 0.3",
    150.018129897995,
    () => parabola().band([0.3], { level: 0.9 }).lower[0]!,
    10,
  ],
  [
    "predict(lm), confidence 0.9: upper at 1.5",
    180.841439935387,
    () => parabola().band([1.5], { level: 0.9 }).upper[0]!,
    10,
  ],
  [
    "predict(lm), prediction: lower at 0.3",
    120.530310383663,
    () => parabola().band([0.3], { kind: "prediction" }).lower[0]!,
    10,
  ],
  [
    "predict(lm), prediction: upper at 1.5",
    206.14451324989,
    () => parabola().band([1.5], { kind: "prediction" }).upper[0]!,
    10,
  ],
  ["lm with weights: intercept", 71.5445382292493, () => line().values.a, 10],
  ["lm with weights: slope", 160.8351721775788, () => line().values.b, 10],
  ["lm with weights: standard error of the slope", 39.3047555056455, () => line().params.b.stderr!, 10],
  ["lm with weights: sigma", 6.3039033473513, () => line().residualStd, 10],
  ["nls of a decay: b", 0.49593696970863, () => decay().values.b, 8],
  ["nls of a decay: standard error of c", 0.0065067503973443, () => decay().params.c.stderr!, 7],
  ["cov2cor(vcov(nls)): a and b", -0.64845184542059, () => decay().correlation![1]!, 7],
  ["cov2cor(vcov(nls)): b and c", 0.91839800812484, () => decay().correlation![5]!, 7],
  ["confint(nls) 0.9: b, lower", 0.48595879317251, () => decay().profile("b", { level: 0.9 })[0], 4],
  ["confint(nls) 0.9: c, upper", 0.30942361081815, () => decay().profile("c", { level: 0.9 })[1], 3],
];

test.each(cases)("%s", (_, theirs, ours, digits) => {
  expect(Math.abs(ours() / theirs - 1)).toBeLessThan(10 ** -digits);
});
