import * as downhill from "../../dist/index.js";
import { report } from "./fit.js";

postMessage(report(downhill));
