// What a run came to, as one object and as a table.
import { percentile } from '../bench/measure.mjs';

const FAULTS = ['torn', 'backwards', 'lost', 'hung', 'orphaned', 'failed'];

/** Returns the sum of what happened in all scenes. */
export function summary(scenes) {
  const total = (of) => scenes.reduce((sum, scene) => sum + of(scene), 0);
  const takeovers = scenes.flatMap((scene) => scene.takeovers);
  return {
    seconds: total(({ seconds }) => seconds),
    kills: total(({ kills }) => kills),
    otherKills: total(({ otherKills }) => otherKills),
    writes: total(({ writes }) => writes),
    compactions: total(({ compactions }) => compactions),
    requests: total(({ requests }) => requests),
    reads: total(({ reads }) => reads),
    followersStopped: total(({ disturbances }) => disturbances.stopped),
    followersKilled: total(({ disturbances }) => disturbances.killed),
    followersLeft: total(({ disturbances }) => disturbances.left),
    timesFull: total(({ timesFull = 0 }) => timesFull),
    ...Object.fromEntries(FAULTS.map((kind) => [kind, total(({ counts }) => counts[kind])])),
    takeoverMs:
      takeovers.length === 0
        ? undefined
        : { p50: percentile(takeovers, 0.5), p99: percentile(takeovers, 0.99), most: Math.max(...takeovers) },
    memory: scenes[0].memory,
  };
}

/** Whether nothing was wrong. */
export function isClean(result) {
  return FAULTS.every((kind) => result[kind] === 0) && result.memory.every(({ flat }) => flat !== false);
}

export function printTable(result) {
  const { takeoverMs, memory } = result;
  const rows = [
    ['masters killed', result.kills],
    ['killed while waiting or taking over', result.otherKills],
    ['versions published', result.writes],
    ['compactions', result.compactions],
    ['versions asked for by other processes', result.requests],
    ['reads verified', result.reads],
    [
      'followers stopped, killed, left',
      [result.followersStopped, result.followersKilled, result.followersLeft].map(count).join(', '),
    ],
    ['times the file system was full', result.timesFull],
    ...FAULTS.map((kind) => [kind, result[kind]]),
    [
      'takeover, from the kill',
      takeoverMs === undefined
        ? '–'
        : `p50 ${ms(takeoverMs.p50)}, p99 ${ms(takeoverMs.p99)}, most ${ms(takeoverMs.most)}`,
    ],
    ...memory.map((quarters) => [`memory of a ${quarters.what}`, memoryText(quarters)]),
  ];
  for (const [what, value] of rows)
    console.log(`${what.padEnd(38)} ${typeof value === 'number' ? count(value) : value}`);
}

function memoryText({ samples, first, last, flat }) {
  const quarter = ({ residentBytes, privateBytes, mappings, descriptors }) =>
    `${mib(residentBytes)} MiB (${mib(privateBytes)} private, ${mappings} mappings, ${descriptors} files)`;
  const verdict = flat === undefined ? 'too short to say' : flat ? 'flat' : 'NOT FLAT';
  return `${quarter(first)} → ${quarter(last)}, first and last quarter of ${samples} s: ${verdict}`;
}

function count(number) {
  return number.toLocaleString('en');
}

function ms(value) {
  return `${value.toFixed(1)} ms`;
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}
