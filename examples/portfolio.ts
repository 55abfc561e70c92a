// A portfolio: the least risk for a wanted return, no short sales, by minimizeConstrained with text; the multiplier of the return
// says what a little more of it costs. Run: npm run example portfolio
import { compileProgram, minimizeConstrained } from "../src/index.js";

const program = compileProgram(`
  # variance of four assets, in percent squared
  min 4*a^2 + 9*b^2 + 2.25*c^2 + 16*d^2 + 2*(1.2*a*b + 0.6*a*c + 0.8*a*d + 1.8*b*c + 3*b*d + 0.3*c*d);
  budget: a + b + c + d == 1;
  wanted: 5*a + 8*b + 3*c + 11*d >= 6;
  a >= 0; b >= 0; c >= 0; d >= 0
`);
const r = minimizeConstrained(program, { a: 0.25, b: 0.25, c: 0.25, d: 0.25 });
console.log(r.report());
console.log(
  `one more percent of return costs about ${r.shadowPrices?.wanted?.toFixed(3)} percent squared of variance`,
);
