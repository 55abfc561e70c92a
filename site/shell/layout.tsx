// What every page has around it: the name, the way to the other pages, undo and redo, the link, light and dark.

import { Component, type ComponentChildren, render } from "preact";
import { Copy } from "./controls.js";
import { Mark } from "./mark.js";
import { type Store, useStore } from "./store.js";

const PAGES = [
  ["race", "Race"],
  ["fit", "Fit"],
  ["train", "Train"],
  ["sample", "Sample"],
  ["constrained", "Constrained"],
  ["measure", "Measure"],
  ["learn", "Learn"],
  ["results", "Results"],
] as const;
export type PageName = "index" | (typeof PAGES)[number][0];

function toggleTheme(): void {
  const root = document.documentElement;
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  root.dataset.theme = theme;
  try {
    localStorage.setItem("downhill-theme", theme);
  } catch {
    // storage is refused: the choice lasts as long as the page
  }
}

function Actions<S extends object>({ store }: { store: Store<S> }) {
  useStore(store);
  return (
    <>
      <button
        type="button"
        class="quiet"
        disabled={!store.canUndo}
        onClick={() => store.undo()}
        title="Undo (Ctrl Z)"
      >
        <span aria-hidden="true">↶</span>
        <span class="sr">Undo</span>
      </button>
      <button
        type="button"
        class="quiet"
        disabled={!store.canRedo}
        onClick={() => store.redo()}
        title="Redo (Ctrl Y)"
      >
        <span aria-hidden="true">↷</span>
        <span class="sr">Redo</span>
      </button>
      <Copy
        class="quiet"
        label="Link"
        otherwise="It is the address above"
        title="Copy a link to exactly this"
        text={() => store.link()}
      />
    </>
  );
}

/** Of a link that was cut or mistyped. */
function Damaged<S extends object>({ store }: { store: Store<S> }) {
  useStore(store);
  return store.damaged ? (
    <p class="error" role="status">
      This link is damaged: the example is shown instead.
    </p>
  ) : null;
}

interface LayoutProps {
  page: PageName;
  // biome-ignore lint/suspicious/noExplicitAny: the header works with the state of any page
  store?: Store<any> | undefined;
  children: ComponentChildren;
}

function Layout({ page, store, children }: LayoutProps) {
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
        Skip to the content
      </button>
      <header class="masthead">
        <a class="wordmark" href="index.html" aria-current={page === "index" ? "page" : undefined}>
          <Mark />
          downhill
        </a>
        <nav aria-label="Pages">
          {PAGES.map(([name, title]) => (
            <a key={name} href={`${name}.html`} aria-current={page === name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <div class="actions">
          {store && <Actions store={store} />}
          <button type="button" class="quiet" onClick={toggleTheme} title="Light or dark">
            <span aria-hidden="true">◐</span>
            <span class="sr">Light or dark</span>
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1} class={`page-${page}`}>
        {store && <Damaged store={store} />}
        {children}
      </main>
      <footer>
        <p>
          Everything runs in this browser: nothing is sent anywhere. <a href="guides/README.html">README</a> ·{" "}
          <a href="llms.txt">llms.txt</a> · MIT
        </p>
      </footer>
    </>
  );
}

interface GuardProps {
  // biome-ignore lint/suspicious/noExplicitAny: of any page
  store?: Store<any> | undefined;
  children: ComponentChildren;
}

/** A state that cannot be drawn is left, not the page. */
class Guard extends Component<GuardProps, { failed: string }> {
  override state = { failed: "" };
  override componentDidCatch(error: Error): void {
    const { store } = this.props;
    if (store && !store.damaged) store.reset();
    else this.setState({ failed: String(error.message) });
  }
  render() {
    return this.state.failed ? <p class="error">{this.state.failed}</p> : this.props.children;
  }
}

/** Draws a page once its state has been read from the address. */
export async function show<S extends object>(
  page: PageName,
  store: Store<S> | undefined,
  Content: () => ComponentChildren,
): Promise<void> {
  await store?.read();
  render(
    <Layout page={page} store={store}>
      <Guard store={store}>
        <Content />
      </Guard>
    </Layout>,
    document.getElementById("app")!,
  );
}
