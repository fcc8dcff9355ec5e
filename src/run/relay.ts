/**
 * A process of its own that passes the output of followers on, line by line with a label. It outlives the supervisor: whoever kills that must not
 * break the pipes that the followers write to. Ends when the last of them is closed.
 *
 * Arguments: for each input, from file descriptor 3 on, `out:LABEL` or `err:LABEL`.
 */
import { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

const FIRST_FD = 3;
/** A line that never ends is passed on in pieces. */
const LINE_MAX_CHARACTERS = 64 * 1024;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});
// Whoever read our output is gone; the followers go on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.argv.slice(2).forEach((argument, i) => {
  const label = argument.slice('out:'.length);
  relay(
    new Socket({ fd: FIRST_FD + i, readable: true, writable: false }),
    argument.startsWith('err:') ? process.stderr : process.stdout,
    label,
  );
});

function relay(input: Socket, output: NodeJS.WritableStream, label: string): void {
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
    if (lines.length > 0) output.write(lines.map((line) => `${label}${line}\n`).join(''));
  });
  input.on('end', () => {
    if (rest !== '') output.write(`${label}${rest}\n`);
  });
}
