// Every record of paths that the built package can be held to, for engines that run no tests.
import { cases as constrainedFiles } from "./constrained-files.js";
import { cases as constrainedMethods } from "./constrained-methods.js";
import { cases as constrainedNonlinear } from "./constrained-nonlinear.js";
import { cases as constrainedNonlinearOptions } from "./constrained-nonlinear-options.js";
import { cases as constrainedNonlinearRare } from "./constrained-nonlinear-rare.js";
import { cases as constrainedOptions } from "./constrained-options.js";
import { cases as constrainedProximal } from "./constrained-proximal.js";
import { cases as constrainedRare } from "./constrained-rare.js";
import { cases as constrainedRegression } from "./constrained-regression.js";
import { cases as constrainedTexts } from "./constrained-texts.js";
import { cases as expressions } from "./expressions.js";
import { cases as expressionsAsked } from "./expressions-asked.js";
import { cases as expressionsMany } from "./expressions-many.js";
import { cases as expressionsRefused } from "./expressions-refused.js";
import { cases as expressionsSearch } from "./expressions-search.js";
import { cases as firstOrder } from "./first-order.js";
import { cases as firstOrderRefused } from "./first-order-refused.js";
import { cases as firstOrderSchedules } from "./first-order-schedules.js";
import { cases as fits } from "./fits.js";
import { cases as fitsOwn } from "./fits-own.js";
import { cases as global } from "./global.js";
import { cases as globalAsked } from "./global-asked.js";
import { cases as globalConstraints } from "./global-constraints.js";
import { cases as globalOptions } from "./global-options.js";
import { cases as globalVariables } from "./global-variables.js";
import { cases as iterative } from "./iterative.js";
import { cases as iterativeEnds } from "./iterative-ends.js";
import { cases as leastSquares } from "./least-squares.js";
import { cases as leastSquaresChecks } from "./least-squares-checks.js";
import { cases as linalg } from "./linalg.js";
import { cases as linalgRefused } from "./linalg-refused.js";
import { cases as linalgSparse } from "./linalg-sparse.js";
import { cases as linalgSystems } from "./linalg-systems.js";
import { linesOf } from "./line.js";
import { cases as minimize } from "./minimize.js";
import { cases as minimizeSweep } from "./minimize-sweep.js";
import { cases as models } from "./models.js";
import { cases as modelsRefused } from "./models-refused.js";
import { cases as modelsVectors } from "./models-vectors.js";
import { cases as nn } from "./nn.js";
import { cases as nnRefused } from "./nn-refused.js";
import { cases as nnTraining } from "./nn-training.js";
import { cases as plot } from "./plot.js";
import { cases as random } from "./random.js";
import { cases as sampling } from "./sampling.js";
import { cases as samplingFar } from "./sampling-far.js";
import { cases as samplingFits } from "./sampling-fits.js";
import { cases as samplingMade } from "./sampling-made.js";
import { cases as samplingRare } from "./sampling-rare.js";
import { cases as samplingTexts } from "./sampling-texts.js";
import { cases as stats } from "./stats.js";
import { cases as testfunctions } from "./testfunctions.js";

const rooms = {
  "constrained-files": constrainedFiles,
  "constrained-methods": constrainedMethods,
  "constrained-nonlinear": constrainedNonlinear,
  "constrained-nonlinear-options": constrainedNonlinearOptions,
  "constrained-nonlinear-rare": constrainedNonlinearRare,
  "constrained-options": constrainedOptions,
  "constrained-proximal": constrainedProximal,
  "constrained-rare": constrainedRare,
  "constrained-regression": constrainedRegression,
  "constrained-texts": constrainedTexts,
  expressions: expressions,
  "expressions-asked": expressionsAsked,
  "expressions-many": expressionsMany,
  "expressions-refused": expressionsRefused,
  "expressions-search": expressionsSearch,
  "first-order": firstOrder,
  "first-order-refused": firstOrderRefused,
  "first-order-schedules": firstOrderSchedules,
  fits: fits,
  "fits-own": fitsOwn,
  global: global,
  "global-asked": globalAsked,
  "global-constraints": globalConstraints,
  "global-options": globalOptions,
  "global-variables": globalVariables,
  iterative: iterative,
  "iterative-ends": iterativeEnds,
  "least-squares": leastSquares,
  "least-squares-checks": leastSquaresChecks,
  linalg: linalg,
  "linalg-refused": linalgRefused,
  "linalg-sparse": linalgSparse,
  "linalg-systems": linalgSystems,
  minimize: minimize,
  "minimize-sweep": minimizeSweep,
  models: models,
  "models-refused": modelsRefused,
  "models-vectors": modelsVectors,
  nn: nn,
  "nn-refused": nnRefused,
  "nn-training": nnTraining,
  plot: plot,
  random: random,
  sampling: sampling,
  "sampling-far": samplingFar,
  "sampling-fits": samplingFits,
  "sampling-made": samplingMade,
  "sampling-rare": samplingRare,
  "sampling-texts": samplingTexts,
  stats: stats,
  testfunctions: testfunctions,
};

/** What each file of test/paths/*.txt should say: by its name. `d`: everything of the package, its pictures too; `t`: its test functions. */
export const pathsOnce = (d, t) =>
  Object.fromEntries(Object.entries(rooms).map(([name, cases]) => [name, linesOf(cases(d, t)).join("")]));
