// What Bun and Deno report, in a line that begins with RESULT.
import * as downhill from "../../dist/index.js";
import * as pictures from "../../dist/plot.js";
import * as functions from "../../dist/testfunctions.js";
import { pool } from "../../dist/workers.js";
import { pathsOnce } from "../paths/all.js";
import { chainsOnce } from "./chains.js";
import { curves, report } from "./fit.js";

const threads = pool({ size: 2 });
const { values } = await downhill.curveFitManyAsync({ ...curves, pool: threads });
threads.dispose();
const paths = pathsOnce({ ...downhill, ...pictures }, functions);
const all = { ...report(downhill), chains: chainsOnce(downhill), paths, pool: [...values] };
console.log(`RESULT ${JSON.stringify(all)}`);
