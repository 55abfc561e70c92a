// Runs the fit in the page and in a module Worker, and leaves both reports where the test reads them.
import * as downhill from "../../dist/index.js";
import * as pictures from "../../dist/plot.js";
import * as functions from "../../dist/testfunctions.js";
import { pool } from "../../dist/workers.js";
import { pathsOnce } from "../paths/all.js";
import { chainsOnce } from "./chains.js";
import { curves, report } from "./fit.js";

const worker = new Worker("worker.js", { type: "module" });
const inWorker = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message || "the Worker did not start"));
});
/** The hashes of every sampler; where WebAssembly is forbidden, the error. */
function chains() {
  try {
    return chainsOnce(downhill);
  } catch ({ code, message }) {
    return { error: { code, message } };
  }
}

/** The curves of the report by two threads. */
async function inPool() {
  const threads = pool({ size: 2 });
  try {
    const { values } = await downhill.curveFitManyAsync({ ...curves, pool: threads });
    return { values: [...values] };
  } catch (error) {
    return { error: { code: error.code, message: error.message } };
  } finally {
    threads.dispose();
  }
}

globalThis.reports = Promise.all([inWorker, inPool()]).then(([worker, pool]) => ({
  page: report(downhill),
  chains: chains(),
  // Once is enough: where nothing is forbidden.
  paths: location.pathname.startsWith("/open/") ? pathsOnce({ ...downhill, ...pictures }, functions) : null,
  worker,
  pool,
}));
