/** What the page can ask for. Each route reads through a follower; one of them writes, if the inspector was started for that. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tokensOf } from '../../format/pointer.js';
import type { SearchLine } from '../api.js';
import { answerJson, BadRequest } from './answers.js';
import { changesBetween } from './changes.js';
import { edit } from './edits.js';
import { feed } from './feed.js';
import { followersAnswer } from './followers.js';
import { locateAnswer } from './locate.js';
import { text, wholeNumber } from './parameters.js';
import { search } from './search.js';
import { type Session, type Sessions, type Where, withSnapshot, withValue } from './session.js';
import { sizesAt, spaceOf } from './sizes.js';
import { regionsAnswer, stateOf } from './state.js';
import { historyAnswer, valueAnswer, versionsAnswer } from './values.js';

/** What a route works with. */
export interface Asked {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly session: Session;
  readonly where: Where;
  /** Aborts when the page has gone. */
  readonly signal: AbortSignal;
}

type Route = (asked: Asked) => unknown | Promise<unknown>;

const ROWS_MAX = 1000;
const HITS_MAX = 500;

const READS: Readonly<Record<string, Route>> = {
  status: async ({ session, where }) => {
    await session.refreshReport();
    return stateOf(session, where);
  },
  children: ({ session, url }) =>
    withValue(session, text(url, 'path'), wholeNumber(url, 'version', undefined), (ref, version) => ({
      version,
      ...session.listings.list(ref, {
        from: wholeNumber(url, 'from', 0),
        count: Math.min(ROWS_MAX, wholeNumber(url, 'count', 100)),
        filter: text(url, 'filter'),
      }),
    })),
  locate: ({ session, url }) => locateAnswer(session, text(url, 'path')),
  value: ({ session, url }) => valueAnswer(session, text(url, 'path'), wholeNumber(url, 'version', undefined)),
  versions: ({ session }) => versionsAnswer(session),
  diff: ({ session, url }) =>
    withSnapshot(session, wholeNumber(url, 'from', 0), (before) =>
      withSnapshot(session, wholeNumber(url, 'to', undefined), (after) => changesBetween(before, after)),
    ),
  history: ({ session, url }) => historyAnswer(session, text(url, 'path')),
  sizes: ({ session, url, signal }) => sizesAt(session, text(url, 'path'), signal),
  space: ({ session, signal }) => spaceOf(session, signal),
  followers: ({ session }) => followersAnswer(session),
};

/** Routes that answer bit by bit. */
const STREAMS: Readonly<Record<string, Route>> = {
  events: ({ session, response, where }) => feed(session, response, (looked) => stateOf(looked, where)),
  search: ({ session, url, response, signal }) => {
    const path = text(url, 'path');
    const request = { text: text(url, 'text'), most: HITS_MAX, signal };
    if (request.text === '') throw new BadRequest(400, 'text must be what to search for');
    return withValue(session, path, undefined, async (ref, version) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
      const write = (line: SearchLine) => response.write(`${JSON.stringify(line)}\n`);
      let hits = 0;
      for await (const hit of search(ref, tokensOf(path), request)) {
        hits++;
        write(hit);
      }
      write({ done: true, version, hits, limited: hits === HITS_MAX });
      response.end();
    });
  },
};

/** Answers `GET /api/regions`, and `/api/regions/NAME/WHAT`. @throws `BadRequest`, and what the region throws */
export async function answerApi(
  asked: Omit<Asked, 'session'>,
  sessions: Sessions,
  allowsWrites: boolean,
): Promise<void> {
  const { url, request, response, where } = asked;
  const [, api, regions, name, what, ...rest] = segmentsOf(url);
  if (api !== 'api' || regions !== 'regions' || rest.length > 0) throw notThere();
  if (name === undefined) {
    if (request.method !== 'GET') throw onlyGet();
    answerJson(response, 200, regionsAnswer(where, allowsWrites));
    return;
  }
  if (request.method === 'POST' && what === 'edit') {
    if (!allowsWrites) throw new BadRequest(403, 'this inspector was started without --write');
    answerJson(response, 200, await edit(sessions.of(name), where, request));
  } else if (request.method !== 'GET') {
    throw onlyGet();
  } else if (what !== undefined && Object.hasOwn(STREAMS, what)) {
    await STREAMS[what]({ ...asked, session: sessions.of(name) });
  } else if (what !== undefined && Object.hasOwn(READS, what)) {
    answerJson(response, 200, await READS[what]({ ...asked, session: sessions.of(name) }));
  } else {
    throw notThere();
  }
}

function segmentsOf(url: URL): string[] {
  try {
    return url.pathname.split('/').map(decodeURIComponent);
  } catch {
    throw new BadRequest(400, 'the path is not well encoded');
  }
}

function notThere(): BadRequest {
  return new BadRequest(404, 'there is no such resource');
}

function onlyGet(): BadRequest {
  return new BadRequest(405, 'only GET is allowed here');
}
