// The chapters and the guides.

import { useEffect, useMemo, useState } from "preact/hooks";
import { Showcase } from "../index/showcase.js";
import { type Chapter, chapters } from "../learn/chapters.js";
import { guides, reference } from "../learn/guides.js";
import { Lesson } from "../learn/lesson.js";
import type * as RaceJobs from "../race/jobs.js";
import { Formula } from "../shell/controls.js";
import { show } from "../shell/layout.js";
import { connect } from "../shell/rpc.js";
import { encode } from "../shell/store.js";
import { useSeen } from "../shell/use-seen.js";

const worker = connect<typeof RaceJobs>("race");

/** A link to a page with its state in the address. */
function Prepared({ page, state, words }: { page: string; state: object; words: string }) {
  const [hash, setHash] = useState("");
  useEffect(() => void encode(state).then(setHash), []);
  return <a href={`${page}.html#${hash}`}>{words}</a>;
}

function Screen({ chapter, number }: { chapter: Chapter; number: number }) {
  const { id, title, text, formula, race, versus, train, lesson, link } = chapter;
  const other = useMemo(() => ({ ...race, ...versus?.race }), [chapter]);
  const [mathml, setMathml] = useState("");
  const [ref, seen] = useSeen();
  useEffect(() => {
    if (!formula || !seen) return;
    void worker.call("formula", { text: formula }).then(setMathml, () => {});
  }, [seen]);
  return (
    <section class="chapter" id={id} aria-labelledby={`${id}-title`} ref={ref}>
      <div class="prose">
        <h2 id={`${id}-title`}>
          <span class="ordinal">{number}</span> {title}
        </h2>
        {text.slice(0, 1).map((part) => (
          <p key={part}>{part}</p>
        ))}
        {mathml && <Formula mathml={mathml} block />}
        {text.slice(1).map((part) => (
          <p key={part}>{part}</p>
        ))}
        <p class="onward">
          {race && <Prepared page="race" state={race} words="Open it in the race" />}
          {train && <Prepared page="train" state={train} words="Train such a network" />}
          {link && <a href={link[0]}>{link[1]}</a>}
        </p>
      </div>
      {race && seen && !versus && <Showcase preset={race} />}
      {race && seen && versus && (
        <div class="lesson-pair">
          <Showcase preset={race} words={versus.words[0]} />
          <Showcase preset={other} words={versus.words[1]} />
        </div>
      )}
      {train && lesson && seen && <Lesson preset={train} {...lesson} />}
    </section>
  );
}

function Learn() {
  return (
    <>
      <h1>Learn how it goes downhill</h1>
      <p class="lede">Thirteen chapters, one screen each. The pictures are alive: drag their white points.</p>
      <nav aria-label="Chapters">
        <ol class="toc">
          {chapters.map(({ id, title }) => (
            <li key={id}>
              <a href={`#${id}`} onClick={(event) => jump(event, id)}>
                {title}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      {chapters.map((chapter, i) => (
        <Screen key={chapter.id} chapter={chapter} number={i + 1} />
      ))}
      <section aria-label="Guides">
        <h2>Guides</h2>
        <p class="note">Every example can be changed and run in the page.</p>
        <ul class="toc">
          {guides.map(([file, title]) => (
            <li key={file}>
              <a href={`guides/${file}.html`}>{title}</a>
            </li>
          ))}
          {reference && (
            <li>
              <a href="reference/index.html">Reference: every public name, with search</a>
            </li>
          )}
          <li>
            <a href="llms-full.txt">All of it as one text</a>
          </li>
        </ul>
      </section>
    </>
  );
}

function jump(event: Event, id: string): void {
  event.preventDefault();
  const target = document.getElementById(id);
  target?.scrollIntoView();
  target?.querySelector("h2")?.setAttribute("tabindex", "-1");
  target?.querySelector("h2")?.focus({ preventScroll: true });
}

await show("learn", undefined, Learn);
