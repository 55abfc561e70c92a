// Pictures alone: no kernel is among them.
import { plot, plotLoss, plotRace, plotTrace } from "downhill/plot";

console.log(plot({ status: "converged", nit: 0, trace: [] }), plotLoss([1]), plotRace([]), plotTrace({}));
