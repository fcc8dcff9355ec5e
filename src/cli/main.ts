#!/usr/bin/env node
/** The command `jsonmmap`. Ends when it is done, whatever a parent has given it that could keep it alive, such as PM2's channel. */
try {
  const [{ Io }, { run }] = [await import('./io.js'), await import('./program.js')];
  const io = new Io();
  await run(process.argv.slice(2), io);
  await io.flush();
} catch (error) {
  if ((error as { code?: unknown }).code !== 'EMFILE') throw error;
  // Node opens the files of a program side by side.
  process.stderr.write('jsonmmap: too many files are open (EMFILE)\n          raise the limit with ulimit -n 64\n');
  process.exitCode = 1;
}
process.exit();
