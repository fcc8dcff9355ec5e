/** Ctrl-C and SIGTERM for verbs that run until they are interrupted. */
import { ExitCode } from '../exit-codes.js';

/** Runs `task` until it ends by itself or a signal aborts it, which decides the exit code. A second signal ends the process at once. */
export async function untilSignal(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const endWith = (exitCode: ExitCode) => () => {
    process.exitCode = exitCode;
    controller.abort();
  };
  const onInterrupt = endWith(ExitCode.INTERRUPTED);
  const onTerminate = endWith(ExitCode.TERMINATED);
  process.once('SIGINT', onInterrupt).once('SIGTERM', onTerminate);
  try {
    await task(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted || (error as Error).name !== 'AbortError') throw error;
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
  }
}
