// Pieces of the cases of several rooms.

/** A line for several answers: how many ended how, what they counted together, and all that they say. */
export function together(answers) {
  const ends = new Map();
  for (const { status, reason } of answers) {
    const end = reason === undefined ? status : `${status}/${reason}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  const status = [...ends].map(([end, count]) => (count === 1 ? end : `${count} ${end}`)).join(", ");
  const sum = (name) => answers.reduce((all, answer) => all + (answer[name] ?? 0), 0);
  return { status, nit: sum("nit"), nfev: sum("nfev"), answers };
}

/** What calls of wrong input say, as one text, without names of functions, which bundlers change. */
export function refusals(...calls) {
  return calls.map((call) => {
    try {
      return call();
    } catch (error) {
      return `${error.code ?? error.name} ${error.message.replace(/function \w+/g, "function")}`;
    }
  });
}

/** Numbers from 0 to 1, the same everywhere (Lehmer 1951). */
export function uniform(seed) {
  let state = seed * 7919 + 17;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** What the call gives, or what its error says. */
export function attempt(call) {
  try {
    return call();
  } catch (error) {
    return `${error.code ?? error.name} ${error.message}`;
  }
}

/** Times are of the clock. */
export const timeless = (text) => text.replace(/[\d.e+-]+ ms/g, "");

/** A report without its milliseconds. */
export const spoken = (answer, ...style) => timeless(answer.report(...style));

/** The first steps of an iterator, its state, and what a second one comes to that goes on from there. */
export function resumed(make, steps, read = (it) => it.result) {
  const first = make({});
  for (let i = 0; i < steps; i++) first.next();
  const state = JSON.parse(JSON.stringify(first.state()));
  const before = first.result;
  first.return();
  const rest = make({ resume: state });
  for (const _ of rest);
  return [before.status, before.nit, read(rest)];
}
