// The text of pictures, to the letter; CONTRIBUTING says when it may change.
import * as pictures from "../../src/plot/index.js";
import { comparePaths } from "../paths/record.js";

await comparePaths("plot", pictures);
