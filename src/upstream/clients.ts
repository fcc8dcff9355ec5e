/** The clients of engines: packages that a program installs when it needs them. */
import { JsonMmapError } from '../errors.js';

/**
 * Returns what `load` imports, which is of `packages`.
 * @throws `ERR_UPSTREAM_CLIENT` where they are not installed
 */
export async function clientOf<M>(engine: string, packages: readonly string[], load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw new JsonMmapError('ERR_UPSTREAM_CLIENT', `${engine} needs a client that is not installed`, {
      cause,
      cure: `npm install ${packages.join(' ')}`,
    });
  }
}
