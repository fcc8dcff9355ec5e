// How the plots look: one colour and one symbol for each peer, in light and in dark.

/** Colours that keep their distance for colour-blind eyes too; the symbols tell what they cannot. */
export const looks = {
  jsonmmap: { light: '#0b57d0', dark: '#7cb0ff', symbol: 'circle' },
  lmdb: { light: '#b45309', dark: '#f5a742', symbol: 'square' },
  sqlite: { light: '#15803d', dark: '#5fd08a', symbol: 'triangle' },
  redis: { light: '#c81e3a', dark: '#ff7d8a', symbol: 'diamond' },
  send: { light: '#7a3fc4', dark: '#c3a1ff', symbol: 'star' },
  file: { light: '#0e7c86', dark: '#4fd1dc', symbol: 'hexagon' },
  'mmap-io': { light: '#6b5f52', dark: '#c4b6a4', symbol: 'cross' },
  python: { light: '#b0267e', dark: '#ff8fd0', symbol: 'triangle2' },
};

export const colorOf = (peer) => `var(--${peer})`;

/** A picture follows the system of who looks at it; its background is its own, so that it can be read on any page. */
export function stylesheet() {
  const colors = (mode) => Object.entries(looks).map(([peer, look]) => `--${peer}:${look[mode]}`);
  const light = ['--paper:#ffffff', '--ink:#1f2328', '--faint:#59636e', '--grid:#d8dee4', ...colors('light')];
  const dark = ['--paper:#0d1117', '--ink:#e6edf3', '--faint:#9198a1', '--grid:#30363d', ...colors('dark')];
  return `svg{${light.join(';')};color:var(--ink)}@media (prefers-color-scheme:dark){svg{${dark.join(';')}}}`;
}
