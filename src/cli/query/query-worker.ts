/** The thread that evaluates a query: answers each message with the next piece of what it finds. */
import { parentPort, workerData } from 'node:worker_threads';
import { CommandError } from '../../command-error.js';
import { JsonMmapError } from '../../errors.js';
import { found, type Request } from './found.js';

/** A piece, or why there is none; neither at the end. */
export interface Answer {
  readonly text?: string | undefined;
  readonly fault?: {
    readonly code: JsonMmapError['code'];
    readonly summary: string;
    readonly cure: string | undefined;
    /** Whether it is told in the words of the command already. */
    readonly told: boolean;
  };
}

const pieces = found(workerData as Request);

parentPort?.on('message', () => parentPort?.postMessage(nextAnswer()));

function nextAnswer(): Answer {
  try {
    const { value } = pieces.next();
    return { text: value as string | undefined };
  } catch (error) {
    if (!(error instanceof JsonMmapError)) throw error;
    const { code, summary, cure } = error;
    return { fault: { code, summary, cure, told: error instanceof CommandError } };
  }
}
