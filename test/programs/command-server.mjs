// Runs the verbs of the command one after the other in one process, for tests that are about what a verb says and not about its process. A request is
// `{ args, input, dir }`, the answer `{ code, stdout, stderr }`.
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Io } from '../../lib/cli/io.js';
import { run } from '../../lib/cli/program.js';
import { printVersion } from '../../lib/cli/version.js';

let last = Promise.resolve();
process.on('message', (request) => {
  last = last.then(async () => process.send(await answer(request)));
});
process.on('disconnect', () => process.exit());
process.send('ready');

async function answer({ args, input, dir }) {
  process.env.JSONMMAP_DIR = dir;
  process.exitCode = undefined;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const told = Promise.all([text(stdout), text(stderr)]);
  stdin.end(Buffer.from(input, 'base64'));
  const io = new Io({ stdin, stdout, stderr, env: process.env });
  if (args.length === 1 && ['--version', '-V'].includes(args[0])) await printVersion(io);
  else await run(args, io);
  stdout.end();
  stderr.end();
  const [out, err] = await told;
  return { code: process.exitCode ?? 0, stdout: out, stderr: err };
}
