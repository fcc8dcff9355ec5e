/** Dark or light: as the system has it, until somebody chooses. The choice stays with the browser. */
const KEY = 'jsonmmap-theme';

export type Theme = 'light' | 'dark';

/** Returns the theme that the page shows now. */
export function shownTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Applies what was chosen earlier. */
export function applyTheme(): void {
  const chosen = stored();
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}

/** Shows the other theme, and tells listeners, of which the charts are one: a canvas has no style sheet. */
export function toggleTheme(): void {
  const theme = shownTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing for pages shows the choice until the page is closed.
  }
  window.dispatchEvent(new Event('themechange'));
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
