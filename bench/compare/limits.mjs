// A process that measures what the machine itself needs: compiles limit.c and runs it on the pages of a region of the largest document, and on
// its text.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Master } from '../../dist/index.js';
import { textPath } from './documents.mjs';

const [directory, texts, name] = process.argv.slice(2);
const program = join(directory, 'limit');
const text = textPath(texts, name);
execFileSync('cc', ['-O2', '-o', program, fileURLToPath(new URL('limit.c', import.meta.url))], { stdio: 'inherit' });
const master = Master.open('limit', { dir: directory, initial: JSON.parse(readFileSync(text, 'utf8')) });
const pages = master.sizes().at(-1).path;
const results = JSON.parse(execFileSync(program, [pages, text], { encoding: 'utf8' }));
master.close();
process.send({ results }, () => process.exit(0));
