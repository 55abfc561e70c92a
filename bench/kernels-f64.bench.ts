import { against } from "./kernels.js";

against("f64");
