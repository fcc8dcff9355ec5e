/**
 * A process of its own that passes the output of followers on, line by line with a label. It outlives the supervisor: killing that must not
 * break the pipes that the followers write to. Ends when the last of them is closed. Takes from followers only as much as its own output takes.
 *
 * Arguments: `text` or `json`, then for each input, from file descriptor 3 on, `out:WORKER:LABEL` or `err:WORKER:LABEL`.
 */
import { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { Outlet } from './outlet.js';

const FIRST_FD = 3;
/** A line that never ends is passed on in pieces. */
const LINE_MAX_CHARACTERS = 64 * 1024;

type Dress = (line: string) => string;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});

const outlets = { out: new Outlet(process.stdout), err: new Outlet(process.stderr) };
const [format, ...inputs] = process.argv.slice(2);

inputs.forEach((input, i) => {
  const [, stream, worker, label] = /^(out|err):(\d+):(.*)$/s.exec(input) as unknown as [
    string,
    'out' | 'err',
    string,
    string,
  ];
  const dress: Dress =
    format === 'json' ? (line) => json(Number(worker), `std${stream}`, line) : (line) => label + line;
  relay(new Socket({ fd: FIRST_FD + i, readable: true, writable: false }), outlets[stream], dress);
});

function json(worker: number, stream: string, line: string): string {
  return JSON.stringify({ time: new Date().toISOString(), worker, stream, line });
}

function relay(input: Socket, outlet: Outlet, dress: Dress): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  input.on('error', () => {}); // the end of a follower that was killed
  input.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_MAX_CHARACTERS) {
      lines.push(rest);
      rest = '';
    }
    if (lines.length > 0) outlet.write(lines.map((line) => `${dress(line)}\n`).join(''), input);
  });
  input.on('end', () => {
    if (rest !== '') outlet.write(`${dress(rest)}\n`, input);
  });
}
