/** Runs before each file of tests, also where files share a process. */
import { afterAll, afterEach } from 'vitest';
import { cleanUp, prepare } from './cleanup.js';

prepare();
afterEach(() => cleanUp('test'));
afterAll(() => cleanUp('file'));
