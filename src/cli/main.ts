#!/usr/bin/env node
/** The command `jsonmmap`. */
import { Io } from './io.js';
import { run } from './program.js';

await run(process.argv.slice(2), new Io());
