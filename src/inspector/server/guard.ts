/**
 * Who may talk to the inspector: a browser that was given its URL, and pages of the inspector itself. A token in the URL becomes a cookie that no
 * script reads and no other site sends. `Host` must be the address that we listen on, so that a name which an attacker points at 127.0.0.1 leads
 * nowhere (DNS rebinding); a request that changes something must come from our own page.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const TOKEN_BYTES = 24;

/** What a browser says of requests of our own page, and of addresses that a person has opened. */
const FROM_US: ReadonlySet<unknown> = new Set(['same-origin', 'none']);

export type Admission = 'token' | 'cookie' | 'refused';

export class Guard {
  readonly token = randomBytes(TOKEN_BYTES).toString('base64url');
  /** Ports have cookies in common: the name tells inspectors on one machine apart. */
  #cookieName = '';
  #hosts = new Set<string>();

  /** Tells the guard where the server listens. */
  listensOn(port: number): void {
    this.#cookieName = `jsonmmap-inspect-${port}`;
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  }

  /** The value of `Set-Cookie` for a browser that has shown the token. */
  get cookie(): string {
    return `${this.#cookieName}=${this.token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request may be answered, and by what it has shown that. */
  admit(request: IncomingMessage, url: URL): Admission {
    if (!this.#hosts.has(request.headers.host ?? '')) return 'refused';
    const { origin } = request.headers;
    if (origin !== undefined && !this.#isOurs(origin)) return 'refused';
    if (!FROM_US.has(request.headers['sec-fetch-site'] ?? 'none')) return 'refused';
    if (isSame(url.searchParams.get('token'), this.token)) return 'token';
    return isSame(cookieOf(request, this.#cookieName), this.token) ? 'cookie' : 'refused';
  }

  /** Whether a request that changes something comes from our own page: browsers say so with each. */
  isOurPage(request: IncomingMessage): boolean {
    const { origin } = request.headers;
    return origin !== undefined && this.#isOurs(origin);
  }

  #isOurs(origin: string): boolean {
    return origin.startsWith('http://') && this.#hosts.has(origin.slice('http://'.length));
  }
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Takes as long whatever was guessed. */
function isSame(given: string | null | undefined, secret: string): boolean {
  if (given === null || given === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
