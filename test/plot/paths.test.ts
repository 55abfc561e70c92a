// The text of pictures, to the letter; CONTRIBUTING says when it may change.
import * as pictures from "../../src/plot/index.js";
import { compareGiven } from "../paths/given.js";

await compareGiven("plot", pictures);
