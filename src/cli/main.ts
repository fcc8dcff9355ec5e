#!/usr/bin/env node
/** The command `jsonmmap`. Ends when it is done, whatever a parent has given it that could keep it alive, such as PM2's channel. */
import { useCompileCache } from './compile-cache.js';

try {
  useCompileCache();
  const args = process.argv.slice(2);
  const { Io } = await import('./io.js');
  const io = new Io();
  if (isVersionAsked(args)) await (await import('./version.js')).printVersion(io);
  else await (await import('./program.js')).run(args, io);
  await io.flush();
} catch (error) {
  if ((error as { code?: unknown }).code !== 'EMFILE') throw error;
  // Node opens the files of a program side by side.
  process.stderr.write('jsonmmap: too many files are open (EMFILE)\n          raise the limit with ulimit -n 64\n');
  process.exitCode = 1;
}
process.exit();

/** Answered without the parser of arguments, which takes longer to load than Node to start. */
function isVersionAsked(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === '--version' || args[0] === '-V');
}
