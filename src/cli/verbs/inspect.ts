/** `jsonmmap inspect`: a page on this machine that shows regions while they live. */
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { startInspector } from '../../inspector/server/inspector.js';
import { type JsonOption, portNumber, reads, type Where } from '../command.js';
import type { Io } from '../io.js';
import { openInBrowser } from '../processes/browser.js';
import { untilSignal } from '../processes/signals.js';
import { checkDirectory, openFollower, whereOf } from '../region.js';

interface Options extends Where, JsonOption {
  readonly port: number;
  readonly open: boolean;
  readonly write?: boolean;
}

/** Where `scripts/build.mjs` puts the page, seen from the chunks of the command. */
const PAGE = fileURLToPath(new URL('../inspector/', import.meta.url));

export function register(program: Command, io: Io): void {
  const command = program
    .command('inspect')
    .summary('show regions on a page in the browser')
    .description(
      'Serve a page on 127.0.0.1 that shows the regions of a directory while they live, until Ctrl-C. Only who has the printed address sees it.',
    )
    .argument('[name]', 'the region to begin with (default: the list)')
    .option('--port <port>', 'listen on this port (default: a free one)', portNumber, 0)
    .option('--write', 'let the page ask masters for changes')
    .option('--no-open', 'do not open the browser');
  reads(command).action((name: string | undefined, options: Options) =>
    untilSignal((signal) => inspect(io, name, options, signal)),
  );
}

async function inspect(io: Io, name: string | undefined, options: Options, signal: AbortSignal): Promise<void> {
  checkDirectory(options.dir);
  if (name !== undefined) openFollower(name, options).close(); // a name that is misspelt is told here
  const { port, write } = options;
  const inspector = await startInspector({
    ...whereOf(options),
    name,
    port,
    write,
    page: PAGE,
    onError: (error) => io.note(io.paintNote('red', String((error as Error)?.stack ?? error))),
  });
  try {
    if (options.json) await io.printJson({ url: inspector.url, pid: process.pid, write: write === true });
    else await io.print(inspector.url);
    if (io.err.isTTY && !options.json) io.note(io.paintNote('dim', untilCtrlC(write)));
    if (options.open && !options.json) openInBrowser(inspector.url);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    await inspector.close();
  }
}

function untilCtrlC(write: boolean | undefined): string {
  return write
    ? 'the page is served until Ctrl-C'
    : 'the page is served until Ctrl-C; --write lets it change documents';
}
