/** What came of it: one object for programs, one page for people. */
import { styleText } from 'node:util';
import { bytes, duration, number } from './format.mjs';

/** Adds to `facts` what follows from them, and whether all is `ok`; `faults` says what is not. */
export function summarise(facts) {
  const { takeover, followers, compactions } = facts;
  const faults = followers.flatMap((follower, i) =>
    faultsOf(follower, facts).map((text) => `follower ${i + 1} ${text}`),
  );
  if (compactions.length === 0) faults.push('no compaction came, because there was no room for it');
  const sights = followers.map(({ masters }) => masters.find(({ pid }) => pid === takeover.pid)?.seenMs);
  const seenByAllMs = Math.max(...sights) - takeover.killedMs;
  return { ok: faults.length === 0, faults, ...facts, takeover: { ...takeover, seenByAllMs } };
}

/** Prints the page. */
export function printSummary(summary) {
  const parts = [
    ['The document', documentLines(summary)],
    ['The processes', processLines(summary)],
    ['The events', eventLines(summary)],
  ];
  const body = parts.flatMap(([title, lines]) => ['', styleText('bold', title), ...lines]);
  console.log([...body, '', ...verdict(summary), ''].join('\n'));
}

function faultsOf({ torn, backwards, replaced, version, masters }, facts) {
  const faults = [];
  if (torn > 0) faults.push(`saw ${torn} torn documents`);
  if (backwards > 0) faults.push(`went back ${backwards} times`);
  if (replaced > 0) faults.push(`was given another object ${replaced} times for a part that did not change`);
  if (version !== facts.version) faults.push(`ended at version ${version}, not ${facts.version}`);
  if (masters.length !== 2) faults.push(`saw ${masters.length} masters, not 2`);
  return faults;
}

function documentLines({ jsonBytes, parseMs, publishMs, sharedBytes, mapped }) {
  const where = mapped ? 'of shared memory, once, whoever reads it' : 'of files, and a copy in each process';
  return [
    fact(bytes(jsonBytes), `of JSON, parsed in ${duration(parseMs)}, published in ${duration(publishMs)}`),
    fact(bytes(sharedBytes), where),
  ];
}

function processLines({ followers, copy }) {
  const title = ['versions', 'conflated', 'told p50', 'p99', 'longest stall', 'own memory', 'beyond Node'];
  const copyCells = ['', '', '', '', duration(copy.parseMs), ...memoryCells(copy)];
  return [
    styleText('dim', row('', title)),
    ...followers.map((follower, i) => row(`follower ${i + 1}`, followerCells(follower))),
    `${styleText('yellow', row('JSON.parse', copyCells))}${styleText('dim', '  to compare')}`,
    ...NOTES.map((note) => styleText('dim', `  ${note}`)),
  ];
}

const NOTES = [
  "told: from the master's call to the listener in the follower, for changes of one key or of six places",
  'conflated: passed over, because a newer version was there; beyond Node: what it took since it started',
];

function followerCells({ versions, conflated, latency, stallMs, ...memory }) {
  const times = [latency.p50Ms, latency.p99Ms, stallMs];
  return [...[versions, conflated].map(number), ...times.map(duration), ...memoryCells(memory)];
}

function memoryCells({ privateBytes, bareBytes }) {
  return [bytes(privateBytes), bytes(Math.max(0, privateBytes - bareBytes))];
}

function eventLines({ version, liveSeconds, rewrites, bursts, compactions, takeover }) {
  const longest = (list, key) => duration(Math.max(...list.map((item) => item[key])));
  const inBursts = `${number(sum(bursts, 'changes'))} versions in ${duration(sum(bursts, 'burstMs'))}`;
  const died = takeover.halfWritten ? 'in the middle of a rewrite' : 'just after a rewrite';
  return [
    fact(number(version), `versions in ${duration(liveSeconds * 1000)}`),
    fact(rewrites.length, `rewrites of the whole document, the longest ${longest(rewrites, 'writeMs')}`),
    fact(bursts.length, `bursts, ${inBursts}, compactions included`),
    fact(
      compactions.length,
      `compactions, the longest ${longest(compactions, 'ms')}; no follower took one for a change`,
    ),
    fact('kill -9', `of the master ${died}; the standby was master ${duration(takeover.takeoverMs)} later`),
    fact(
      '',
      `and all had seen its first version, ${number(takeover.lastVersion + 1)}, ${duration(takeover.seenByAllMs)} after the kill`,
    ),
  ];
}

function verdict(summary) {
  const { faults, machine } = summary;
  const good = [whole(summary), small(summary)].map((text) => styleText('green', `✓ ${text}`));
  const lines = faults.length === 0 ? good : faults.map((fault) => styleText('red', `✗ ${fault}`));
  if (machine.loadBefore > machine.cores / 2) {
    const load = `load ${machine.loadBefore.toFixed(1)} on ${machine.cores} cores`;
    lines.push(styleText('yellow', `! the machine was busy before this began, which shows in the times: ${load}`));
  }
  return lines.map((line) => `  ${line}`);
}

function whole({ followers }) {
  const checked = number(sum(followers, 'versions'));
  return `0 torn reads, 0 steps back, 0 objects replaced without a change, in ${checked} checked versions`;
}

function small({ followers, copy, sharedBytes }) {
  const ours = sharedBytes + sum(followers, 'privateBytes') - sum(followers, 'bareBytes');
  const copies = followers.length * (copy.privateBytes - copy.bareBytes);
  return `${bytes(ours)} for all of them together, where parsed copies take ${bytes(copies)}`;
}

function sum(list, key) {
  return list.reduce((total, item) => total + item[key], 0);
}

function fact(amount, text) {
  return `  ${styleText('bold', String(amount).padStart(10))}  ${text}`;
}

function row(name, cells) {
  const widths = [9, 11, 10, 9, 15, 12, 13];
  return `  ${name.padEnd(11)}${cells.map((cell, i) => cell.padStart(widths[i])).join('')}`;
}
