/**
 * What the usual way costs: a process that parses the same text into a copy of its own.
 * node --expose-gc copy.mjs <directory>
 */
import { loadDocument, monotonicMs } from './payload.mjs';
import { privateBytes, takeCommands, tell } from './stage.mjs';

takeCommands({});
const bareBytes = await privateBytes();
const startedMs = monotonicMs();
const kept = loadDocument();
const parseMs = monotonicMs() - startedMs;
await tell('copy', { parseMs, bareBytes, privateBytes: await privateBytes(), cities: kept.document.cities.length });
process.exit();
