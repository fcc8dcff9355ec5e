// Writes the comparison as a page with tables and plots.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawLines, drawReads } from './draw.mjs';
import { makePage } from './page.mjs';
import { plots } from './plots.mjs';

/**
 * Writes `compare.md` and the plots that the results have the points for, two at least for a line; returns the paths.
 * @param {object} results what `run.mjs` has measured
 * @param {string} directory
 * @param {string} page the plots belong to the page of this name: `compare`
 */
export function writeReport(results, directory, page = 'compare') {
  mkdirSync(directory, { recursive: true });
  const written = [];
  const write = (name, text) => {
    writeFileSync(join(directory, name), text);
    written.push(join(directory, name));
  };
  const all = page === 'compare' ? plots(results) : [];
  const drawn = all.filter(({ kind, points }) => new Set(points.map(({ x }) => x)).size > (kind === 'lines' ? 1 : 0));
  for (const plot of drawn) write(plot.file, plot.kind === 'reads' ? drawReads(plot) : drawLines(plot));
  write(`${page}.md`, makePage(results, drawn));
  return written;
}
