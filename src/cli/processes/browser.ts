/** Opening a page in the browser of the person at the terminal. */
import { spawn } from 'node:child_process';
import { debuglog } from 'node:util';

const debug = debuglog('jsonmmap');

/** Opens `url` in the default browser, if there is a desktop to open it on. Whether that works is not known here: the address has been printed, too. */
export function openInBrowser(url: string): void {
  const [command, ...args] = opener(url) ?? [];
  if (command === undefined) return;
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', (error) => debug('could not open the browser: %o', error));
  child.unref();
}

function opener(url: string): string[] | undefined {
  if (process.platform === 'darwin') return ['open', url];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  const hasDesktop = process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
  return hasDesktop ? ['xdg-open', url] : undefined;
}
