// Tables that are ready to be fitted, each as a person would have it in a file.

import eckerle from "../../data/nist/Eckerle4.json" with { type: "json" };
import gauss from "../../data/nist/Gauss1.json" with { type: "json" };
import misra from "../../data/nist/Misra1a.json" with { type: "json" };
import rat42 from "../../data/nist/Rat42.json" with { type: "json" };
import { gaussian } from "../shell/noise.js";

export interface Example {
  readonly id: string;
  readonly title: string;
  readonly table: string;
  readonly model: string;
  readonly about: string;
  /** Further columns that are fitted with the first, and what they share. */
  readonly more?: readonly number[];
  readonly shared?: readonly string[];
}

interface Dataset {
  readonly x: readonly (number | readonly number[])[];
  readonly y: readonly number[];
}
const tabbed = (head: string, { x, y }: Dataset): string =>
  [head, ...x.map((v, i) => `${v}\t${y[i]}`)].join("\n");

/** Counts of 905 exp(-t/132) + 97 with their own noise, from a seed; the error of a count is its root. */
const decay = `t;A;dA
s;Bq;Bq
0;1023,4;32,0
30;839,5;29,0
60;653,0;25,6
90;531,3;23,1
120;456,5;21,4
150;393,6;19,8
180;313,9;17,7
240;239,6;15,5
300;182,1;13,5
360;176,6;13,3
420;132,1;11,5
480;87,2;9,3
600;92,1;9,6
720;103,6;10,2`;

/** Bates and Watts 1988, Appendix A1.3: the treated cells. */
const puromycin = `concentration (ppm),rate (counts/min²)
0.02,76
0.02,47
0.06,97
0.06,107
0.11,123
0.11,139
0.22,159
0.22,152
0.56,191
0.56,201
1.10,207
1.10,200`;

/** The same, with the cells that were not treated (eleven rates: the last one is missing). */
const both = `concentration,treated,untreated
0.02,76,67
0.02,47,51
0.06,97,84
0.06,107,86
0.11,123,98
0.11,139,115
0.22,159,131
0.22,152,124
0.56,191,144
0.56,201,158
1.10,207,160
1.10,200,`;

/** Made from a seed; three decimals. */
function thousand(): string {
  const normal = gaussian(11);
  const rows = Array.from({ length: 1000 }, (_, i) => {
    const x = i / 50;
    const y = 3 * Math.exp(-x / 9) * Math.cos(1.3 * x + 0.4) + 0.5 + 0.25 * normal();
    return `${x}\t${y.toFixed(3)}`;
  });
  return ["x\ty", ...rows].join("\n");
}

const outliers = `x,y
1,3.1
2,4.9
3,7.2
4,8.8
5,24.5
6,13.1
7,15.2
8,16.8
9,4.2
10,21.1
11,22.9
12,25.2`;

export const examples: readonly Example[] = [
  {
    id: "decay",
    title: "Radioactive decay: decimal commas, units, errors",
    table: decay,
    model: "A0*exp(-t/tau) + background",
    about: "Counts with their known errors, as a German spreadsheet exports them.",
  },
  {
    id: "puromycin",
    title: "Enzyme kinetics (Bates and Watts)",
    table: puromycin,
    model: "vmax*x/(km + x)",
    about: "Reaction rates at six concentrations, two of each.",
  },
  {
    id: "treated",
    title: "Enzyme kinetics: two sets, one shared parameter",
    table: both,
    model: "vmax*x/(km + x)",
    about: "Cells with and without puromycin. Both are fitted at once, and share km.",
    more: [2],
    shared: ["km"],
  },
  {
    id: "thousand",
    title: "A thousand points on a damped wave",
    table: thousand(),
    model: "a*exp(-x/tau)*cos(omega*x + phase) + c",
    about: "Drag a point: a fit of a thousand points with its bands follows.",
  },
  {
    id: "misra",
    title: "NIST Misra1a",
    table: tabbed("x\ty", misra),
    model: "b1*(1 - exp(-b2*x))",
    about: "Certified: b1 = 238.94212918, b2 = 5.5015643181e-4.",
  },
  {
    id: "rat42",
    title: "NIST Rat42: growth",
    table: tabbed("x\ty", rat42),
    model: "b1/(1 + exp(b2 - b3*x))",
    about: "Nine points of a pasture’s growth.",
  },
  {
    id: "eckerle",
    title: "NIST Eckerle4: a narrow peak",
    table: tabbed("wavelength\ttransmittance", eckerle),
    model: "b1/b2*exp(-((x - b3)/b2)^2/2)",
    about: "Hard from NIST’s own starts; here none is needed.",
  },
  {
    id: "gauss",
    title: "NIST Gauss1: two peaks on a decay, 250 points",
    table: tabbed("x\ty", gauss),
    model: "b1*exp(-b2*x) + b3*exp(-((x - b4)/b5)^2) + b6*exp(-((x - b7)/b8)^2)",
    about: "Eight parameters, no starting values.",
  },
  {
    id: "outliers",
    title: "A line with two outliers",
    table: outliers,
    model: "intercept + slope*x",
    about: "Try the losses, or click the outliers away.",
  },
];
