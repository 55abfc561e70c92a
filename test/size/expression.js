// Fits an expression given as text, its starts found.
import { curveFit } from "downhill";

const x = [0, 1, 2, 3, 4, 5];
const y = [2.3, 1.51, 1.04, 0.75, 0.57, 0.46];
console.log(curveFit({ model: "a*exp(-b*x) + c", x, y }).report());
