/** What goes back over HTTP, with the headers that every answer carries. */
import type { ServerResponse } from 'node:http';
import { JsonMmapError } from '../../errors.js';
import type { ErrorAnswer } from '../api.js';

/** Nothing from elsewhere, no inline script, no frame, and no way for a value to become markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sets what every answer says. */
export function harden(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
}

export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(text);
}

function answerFailure(response: ServerResponse, status: number, error: ErrorAnswer): void {
  if (response.req.url?.startsWith('/api/')) {
    answerJson(response, status, error);
    return;
  }
  // A person reads it, in a browser that has opened an old address, for one.
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`jsonmmap: ${error.message}\n`);
}

/** What a route throws when a request makes no sense. */
export class BadRequest extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** HTTP has a word for these; every other coded error is a conflict of the request with the state of the region. */
const STATUS: Readonly<Record<string, number>> = {
  ERR_REGION_NOT_FOUND: 404,
  ERR_VERSION_GONE: 410,
  ERR_REGION_DENIED: 403,
  ERR_INVALID_ARG: 400,
  ERR_INVALID_NAME: 400,
  ERR_PATH_INVALID: 400,
};

/** Answers with an error: its code and message, of an unexpected one only that there was one. @returns whether it was expected */
export function answerError(response: ServerResponse, error: unknown): boolean {
  if (response.headersSent) {
    response.destroy();
    return error instanceof JsonMmapError;
  }
  if (error instanceof BadRequest) {
    answerFailure(response, error.status, { code: 'ERR_INVALID_ARG', message: error.message });
    return true;
  }
  if (error instanceof JsonMmapError) {
    const { issues } = error as { issues?: ErrorAnswer['issues'] };
    answerFailure(response, STATUS[error.code] ?? 409, { code: error.code, message: error.message, issues });
    return true;
  }
  answerFailure(response, 500, { code: 'ERR_INTERNAL', message: 'the inspector failed; its terminal shows the error' });
  return false;
}
