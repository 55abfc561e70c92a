// What is bundled by each bundler: a fit by text, a batch, and the batch again by two threads.
import { curveFit, curveFitMany, curveFitManyAsync } from "downhill";
import { pool } from "downhill/workers";
import { curves, fitText } from "./fit.js";

async function inPool() {
  const threads = pool({ size: 2 });
  try {
    const { values } = await curveFitManyAsync({ ...curves, pool: threads });
    return { values: [...values] };
  } catch (error) {
    return { error: { code: error.code, message: error.message } };
  } finally {
    threads.dispose();
  }
}

globalThis.reports = inPool().then((threads) => ({
  text: fitText({ curveFit, curveFitMany }),
  pool: threads,
}));
