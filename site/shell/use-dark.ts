// Whether the page is dark now, for colours that are set element by element.

import { useEffect, useState } from "preact/hooks";

const isDark = (): boolean => document.documentElement.dataset.theme === "dark";

export function useDark(): boolean {
  const [dark, set] = useState(isDark);
  useEffect(() => {
    const observer = new MutationObserver(() => set(isDark()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => observer.disconnect();
  }, []);
  return dark;
}
