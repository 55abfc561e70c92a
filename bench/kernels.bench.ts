// The kernels of blas and dense against the best plain JavaScript.
// passes: f64 f32

import { against } from "./kernels.js";

against("f64");
against("f32");
