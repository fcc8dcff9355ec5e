/** The value that is edited. */
import { existing } from '../../pointer.js';
import { withFollower } from '../../region.js';
import type { EditOptions } from './options.js';

export interface Subject {
  readonly name: string;
  readonly version: number;
  /** Empty for the whole document. */
  readonly pointer: string;
  readonly value: unknown;
}

export interface Read extends Subject {
  /** All of it; undefined where no schema is to be checked. */
  readonly document: unknown;
}

/** Returns the newest value. @throws `ERR_REGION_NOT_FOUND`, `ERR_PATH_NOT_FOUND` */
export async function read(name: string, pointer: string, options: EditOptions): Promise<Read> {
  return withFollower(name, options, (follower) => {
    const snapshot = follower.snapshot();
    const value = snapshot.get(existing(snapshot, name, pointer));
    const document = options.schema === undefined ? undefined : snapshot.current;
    return { name, pointer, version: snapshot.version, value, document };
  });
}
