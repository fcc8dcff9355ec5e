/** Where a value is among its siblings, and its containers among theirs: what a tree opens to show it. */
import { tokensOf } from '../../format/pointer.js';
import type { LocateAnswer } from '../api.js';
import { BadRequest } from './answers.js';
import { type Session, withSnapshot } from './session.js';

/** Finds the position of each token of `path` in its container. O(children of the containers) the first time. @throws `ERR_PATH_INVALID`, `BadRequest` */
export function locateAnswer(session: Session, path: string): Promise<LocateAnswer> {
  const tokens = tokensOf(path);
  return withSnapshot(session, undefined, (snapshot) => {
    const positions = tokens.map((token, i) => {
      const container = snapshot.valueRef(tokens.slice(0, i));
      const position = container && session.listings.positionOf(container, token);
      if (position === undefined) throw new BadRequest(404, `version ${snapshot.version} has nothing at this path`);
      return position;
    });
    return { version: snapshot.version, positions };
  });
}
