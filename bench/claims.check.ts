// Claims of minimize that are not so, over the whole table of test/minimize/claims.ts: their number must be 0.
// Run: npx esbuild bench/claims.check.ts --bundle --platform=node --format=esm --outfile=build/claims.check.mjs
// && node build/claims.check.mjs
import { countClaims, methods, starts } from "../test/minimize/claims.js";

const { runs, claims, wrong } = countClaims(methods, starts);
for (const line of wrong) console.log(line);
console.log(`${runs} minimisations, ${claims} say converged, ${wrong.length} of them untrue`);
process.exit(wrong.length > 0 ? 1 : 0);
