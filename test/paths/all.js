// Every record of paths that the built package can be held to, for engines that run no tests.
import { cases as expressions } from "./expressions.js";
import { cases as expressionsAsked } from "./expressions-asked.js";
import { cases as expressionsMany } from "./expressions-many.js";
import { cases as expressionsRefused } from "./expressions-refused.js";
import { cases as expressionsSearch } from "./expressions-search.js";
import { cases as firstOrder } from "./first-order.js";
import { cases as fits } from "./fits.js";
import { cases as fitsOwn } from "./fits-own.js";
import { cases as iterative } from "./iterative.js";
import { cases as leastSquares } from "./least-squares.js";
import { cases as leastSquaresChecks } from "./least-squares-checks.js";
import { cases as linalg } from "./linalg.js";
import { cases as linalgSparse } from "./linalg-sparse.js";
import { linesOf } from "./line.js";
import { cases as minimize } from "./minimize.js";
import { cases as minimizeSweep } from "./minimize-sweep.js";
import { cases as models } from "./models.js";
import { cases as modelsRefused } from "./models-refused.js";
import { cases as modelsVectors } from "./models-vectors.js";
import { cases as nn } from "./nn.js";
import { cases as nnTraining } from "./nn-training.js";
import { cases as plot } from "./plot.js";
import { cases as random } from "./random.js";
import { cases as stats } from "./stats.js";
import { cases as testfunctions } from "./testfunctions.js";

const rooms = {
  expressions: expressions,
  "expressions-asked": expressionsAsked,
  "expressions-many": expressionsMany,
  "expressions-refused": expressionsRefused,
  "expressions-search": expressionsSearch,
  "first-order": firstOrder,
  fits: fits,
  "fits-own": fitsOwn,
  iterative: iterative,
  "least-squares": leastSquares,
  "least-squares-checks": leastSquaresChecks,
  linalg: linalg,
  "linalg-sparse": linalgSparse,
  minimize: minimize,
  "minimize-sweep": minimizeSweep,
  models: models,
  "models-refused": modelsRefused,
  "models-vectors": modelsVectors,
  nn: nn,
  "nn-training": nnTraining,
  plot: plot,
  random: random,
  stats: stats,
  testfunctions: testfunctions,
};

/** What each file of test/paths/*.txt should say: by its name. `d`: everything of the package, its pictures too; `t`: its test functions. */
export const pathsOnce = (d, t) =>
  Object.fromEntries(Object.entries(rooms).map(([name, cases]) => [name, linesOf(cases(d, t)).join("")]));
