#!/usr/bin/env node
/** The command `jsonmmap`. Ends when it is done, whatever a parent has given it that could keep it alive, such as PM2's channel. */
import { Io } from './io.js';
import { run } from './program.js';

const io = new Io();
await run(process.argv.slice(2), io);
await io.flush();
process.exit();
