/** What is said instead of data. */
import type { ComponentChildren } from 'preact';
import { RequestError } from '../client/request.js';

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Problem({ error }: { readonly error: RequestError | Error }) {
  const issues = error instanceof RequestError ? (error.issues ?? []) : [];
  return (
    <div class="problem" role="alert">
      <p>{error instanceof RequestError ? error.message : 'The inspector does not answer. Is it still running?'}</p>
      {issues.length > 0 && (
        <ul>
          {issues.map(({ message, path = [] }) => (
            <li key={`${path.join('/')} ${message}`}>
              {path.length > 0 && <code>/{path.join('/')}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {error instanceof RequestError && <p class="problem-code">{error.code}</p>}
    </div>
  );
}
