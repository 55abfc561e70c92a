// Runs before the first paint: light or dark, as chosen here before or else as the system says.

const KEY = "downhill-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is refused: the system decides
  }
}

function apply(): void {
  document.documentElement.dataset.theme = chosen() ?? (dark.matches ? "dark" : "light");
}

apply();
dark.addEventListener("change", apply);
addEventListener("storage", apply);
