/** What the page can ask for. Each route reads through a follower; one of them writes, if the inspector was started for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tokensOf } from '../../format/pointer.js';
import { answerJson, BadRequest } from './answers.js';
import { edit } from './edits.js';
import { feed, shortened, statusOf } from './feed.js';
import { text, wholeNumber } from './parameters.js';
import { search } from './search.js';
import { type Session, type Sessions, type Where, withPlace } from './session.js';
import { weigh } from './sizes.js';
import { pathHistory, shownValue, versionsOf } from './values.js';

/** What a route works with. */
export interface Asked {
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly name: string;
  readonly session: Session;
  readonly where: Where;
  /** Aborts when the page has gone. */
  readonly signal: AbortSignal;
}

type Route = (asked: Asked) => unknown | Promise<unknown>;

const ROWS_MAX = 1000;
const HITS_MAX = 500;
const HEAVIEST = 100;

const READS: Readonly<Record<string, Route>> = {
  status: ({ session }) => statusOf(session.follower),
  children: ({ session, url }) =>
    withPlace(session, text(url, 'path'), wholeNumber(url, 'version', undefined), (place, version) => ({
      version,
      ...session.listings.list(place, {
        from: wholeNumber(url, 'from', 0),
        count: Math.min(ROWS_MAX, wholeNumber(url, 'count', 100)),
        filter: text(url, 'filter'),
      }),
    })),
  value: ({ session, url }) => shownValue(session, text(url, 'path'), wholeNumber(url, 'version', undefined)),
  versions: ({ session }) => versionsOf(session),
  diff: ({ session: { follower }, url }) => {
    const patch = follower.diff(wholeNumber(url, 'from', 0), wholeNumber(url, 'to', follower.version));
    return { operations: patch.length, patch: shortened(patch) };
  },
  history: ({ session, url }) => pathHistory(session, tokensOf(text(url, 'path'))),
  sizes: ({ session, url, signal }) =>
    withPlace(session, text(url, 'path'), undefined, (place) => weigh(place, HEAVIEST, signal)),
};

/** Routes that answer bit by bit. */
const STREAMS: Readonly<Record<string, Route>> = {
  events: ({ session, response }) => feed(session.follower, response),
  search: ({ session, url, response, signal }) =>
    withPlace(session, text(url, 'path'), undefined, async (place, version) => {
      const request = { text: text(url, 'text'), most: HITS_MAX, signal };
      if (request.text === '') throw new BadRequest(400, 'text must be what to search for');
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
      let hits = 0;
      for await (const hit of search(place, tokensOf(text(url, 'path')), request)) {
        hits++;
        response.write(`${JSON.stringify(hit)}\n`);
      }
      response.end(`${JSON.stringify({ done: true, version, hits, all: hits < HITS_MAX })}\n`);
    }),
};

/** Answers `GET /api/regions`, and `/api/regions/NAME/WHAT`. @throws `BadRequest`, and what the region throws */
export async function answerApi(
  asked: Omit<Asked, 'name' | 'session'>,
  sessions: Sessions,
  allowsWrites: boolean,
): Promise<void> {
  const { url, request, response, where } = asked;
  const [, , , name, what] = url.pathname.split('/').map(decodeURIComponent);
  if (name === undefined) {
    answerJson(response, 200, { regions: sessions.list(), write: allowsWrites });
    return;
  }
  const full: Asked = { ...asked, name, session: sessions.of(name) };
  if (request.method === 'POST' && what === 'edit') {
    if (!allowsWrites) throw new BadRequest(403, 'this inspector was started without --write');
    answerJson(response, 200, await edit(name, full.session, where, request));
  } else if (request.method !== 'GET') {
    throw new BadRequest(405, 'only GET is allowed here');
  } else if (what !== undefined && Object.hasOwn(STREAMS, what)) {
    await STREAMS[what](full);
  } else if (what !== undefined && Object.hasOwn(READS, what)) {
    answerJson(response, 200, await READS[what](full));
  } else {
    throw new BadRequest(404, 'there is no such resource');
  }
}
