// The public names of downhill, listed. A file of first-order rules is re-exported whole: every rule in it is public.

export type { Certificate, ConvexAnswer, ConvexEnd } from "./constrained/answer.js";
export type { Anchor as ConvexAnchor, ConvexState } from "./constrained/convex-state.js";
export type { LinearProgram, QuadraticProgram } from "./constrained/input.js";
export { readLP } from "./constrained/lp-file.js";
export {
  activeSet,
  type ConvexMethod,
  type ConvexMethodOptions,
  type InteriorPointMethod,
  pdhg,
  type SimplexOptions,
  simplex,
} from "./constrained/methods.js";
export { type Model, type ModelBuilder, model } from "./constrained/model.js";
export type { ModelAnswer } from "./constrained/model-answer.js";
export { type MPSOptions, type MPSProgram, type QPSProgram, readMPS, readQPS } from "./constrained/mps.js";
export type { CompiledProgram, RowNames } from "./constrained/nonlinear/compiled.js";
export type { ConstrainedState } from "./constrained/nonlinear/journal.js";
export {
  type AugmentedLagrangianMethodOptions,
  augmentedLagrangian,
  type ConstrainedMethod,
  type ConstrainedMethodName,
  constrainedMethods,
  type HessianKind,
  type InteriorPointMethodOptions,
  interiorPoint,
  type SecondOrderOptions,
  sqp,
} from "./constrained/nonlinear/methods.js";
export {
  type AsyncConstrainedOptions,
  type ConstrainedIterator,
  type ConstrainedOptions,
  type ConstrainedSettings,
  type IterateConstrainedOptions,
  iterateConstrained,
  minimizeConstrained,
  minimizeConstrainedAsync,
} from "./constrained/nonlinear/minimize-constrained.js";
export type {
  AsyncConstraint as AsyncConstraintFunctions,
  Constraint as ConstraintFunctions,
  ConstraintParts,
  LinearRows,
  SparseObjective,
} from "./constrained/nonlinear/problem.js";
export { compileProgram, type ProgramTextOptions } from "./constrained/nonlinear/program.js";
export type { ProgramSensitivity } from "./constrained/nonlinear/program-sensitivity.js";
export type {
  ActiveSet,
  ConstrainedAnswer,
  ConstrainedResult,
  ConstrainedTermination,
  ProgramMultipliers,
} from "./constrained/nonlinear/result.js";
export type { ConstrainedEnd, Failure as ConstrainedFailure } from "./constrained/nonlinear/solve.js";
export type { SparsityPattern } from "./constrained/nonlinear/sparsity.js";
export type { NonlinearProblem, PointClaim, PointVerification } from "./constrained/nonlinear/verify.js";
export type { AdmmAnswer } from "./constrained/proximal/admm.js";
export {
  type AdmmProblem,
  type AdmmResult,
  admm,
  admmAsync,
  type ProximalStep,
} from "./constrained/proximal/admm.js";
export type { ChambollePockAnswer } from "./constrained/proximal/chambolle-pock.js";
export {
  type ChambollePockProblem,
  type ChambollePockResult,
  chambollePock,
  chambollePockAsync,
} from "./constrained/proximal/chambolle-pock.js";
export type { DenoiseAnswer } from "./constrained/proximal/denoise.js";
export {
  type DenoiseOptions,
  type DenoiseResult,
  denoise,
  denoiseAsync,
  type Picture,
} from "./constrained/proximal/denoise.js";
export type { LassoAnswer } from "./constrained/proximal/lasso.js";
export {
  type ElasticNetOptions,
  elasticNet,
  elasticNetAsync,
  type LassoOptions,
  type LassoResult,
  lasso,
  lassoAsync,
} from "./constrained/proximal/lasso.js";
export type { MatrixFree } from "./constrained/proximal/linear-map.js";
export type { NnlsAnswer } from "./constrained/proximal/nnls.js";
export { type NnlsOptions, type NnlsResult, nnls, nnlsAsync } from "./constrained/proximal/nnls.js";
export type { ProximalOperator } from "./constrained/proximal/operators.js";
export { type LassoPathOptions, lassoPath, lassoPathAsync } from "./constrained/proximal/path.js";
export type { CrossValidation, LassoPath, LassoPathAnswer } from "./constrained/proximal/path-answer.js";
export type { Projection } from "./constrained/proximal/projections.js";
export { project, prox } from "./constrained/proximal/prox.js";
export {
  type AsyncProximalGradientProblem,
  type ProximalGradientProblem,
  proximalGradient,
  proximalGradientAsync,
} from "./constrained/proximal/proximal-gradient.js";
export type {
  ProximalAnswer,
  ProximalEnd,
  ProximalResult,
  ProximalTermination,
} from "./constrained/proximal/task.js";
export {
  type QuantileAnswer,
  type QuantileOptions,
  type QuantileResult,
  quantileRegression,
  quantileRegressionAsync,
} from "./constrained/quantile.js";
export type { Ranging } from "./constrained/ranging.js";
export type { Sensitivity } from "./constrained/sensitivity.js";
export { type QPSession, type QPSessionOptions, type QPUpdate, qpSession } from "./constrained/session.js";
export type { ConvexSettings } from "./constrained/settings.js";
export type { Basis } from "./constrained/simplex/basis.js";
export {
  type ConvexIterator,
  type ConvexResult,
  type IterateLPOptions,
  type IterateQPOptions,
  iterateLP,
  iterateQP,
  type SolveLPOptions,
  type SolveQPOptions,
  solveLP,
  solveLPAsync,
  solveQP,
  solveQPAsync,
} from "./constrained/solve.js";
export { type SvmAnswer, type SvmOptions, type SvmResult, svm, svmAsync } from "./constrained/svm.js";
export type { ConvexClaim, Verification, VerifyOptions } from "./constrained/verify.js";
export type { Reported } from "./driver/answer.js";
export type { Bounds } from "./driver/bounds.js";
export type { ReportOptions, ReportStyle } from "./driver/report.js";
export type { Pulled } from "./driver/run.js";
export type { Stopped, StopReason } from "./driver/task.js";
export type { Iteration, Limits, Termination, Tolerances, Warning, WarningCode } from "./driver/types.js";
export {
  curveFit,
  curveFitAsync,
  type FullFitIterator,
  type FullFitOptions,
  type GlobalFitOptions,
  type GlobalFitResult,
  iterateCurveFit,
  type WholeParamSpec,
} from "./expressions/curve-fit.js";
export type { DataOptions, Likelihood } from "./expressions/data-options.js";
export type { Derived } from "./expressions/derive.js";
export type { ResidualTests } from "./expressions/diagnostics.js";
export type { SigmaX } from "./expressions/distances.js";
export type { FormedBand } from "./expressions/formed-band.js";
export type { FullFit, FullFitResult } from "./expressions/full-fit.js";
export type { DataSet, GlobalParamSpec } from "./expressions/global-sets.js";
export type { ManyAnswer, ManyData, ManyShape } from "./expressions/job.js";
export {
  type CurveFitManyAsyncOptions,
  type CurveFitManyResult,
  curveFitMany,
  curveFitManyAsync,
  type JobPool,
  type ManyFits,
} from "./expressions/many.js";
export type { CurveFitManyOptions, Numbers } from "./expressions/many-input.js";
export type { CurveStarts } from "./expressions/many-starts.js";
export type { ProfileCurve, Region } from "./expressions/profiles.js";
export { compileModel } from "./expressions/read.js";
export type { VectorFitOptions } from "./expressions/vector-sets.js";
export {
  type ByParameter,
  type DifferencedModel,
  type DifferenceOptions,
  withDifferences,
} from "./expressions/with-differences.js";
export { type Average, type AverageOptions, average } from "./first-order/average.js";
export { clipNorm, clipValue, type Writable } from "./first-order/clip.js";
export type { Group } from "./first-order/groups.js";
export { optimizer, type Trainable } from "./first-order/optimizer.js";
export {
  type Plateau,
  type PlateauOptions,
  type PlateauState,
  reduceOnPlateau,
} from "./first-order/plateau.js";
export type { Given, Option, Options, Rate, Rule, RuleFactory } from "./first-order/rule.js";
export * from "./first-order/rules/adam.js";
export * from "./first-order/rules/adaptive.js";
export * from "./first-order/rules/momentum.js";
export * from "./first-order/rules/sign.js";
export type { DType } from "./first-order/run.js";
export { schedules } from "./first-order/schedule-table.js";
export type {
  CycledSchedule,
  CyclicOptions,
  OneCycleOptions,
  Schedule,
  ScheduleWarning,
} from "./first-order/schedules.js";
export type { OptimizerState } from "./first-order/snapshot.js";
export { type StepAnalysis, type StepAnalysisOptions, stepAnalysis } from "./first-order/taylor.js";
export type { Closure, FloatVector, Optimizer, OptimizerOptions } from "./first-order/types.js";
export {
  type BootstrapOptions,
  type BootstrapParam,
  type Bootstrapped,
  type BootstrapResult,
  bootstrap,
  bootstrapAsync,
} from "./fits/bootstrap.js";
export { fitCode, type ProgramLanguage } from "./fits/code.js";
export {
  type ComparedFit,
  type Comparison,
  compareFits,
  type FitComparison,
  type NestedTest,
} from "./fits/compare.js";
export { type FromJSONOptions, fromJSON } from "./fits/from-json.js";
export { type LackOfFit, lackOfFit } from "./fits/lack-of-fit.js";
export { type OdeModel, type OdeOptions, ode } from "./fits/ode.js";
export { type Odr, type OdrOptions, type OdrResult, odr, odrAsync } from "./fits/odr.js";
export {
  type FitPeaksOptions,
  type FitPeaksResult,
  type FittedPeak,
  fitPeaks,
  fitPeaksAsync,
  type PeakBaseline,
  type PeakShape,
} from "./fits/peaks.js";
export type { BootstrapKind } from "./fits/resample.js";
export { type Sandwich, type SandwichKind, type SandwichOptions, sandwich } from "./fits/sandwich.js";
export { curveFitStudent, curveFitStudentAsync } from "./fits/student.js";
export { curveFitVector, curveFitVectorAsync } from "./fits/vector.js";
export { type FitVerification, verify } from "./fits/verify.js";
export { type SimulatedAnnealingOptions, simulatedAnnealing } from "./global/annealing.js";
export { type GlobalSearch, type GlobalSearchOptions, globalSearch } from "./global/ask-tell.js";
export { type CmaesOptions, cmaes } from "./global/cmaes.js";
export type { GlobalConstraint, GlobalConstraintParts } from "./global/constraints.js";
export {
  type DeStrategy,
  type DifferentialEvolutionOptions,
  deStrategies,
  differentialEvolution,
} from "./global/differential-evolution.js";
export type { GlobalState } from "./global/engine.js";
export {
  type AsyncEvolveOptions,
  type EvolveIteration,
  type EvolveOptions,
  type EvolveState,
  evolve,
  evolveAsync,
  type IterateEvolveOptions,
  iterateEvolve,
} from "./global/evolve.js";
export type { EvolveAnswer, EvolveEnd, EvolveResult } from "./global/evolve-answer.js";
export { type GeneticOptions, genetic } from "./global/genetic.js";
export {
  type BinaryOptions,
  binary,
  type Genome,
  type PermutationOptions,
  permutation,
  real,
} from "./global/genomes.js";
export type { GlobalMethod, GlobalMethodName } from "./global/methods.js";
export {
  type GlobalAsyncOptions,
  type IterateGlobalOptions,
  iterateGlobal,
  minimizeGlobal,
  minimizeGlobalAsync,
} from "./global/minimize-global.js";
export type {
  AsyncGlobalObjective,
  GlobalFunction,
  GlobalObjective,
  GlobalParts,
  ValuesOf,
} from "./global/objective.js";
export type { ValuesAnswer, ValuesJob, ValuesPool } from "./global/pool.js";
export type {
  GlobalAnswer,
  GlobalEnd,
  GlobalIteration,
  GlobalMinimum,
  GlobalPopulation,
  GlobalResult,
} from "./global/result.js";
export type { SavedSearch, SearchEnd, SearchReason } from "./global/search.js";
export type { GlobalOptions } from "./global/settings.js";
export type { GlobalBox, NamedBox, Values, Variable } from "./global/variables.js";
export type { IterativeEnd } from "./iterative/ends.js";
export { iterateLsmr, iterateLsqr, lsmr, lsmrAsync, lsqr, lsqrAsync } from "./iterative/least.js";
export type {
  CgOptions,
  GaussSeidelOptions,
  GmresOptions,
  JacobiOptions,
  KrylovOptions,
  LsqrOptions,
  SquareMatrix,
  SymmetricOptions,
} from "./iterative/options.js";
export type { IterativeOptions, LinearMap, Operator, Resumable } from "./iterative/request.js";
export type { IterativeResult, Solution } from "./iterative/solution.js";
export {
  bicgstab,
  bicgstabAsync,
  cg,
  cgAsync,
  gaussSeidel,
  gaussSeidelAsync,
  gmres,
  gmresAsync,
  iterateBicgstab,
  iterateCg,
  iterateGaussSeidel,
  iterateGmres,
  iterateJacobi,
  iterateMinres,
  jacobi,
  jacobiAsync,
  type LinearIterator,
  minres,
  minresAsync,
} from "./iterative/solvers.js";
export type { SavedVectors } from "./iterative/space.js";
export type { IterativeState } from "./iterative/task.js";
export { checkJacobian, type JacobianCheck } from "./least-squares/check-jacobian.js";
export type { LeastSquaresState } from "./least-squares/checkpoint.js";
export type {
  BlockX,
  CurveFitIterator,
  CurveFitOptions,
  IterateCurveFitOptions,
  ModelX,
  PointX,
} from "./least-squares/curve-fit.js";
export type { StartsReport } from "./least-squares/expression.js";
export type {
  Band,
  BandOptions,
  FitAnswer,
  FitFields,
  FitParam,
  FitResult,
  FitX,
} from "./least-squares/fit-result.js";
export type { Calibrated, CalibrateOptions, FitSet } from "./least-squares/fit-set.js";
export {
  type IterateLeastSquaresOptions,
  iterateLeastSquares,
  type LeastSquaresIterator,
  type LeastSquaresOptions,
  leastSquares,
  leastSquaresAsync,
} from "./least-squares/least-squares.js";
export type {
  AnyModel,
  BlockModel,
  Done,
  OrderedModel,
  PointModel,
  PredictorColumns,
} from "./least-squares/model.js";
export type { ParamSpec, TiedSpec } from "./least-squares/parameters.js";
export type { LeastSquaresAnswer, LeastSquaresFields, LeastSquaresResult } from "./least-squares/result.js";
export {
  dogleg,
  gaussNewton,
  type LeastSquaresMethod,
  type LeastSquaresMethodName,
  type LeastSquaresSettings,
  type LossName,
  levenberg,
  levenbergMarquardt,
  lossNames,
  methodNames,
  type TrustRegionOptions,
} from "./least-squares/settings.js";
export { type CholeskyFactor, type CholeskyOptions, cholesky } from "./linalg/cholesky.js";
export { csr, csrFromDense, csrFromTriplets, type SparseMatrix, type Triplets } from "./linalg/csr.js";
export type { CsrParts } from "./linalg/csr-parts.js";
export { type Eig, type EigOptions, eig } from "./linalg/eig.js";
export { type EigSym, type EigSymOptions, eigSym } from "./linalg/eigen.js";
export type { Factor, FactorOptions } from "./linalg/factor.js";
export {
  type LdlFactor,
  type LdlOptions,
  ldl,
  type ModifiedCholeskyOptions,
  modifiedCholesky,
} from "./linalg/ldl.js";
export {
  type LstsqManyResult,
  type LstsqOptions,
  type LstsqRank,
  type LstsqResult,
  lstsq,
} from "./linalg/lstsq.js";
export { type LuFactor, lu } from "./linalg/lu.js";
export {
  type Matrix,
  type MatrixLike,
  matrix,
  type NdArrayLike,
  type Precision,
  type Real,
} from "./linalg/matrix.js";
export { dot, type NormKind, norm, type VectorNormKind } from "./linalg/norm.js";
export { type PolyfitOptions, type Polynomial, polyfit } from "./linalg/polyfit.js";
export { type MatmulOptions, matmul, toArray, transpose } from "./linalg/product.js";
export { type QrFactor, type QrOptions, qr } from "./linalg/qr.js";
export type { SolveWarning } from "./linalg/refusals.js";
export {
  type DenseMethod,
  type SolveMethod,
  type SolveOptions,
  type SolveReport,
  solve,
} from "./linalg/solve.js";
export type { SparseFactor, SparseFactorOptions, SparseLdlOptions } from "./linalg/sparse-factor.js";
export { sparseCholesky, sparseLdl } from "./linalg/sparse-ldl.js";
export { sparseLu } from "./linalg/sparse-lu.js";
export type { SparseLuFactor, SparseLuOptions } from "./linalg/sparse-lu-types.js";
export type { SparsePattern } from "./linalg/sparse-pattern.js";
export { det, inverse, logDet, rcond } from "./linalg/square.js";
export {
  nullSpace,
  pinv,
  type RankOptions,
  type Svd,
  type SvdOptions,
  svd,
} from "./linalg/svd.js";
export { checkGradient, type GradientCheck, type GradientCheckOptions } from "./minimize/check-gradient.js";
export type { MinimizeState } from "./minimize/checkpoint.js";
export {
  type AsyncEquations,
  type Equations,
  type SolveEquationsOptions,
  solveEquations,
  solveEquationsAsync,
} from "./minimize/equations/solve-equations.js";
export type { EquationsEnd, EquationsResult } from "./minimize/equations/system.js";
export { type IterateOptions, iterate, type MinimizeIterator } from "./minimize/iterate.js";
export {
  type GradientDescentOptions,
  gradientDescent,
  type NonlinearCGOptions,
  nonlinearCG,
} from "./minimize/methods/gradient.js";
export { type NelderMeadOptions, nelderMead } from "./minimize/methods/nelder-mead.js";
export { type NewtonOptions, newton } from "./minimize/methods/newton.js";
export type { Preconditioner } from "./minimize/methods/preconditioned.js";
export { bfgs, type LbfgsOptions, lbfgs } from "./minimize/methods/quasi-newton.js";
export { type TrustRegionMinimizeOptions, trustRegion } from "./minimize/methods/trust-region.js";
export {
  type LineSearchName,
  lineSearchNames,
  type MethodSight,
  type MinimizeMethod,
  type OptionValues,
  type SearchOptions,
} from "./minimize/methods/types.js";
export { minimize, minimizeAsync } from "./minimize/minimize.js";
export {
  type LocalMinimum,
  type MultistartOptions,
  type MultistartResult,
  multistart,
  multistartAsync,
} from "./minimize/multistart.js";
export type { AsyncObjective, MaybePromise, Objective, ObjectiveParts } from "./minimize/objective.js";
export type { MinimizeFields, MinimizeResult, Minimum } from "./minimize/result.js";
export type { ScalarEnd, ScalarFunction, ScalarResult } from "./minimize/scalar/evaluation.js";
export {
  type MinimizeScalarOptions,
  minimizeScalar,
  minimizeScalarAsync,
} from "./minimize/scalar/minimum.js";
export { type FindRootOptions, findRoot, findRootAsync } from "./minimize/scalar/root.js";
export {
  type MinimizeIteration,
  type MinimizeMethodName,
  type MinimizeOptions,
  type MinimizeSettings,
  minimizers,
} from "./minimize/settings.js";
export type { CompiledModel, CompileOptions, ModelInput } from "./models/model.js";
export {
  modelLaTeX,
  modelMathML,
  type NamedModel,
  type NamedParam,
  polynomial,
  prefix,
  product,
  rational,
  sum,
} from "./models/named.js";
export { models } from "./models/named-table.js";
export {
  type CompiledObjective,
  compileObjective,
  type ObjectiveOptions,
  type ObjectiveRecipe,
  type SumOptions,
} from "./models/objective.js";
export {
  type VectorFunction,
  type VectorFunction2,
  type VectorOptions,
  vacos,
  vasin,
  vatan,
  vatan2,
  vcbrt,
  vcos,
  vcosh,
  verf,
  vexp,
  vexpm1,
  vlog,
  vlog1p,
  vlog2,
  vlog10,
  vpow,
  vsin,
  vsinh,
  vtan,
  vtanh,
} from "./models/vector.js";
export type { Monitor } from "./nn/best.js";
export { type Split, type SplitOptions, type Standardised, standardise, trainTestSplit } from "./nn/data.js";
export type { Ailment, Diagnosis, Finding, LayerCourse } from "./nn/diagnose.js";
export type { Evaluation } from "./nn/evaluate.js";
export {
  type FindLearningRateOptions,
  findLearningRate,
  findLearningRateAsync,
  type LearningRates,
} from "./nn/find-learning-rate.js";
export type { FitOptions } from "./nn/fit-options.js";
export type { Batch, Epoch, EpochIteration, FitEnd, History, TrainingHistory } from "./nn/history.js";
export { type Initialisation, initialisations } from "./nn/initialise.js";
export type { Features, TargetValues } from "./nn/inputs.js";
export type { Layer, LayerFactory } from "./nn/layer.js";
export * from "./nn/layers/table.js";
export { type LoadNetworkOptions, loadNetwork } from "./nn/load.js";
export type { Loss } from "./nn/loss.js";
export { type LossName as NetworkLoss, lossNames as networkLosses } from "./nn/losses.js";
export type { Metric, MetricName, Metrics } from "./nn/metrics.js";
export { type Network, type NetworkObjective, type NetworkOptions, network } from "./nn/network.js";
export {
  type LayerPass,
  layer,
  loss,
  type OwnLabelLoss,
  type OwnLayer,
  type OwnLoss,
  type OwnValueLoss,
} from "./nn/own.js";
export {
  type PretrainedBlock,
  type PretrainOptions,
  pretrain,
  pretrainAsync,
} from "./nn/pretrain.js";
export type { ClassWeight } from "./nn/samples.js";
export type { Batches, GivenBatch } from "./nn/source.js";
export type { TrainingState } from "./nn/training-state.js";
export { type TransferOptions, transfer } from "./nn/transfer.js";
export { type MinibatchOptions, minibatches } from "./random/minibatches.js";
export { Random, type RandomState } from "./random/philox.js";
export { configure, type LoadOptions, type LoadSource, load, loadSync } from "./runtime/default.js";
export { DownhillError, type ErrorCode, type ErrorExtras } from "./runtime/errors.js";
export type { Variant } from "./runtime/rooms.js";
export type { Runtime, RuntimeOptions } from "./runtime/runtime.js";
export type { Vec } from "./runtime/vec.js";
export type { Bytes, FetchResponse, WasmModule } from "./runtime/wasm-types.js";
export type { ChainAnswer, ChainJob, ChainPool } from "./sampling/chain-job.js";
export {
  type CompileDensityOptions,
  type CompiledDensity,
  compileDensity,
  type DensityParam,
  type Recipe,
} from "./sampling/compile-density.js";
export type { Constraint, Density, LogDensity, Predictor } from "./sampling/density.js";
export {
  type Chains,
  ebfmi,
  essBulk,
  essMean,
  essQuantile,
  essSd,
  essTail,
  mcseMean,
  mcseQuantile,
  mcseSd,
  rHat,
} from "./sampling/diagnostics.js";
export type { SampleEnd } from "./sampling/ends.js";
export { type FitDensity, type FitPosteriorOptions, posterior } from "./sampling/fit-posterior.js";
export { type LaplaceOptions, laplace, laplaceAsync } from "./sampling/laplace.js";
export type { LaplaceEnd, LaplaceResult } from "./sampling/laplace-result.js";
export type { LikelihoodName } from "./sampling/likelihoods.js";
export {
  type EnsembleOptions,
  ensemble,
  type HmcOptions,
  hmc,
  type MalaOptions,
  type MetricKind,
  type MetropolisOptions,
  mala,
  metropolis,
  type NutsOptions,
  nuts,
  type SamplingMethod,
  type SliceOptions,
  slice,
  type TemperingOptions,
  tempering,
} from "./sampling/methods.js";
export type { MetricState } from "./sampling/metric.js";
export {
  type AsyncProposal,
  type MetropolisHastingsOptions,
  metropolisHastings,
  metropolisHastingsAsync,
  type Proposal,
} from "./sampling/metropolis-hastings.js";
export type {
  MetropolisHastingsEnd,
  MetropolisHastingsResult,
} from "./sampling/metropolis-hastings-result.js";
export {
  type PathfinderEnd,
  type PathfinderOptions,
  type PathfinderResult,
  pathfinder,
  pathfinderAsync,
} from "./sampling/pathfinder.js";
export type { Posterior } from "./sampling/posterior.js";
export type { CredibleBand, PredictiveDraws, PredictOptions } from "./sampling/predict.js";
export type { PredictiveFit } from "./sampling/psis.js";
export type { Quantity } from "./sampling/quantity.js";
export type { Divergence, SamplerStats } from "./sampling/recorder.js";
export {
  type IterateSampleOptions,
  iterateSample,
  type SampleAsyncOptions,
  type SampleIteration,
  type SampleState,
  sample,
  sampleAsync,
} from "./sampling/sample.js";
export type { SampleOptions, Start } from "./sampling/settings.js";
export type { ConstraintKind } from "./sampling/transform.js";
