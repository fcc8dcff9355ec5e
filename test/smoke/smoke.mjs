// What a runtime must do for this library, as plain steps without a test runner: `node --expose-gc test/smoke/smoke.mjs`.
// Prints a line for each step and exits 1 when one fails; a crash shows as the signal that ended the process.
// A step is an exported async function; a new file of steps needs one line here. Wants dist/ and a binary. Areas as arguments run those only: `objects`
// and `region` hold over the fallback too, the others ask for real mappings and kernel locks.
import { page, reported, system } from './scratch.mjs';

const all = ['mapping', 'misuse', 'locks', 'garbage', 'workers', 'objects', 'region'];
const asked = process.argv.slice(2);
const areas = asked.length === 0 ? all : asked;

console.log(`runtime ${reported()}`);
for (const area of areas) {
  const steps = await import(`./${area}.mjs`);
  for (const [name, step] of Object.entries(steps)) await report(`${area}: ${name}`, step);
}

// Left open: a runtime has to come through its own exit with a mapping still there.
globalThis.leftOpen = system.map({ fd: -1, offset: 0, length: page, access: 'write' });

async function report(name, step) {
  try {
    const skipped = await step();
    console.log(skipped ? `skip ${name} (${skipped})` : `ok ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAILED ${name}: ${error.stack}`);
  }
}
