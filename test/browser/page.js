// Runs the fit in the page and in a module Worker, and leaves both reports where the test reads them.
import * as downhill from "../../dist/index.js";
import { report } from "./fit.js";

const worker = new Worker("worker.js", { type: "module" });
const inWorker = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message || "the Worker did not start"));
});
globalThis.reports = inWorker.then((answer) => ({ page: report(downhill), worker: answer }));
