// Fits an expression given as text.
import { compileModel, curveFit } from "downhill";

const x = [0, 1, 2, 3, 4, 5];
const y = [2.3, 1.51, 1.04, 0.75, 0.57, 0.46];
const model = compileModel("a*exp(-b*x) + c", { variables: ["x"], params: ["a", "b", "c"] });
console.log(curveFit({ model, x, y, params: { a: 1, b: 1, c: 0 } }).report());
