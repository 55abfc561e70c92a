// The entry downhill/plot: pictures of results as SVG text, for pages, files and terminals. Needs no DOM.

export type { Losses, LossPlotOptions, Traced, TracePlotOptions } from "./course.js";
export type { Drawn, PosteriorPicture, PosteriorPlotOptions } from "./drawn.js";
export type { FitPicture, FitPlotOptions } from "./fit-data.js";
export type { ContourPlotOptions } from "./landscape.js";
export type { PictureOptions } from "./options.js";
export type { PageOptions } from "./page.js";
export { plot, plotLoss, plotRace, plotTrace, toHTML } from "./plot.js";
export type { RacePlotOptions, Runners } from "./race.js";
