// A minimisation with a function in JavaScript: every method by name, no first-order rule, whose rooms come with the rule.
import { minimize } from "downhill";

globalThis.answer = minimize(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1]).x[0];
