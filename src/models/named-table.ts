// Models by name, as data: a text, its parameters with what they mean and in which units, and where it comes from.

import { named, type Row } from "./named.js";

const peak = (what: string): Row[] => [
  ["height", `${what} above its foot`, "y"],
  ["center", "place of the maximum", "x"],
];
const OFFSET: Row = ["offset", "value far away", "y"];
const BOTTOM: Row = ["bottom", "lower plateau", "y"];
const TOP: Row = ["top", "upper plateau", "y"];

/**
 * Models by name.
 *
 * @example
 * const fit = curveFit({ model: models.exponential, x: [0, 1, 2, 3, 4, 5], y: [2.3, 1.51, 1.04, 0.75, 0.57, 0.46] });
 * fit.values.rate; // 0.43
 */
export const models = /* @__PURE__ */ (() => ({
  constant: named("constant", "c", [["c", "the value", "y"]], "-"),
  linear: named(
    "straight line",
    "intercept + slope*x",
    [
      ["intercept", "value at x = 0", "y"],
      ["slope", "change per unit of x", "y/x"],
    ],
    "-",
  ),
  exponential: named(
    "exponential decay to an offset",
    "amplitude*exp(-rate*x) + offset",
    [
      ["amplitude", "height above the offset at x = 0", "y"],
      ["rate", "decay rate; growth where negative", "1/x"],
      OFFSET,
    ],
    "-",
  ),
  biexponential: named(
    "two exponential decays",
    "fast*exp(-fastRate*x) + slow*exp(-slowRate*x) + offset",
    [
      ["fast", "amplitude of the fast part", "y"],
      ["fastRate", "its rate", "1/x", 0],
      ["slow", "amplitude of the slow part", "y"],
      ["slowRate", "its rate", "1/x", 0],
      OFFSET,
    ],
    "-",
  ),
  stretchedExponential: named(
    "stretched exponential",
    "amplitude*exp(-(x/tau)^beta) + offset",
    [
      ["amplitude", "height above the offset at x = 0", "y"],
      ["tau", "relaxation time", "x", 0],
      ["beta", "stretching exponent", "", 0],
      OFFSET,
    ],
    "R. Kohlrausch, Ann. Phys. Chem. 91 (1854) 179; G. Williams and D. C. Watts, Trans. Faraday Soc. 66 (1970) 80",
  ),
  power: named(
    "power law",
    "factor*x^exponent",
    [
      ["factor", "value at x = 1", "y"],
      ["exponent", "slope in a log-log plot", ""],
    ],
    "-",
  ),
  logarithmic: named(
    "logarithm",
    "a + b*log(x)",
    [
      ["a", "value at x = 1", "y"],
      ["b", "change when x grows by e", "y"],
    ],
    "-",
  ),
  gaussian: named(
    "Gaussian peak",
    "height*gaussian(x, center, sigma)",
    [...peak("peak"), ["sigma", "standard deviation: FWHM/2.35482", "x", 0]],
    "-",
  ),
  lorentzian: named(
    "Lorentzian peak",
    "height*lorentzian(x, center, gamma)",
    [...peak("peak"), ["gamma", "half width at half maximum", "x", 0]],
    "-",
  ),
  pseudoVoigt: named(
    "pseudo-Voigt peak",
    "height*(eta/(1 + ((x - center)/w)^2) + (1 - eta)*exp(-0.6931471805599453*((x - center)/w)^2))",
    [
      ...peak("peak"),
      ["w", "half width at half maximum of both parts", "x", 0],
      ["eta", "share of the Lorentzian", "", 0],
    ],
    "G. K. Wertheim et al., Rev. Sci. Instrum. 45 (1974) 1369",
  ),
  skewedGaussian: named(
    "skewed Gaussian peak",
    "amplitude*gaussian(x, location, scale)*(1 + erf(skew*(x - location)/(scale*1.4142135623730951)))",
    [
      ["amplitude", "height where skew is 0", "y"],
      ["location", "centre where skew is 0", "x"],
      ["scale", "standard deviation where skew is 0", "x", 0],
      ["skew", "shape: 0 is symmetric", ""],
    ],
    "A. Azzalini, Scand. J. Statist. 12 (1985) 171",
  ),
  logistic3: named(
    "logistic growth",
    "top*sigmoid(rate*(x - middle))",
    [TOP, ["rate", "steepness", "1/x"], ["middle", "where half of the top is reached", "x"]],
    "P. F. Verhulst, Corr. Math. Phys. 10 (1838) 113",
  ),
  logistic4: named(
    "dose-response with four parameters",
    "bottom + (top - bottom)/(1 + (ec50/x)^slope)",
    [BOTTOM, TOP, ["ec50", "dose of half the effect", "x", 0], ["slope", "Hill slope", ""]],
    "A. DeLean et al., Am. J. Physiol. 235 (1978) E97",
  ),
  logistic5: named(
    "dose-response with five parameters",
    "bottom + (top - bottom)/(1 + (c/x)^slope)^asymmetry",
    [
      BOTTOM,
      TOP,
      ["c", "dose scale", "x", 0],
      ["slope", "slope", ""],
      ["asymmetry", "1 is symmetric", "", 0],
    ],
    "F. J. Richards, J. Exp. Bot. 10 (1959) 290",
  ),
  gompertz: named(
    "Gompertz growth",
    "top*exp(-exp(-rate*(x - inflection)))",
    [TOP, ["rate", "growth rate", "1/x"], ["inflection", "where growth is fastest", "x"]],
    "B. Gompertz, Phil. Trans. R. Soc. 115 (1825) 513",
  ),
  weibull: named(
    "Weibull growth",
    "top*(1 - exp(-(x/scale)^shape))",
    [TOP, ["scale", "where 63.2 % is reached", "x", 0], ["shape", "shape", "", 0]],
    "W. Weibull, J. Appl. Mech. 18 (1951) 293",
  ),
  michaelisMenten: named(
    "Michaelis-Menten kinetics",
    "vmax*x/(km + x)",
    [
      ["vmax", "limiting rate", "y"],
      ["km", "concentration of half the rate", "x", 0],
    ],
    "L. Michaelis and M. L. Menten, Biochem. Z. 49 (1913) 333",
  ),
  hill: named(
    "Hill equation",
    "vmax/(1 + (k/x)^n)",
    [
      ["vmax", "limit", "y"],
      ["k", "concentration of half the limit", "x", 0],
      ["n", "Hill coefficient", ""],
    ],
    "A. V. Hill, J. Physiol. 40 (1910) iv",
  ),
  substrateInhibition: named(
    "inhibition by the substrate",
    "vmax*x/(km + x + x^2/ki)",
    [
      ["vmax", "limiting rate without inhibition", "y"],
      ["km", "Michaelis constant", "x", 0],
      ["ki", "inhibition constant", "x", 0],
    ],
    "J. B. S. Haldane, Enzymes (1930)",
  ),
  competitiveInhibition: named(
    "competitive inhibition",
    "vmax*S/(km*(1 + I/ki) + S)",
    [
      ["vmax", "limiting rate", "y"],
      ["km", "Michaelis constant", "S", 0],
      ["ki", "inhibition constant", "I", 0],
    ],
    "H. Lineweaver and D. Burk, J. Am. Chem. Soc. 56 (1934) 658",
    ["S", "I"],
  ),
  oneCompartment: named(
    "one compartment with first-order absorption, per unit of dose",
    "scale*ka/(ka - ke)*(exp(-ke*x) - exp(-ka*x))",
    [
      ["scale", "bioavailable dose / volume", "y"],
      ["ka", "absorption rate", "1/x", 0],
      ["ke", "elimination rate", "1/x", 0],
    ],
    "H. Bateman, Proc. Camb. Phil. Soc. 15 (1910) 423",
  ),
  sine: named(
    "sine wave",
    "amplitude*sin(2*pi*frequency*x + phase) + offset",
    [
      ["amplitude", "amplitude", "y"],
      ["frequency", "cycles per unit of x", "1/x", 0],
      ["phase", "radians at x = 0", ""],
      ["offset", "mean", "y"],
    ],
    "-",
  ),
  dampedSine: named(
    "damped sine wave",
    "amplitude*exp(-rate*x)*sin(2*pi*frequency*x + phase) + offset",
    [
      ["amplitude", "amplitude at x = 0", "y"],
      ["rate", "damping", "1/x", 0],
      ["frequency", "cycles per unit of x", "1/x", 0],
      ["phase", "radians at x = 0", ""],
      ["offset", "mean", "y"],
    ],
    "-",
  ),
  arrhenius: named(
    "Arrhenius equation",
    "prefactor*exp(-temperature/x)",
    [
      ["prefactor", "rate at infinite temperature", "y"],
      ["temperature", "activation energy / gas constant", "x"],
    ],
    "S. Arrhenius, Z. Phys. Chem. 4 (1889) 226",
  ),
  planck: named(
    "Planck's law over wavelength",
    "scale/(x^5*expm1(c/x))",
    [
      ["scale", "2 h c^2, times what the instrument does", "y x^5"],
      ["c", "h c/(k T)", "x", 0],
    ],
    "M. Planck, Verh. Dtsch. Phys. Ges. 2 (1900) 237",
  ),
  step: named(
    "smooth step",
    "bottom + (top - bottom)*(1 + erf((x - center)/(width*1.4142135623730951)))/2",
    [BOTTOM, TOP, ["center", "middle of the step", "x"], ["width", "standard deviation of the edge", "x", 0]],
    "-",
  ),
}))();
