// What Bun and Deno report, in a line that begins with RESULT.
import * as downhill from "../../dist/index.js";
import { pool } from "../../dist/workers.js";
import { chainsOnce } from "./chains.js";
import { curves, report } from "./fit.js";

const threads = pool({ size: 2 });
const { values } = await downhill.curveFitManyAsync({ ...curves, pool: threads });
threads.dispose();
console.log(
  `RESULT ${JSON.stringify({ ...report(downhill), chains: chainsOnce(downhill), pool: [...values] })}`,
);
