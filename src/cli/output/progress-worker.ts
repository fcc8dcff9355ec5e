/** The thread that draws a progress bar; see `progress.ts`. */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread is told. */
export interface ProgressNews {
  readonly doing?: string;
  /** From 0 to 1. */
  readonly fraction?: number;
}

const { columns = 80, fd } = workerData as { columns?: number; fd: number };
const SHOWN_AFTER_MS = 1000;
const FRAME_MS = 100;
const BAR_WIDTH = 24;
const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

const startedAt = performance.now();
let doing = 'working';
let fraction: number | undefined;
let frames = 0;

parentPort?.on('message', (news: ProgressNews) => {
  if (news.doing !== undefined) [doing, fraction] = [news.doing, undefined];
  if (news.fraction !== undefined) fraction = news.fraction;
});
setTimeout(() => setInterval(draw, FRAME_MS), SHOWN_AFTER_MS);

function draw(): void {
  const spinner = SPINNER[frames++ % SPINNER.length];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const line = `${spinner} ${doing}${fraction === undefined ? '' : `  ${bar(fraction)}`}  ${seconds} s`;
  writeSync(fd, `\r\u001b[K${line.slice(0, columns - 1)}`);
}

function bar(done: number): string {
  const full = Math.round(Math.min(done, 1) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${Math.floor(done * 100)} %`;
}
