// The relaxed variant against simd; runs where the engine has relaxed SIMD (Node 22 and later).

import { chooseVariant } from "../src/runtime/rooms.js";
import { wanted } from "./harness.js";
import { betweenVariants } from "./kernels.js";

if (chooseVariant("auto") === "relaxed") betweenVariants();
else if (wanted("relaxed over simd"))
  console.log("relaxed over simd: this engine has no relaxed SIMD, nothing to compare");
