// Both entries in workerd. In its own the .wasm files are imported as modules; the default one, which carries
// bytes, may not compile them there and has to say so.
import * as plain from "../../dist/index.js";
import * as edge from "../../dist/workerd/index.js";
import { report } from "../browser/fit.js";

export default {
  test() {
    console.log(`RESULT ${JSON.stringify({ edge: report(edge), plain: report(plain) })}`);
  },
};
