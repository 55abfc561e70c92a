// The densities of the page, as texts.

export interface Target {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly params: readonly string[];
  /** What the picture shows: two names, and its window. */
  readonly shown: readonly [string, string];
  readonly box: readonly [number, number, number, number];
  readonly about: string;
}

const SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12];
const ERRORS = [15, 10, 16, 11, 9, 11, 10, 18];
/** Rubin 1981: effects of coaching in eight schools; the centred form, with tau on the log scale. */
const schools = [
  ...SCHOOLS.map(
    (y, j) => `normal(${y}, theta${j + 1}, ${ERRORS[j]}) + normal(theta${j + 1}, mu, exp(logTau))`,
  ),
  "normal(mu, 0, 5)",
  "halfCauchy(exp(logTau), 5) + logTau",
].join(" + ");

/** Rates of an enzyme in hundreds (R's data set Puromycin, treated cells), the model of Michaelis and Menten, priors that say little. */
const CONC = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const RATE = [0.76, 0.47, 0.97, 1.07, 1.23, 1.39, 1.59, 1.52, 1.91, 2.01, 2.07, 2];
const enzyme = [
  ...CONC.map((x, i) => `normal(${RATE[i]}, Vm*${x}/(exp(logK) + ${x}), exp(logSigma))`),
  "normal(Vm, 2, 2) + normal(logK, -2, 2) + normal(logSigma, -2, 2)",
].join(" + ");

export const targets: readonly Target[] = [
  {
    id: "banana",
    title: "A banana",
    text: "-x^2/2 - 2*(y - x^2/2)^2",
    params: ["x", "y"],
    shown: ["x", "y"],
    box: [-3.6, 3.6, -2, 5.6],
    about:
      "The spread of y depends on x: no single step length fits everywhere. Gradients let a trajectory turn with the bend.",
  },
  {
    id: "normal",
    title: "A narrow normal law",
    text: "-(x^2 - 1.96*x*y + y^2)/(2*0.0396)",
    params: ["x", "y"],
    shown: ["x", "y"],
    box: [-3.2, 3.2, -3.2, 3.2],
    about:
      "Correlation 0.98. A random walk takes steps as short as the narrow direction and needs very many for the long one.",
  },
  {
    id: "funnel",
    title: "Neal’s funnel",
    text: "normal(y, 0, 3) + normal(x, 0, exp(y/2))",
    params: ["x", "y"],
    shown: ["x", "y"],
    box: [-9, 9, -8, 7],
    about:
      "The neck is a thousand times narrower than the mouth. Divergences say that the neck was not entered: trust no mean here.",
  },
  {
    id: "mixture",
    title: "Two islands",
    text: "log(0.6*exp(-((x + 1.6)^2 + y^2)/(2*0.3)) + 0.4*exp(-((x - 1.6)^2 + y^2)/(2*0.3)))",
    params: ["x", "y"],
    shown: ["x", "y"],
    box: [-3.6, 3.6, -3, 3],
    about:
      "Chains that begin on one island seldom see the other. R-hat, which compares the chains, is what notices.",
  },
  {
    id: "schools",
    title: "Eight schools",
    text: schools,
    params: [...SCHOOLS.map((_, j) => `theta${j + 1}`), "mu", "logTau"],
    shown: ["theta1", "logTau"],
    box: [-20, 40, -4, 4.5],
    about: "Rubin’s hierarchical model in its centred form, ten parameters: a funnel that real data make.",
  },
  {
    id: "enzyme",
    title: "The posterior of a fit",
    text: enzyme,
    params: ["Vm", "logK", "logSigma"],
    shown: ["Vm", "logK"],
    box: [1.7, 2.6, -3.7, -1.9],
    about:
      "Rates of an enzyme, Vm x / (K + x), the error unknown. Least squares says Vm = 2.127 ± 0.069 and log K = −2.75 ± 0.13; the posterior says the same, and how both hang together. Any fit of yours has its posterior on the page Fit.",
  },
];

export const targetOf = (id: string): Target | undefined => targets.find((t) => t.id === id);
