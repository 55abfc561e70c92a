// The first page: what there is to be seen, with the race running in the middle of it.

import { Showcase } from "../index/showcase.js";
import { show } from "../shell/layout.js";

const ROOMS = [
  [
    "race",
    "Race",
    "Thirty optimizers from one start on a function of yours. Drag the start; play, step and rewind; see what each of them sees.",
  ],
  [
    "fit",
    "Fit",
    "Paste a table, type a model, read the parameters with their errors. Take the fit along as JavaScript, SciPy or R.",
  ],
  [
    "train",
    "Train",
    "Small networks on points and on digits: decision borders, vanishing gradients, and a pad to write on.",
  ],
  ["sample", "Sample", "NUTS, HMC and a random walk side by side on bananas, funnels and eight schools."],
  [
    "constrained",
    "Constrained",
    "Draw a polygon and an objective, and see the central path; take the noise out of a picture.",
  ],
  ["measure", "Measure", "WebAssembly against the best plain JavaScript, on the machine in front of you."],
  [
    "learn",
    "Learn",
    "From the Taylor step to momentum, Newton and beyond gradients: one screen each, with a live picture.",
  ],
  ["results", "Results", "What is solved on published sets, beside others, with a column of untrue claims."],
] as const;

function Index() {
  return (
    <>
      <div class="hero">
        <div>
          <h1>See optimisation go downhill</h1>
          <p class="lede">
            downhill is numerical optimisation for JavaScript from a WebAssembly core. These pages run it in
            your browser, on your numbers, with nothing sent anywhere.
          </p>
          <p class="row">
            <a class="button primary" href="fit.html">
              Fit your data
            </a>
            <a class="button" href="race.html">
              Watch the race
            </a>
          </p>
        </div>
        <Showcase />
      </div>
      <ul class="rooms">
        {ROOMS.map(([page, title, text]) => (
          <li key={page}>
            <h2>
              <a href={`${page}.html`}>{title}</a>
            </h2>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

await show("index", undefined, Index);
