/**
 * Validation by any library that speaks Standard Schema (https://standardschema.dev): zod, valibot, arktype and more.
 *
 * What is published is the schema's output: defaults are filled in, coerced values are stored, what it drops is gone. The output has to pass the
 * schema unchanged, so that the published document always passes its schema unchanged.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JsonMmapError } from '../errors.js';
import { pointerOf } from '../format/pointer.js';
import type { MasterDocument } from './document.js';
import { applyEdits, editsBetween, type PlainEdit } from './plain-edits.js';
import { refusePromise } from './synchronous.js';

const LISTED_ISSUES = 3;

/** Which document does not pass, and what became of it. */
export type Subject = 'written' | 'standing';

const VERDICTS = {
  written: 'the document does not pass its schema, and was not published',
  standing: 'the document that is in the region does not pass the schema',
} as const;

/**
 * Makes of `document` what the schema puts out for it; whether that is another document. O(document).
 * @throws `ERR_SCHEMA` with `issues` when it does not pass; `ERR_INVALID_ARG` when the schema answers with a promise, or with no result
 */
export function conform(schema: StandardSchemaV1, document: MasterDocument, subject: Subject): boolean {
  const edits = validate(schema, document.current, subject);
  if (edits.length === 0) return false;
  document.apply((writer, root) => applyEdits(writer, root, edits));
  validateOutput(schema, document.current);
  return true;
}

/** Returns the edits that make of the frozen `value` what the schema puts out for it; none where that is the same. */
function validate(schema: StandardSchemaV1, value: unknown, subject: Subject): PlainEdit[] {
  const answer = schema['~standard'].validate(value);
  refusePromise(
    answer,
    'the schema validates asynchronously: a write needs an answer at once, use a synchronous schema',
  );
  const result = answer as StandardSchemaV1.Result<unknown> | null | undefined;
  if (typeof result !== 'object' || result === null) throw noResult();
  const { issues } = result;
  if (issues !== undefined) throw refusal(subject, Array.isArray(issues) ? issues : [issues]);
  if (!('value' in result)) throw noResult();
  return editsBetween(value, result.value, false);
}

/** @throws `ERR_SCHEMA` when `value`, which is the schema's own output, does not pass unchanged */
function validateOutput(schema: StandardSchemaV1, value: unknown): void {
  const edits = validate(schema, value, 'written');
  if (edits.length === 0) return;
  throw new JsonMmapError(
    'ERR_SCHEMA',
    `the schema changes its own output again, at ${pointerOf(edits[0].path) || 'the root'}: a transformation has to leave alone what it has made, use defaults and coercions`,
    { issues: [{ message: 'the schema changes its own output again', path: edits[0].path }] },
  );
}

function refusal(subject: Subject, issues: readonly unknown[]): JsonMmapError {
  const listed = issues.slice(0, LISTED_ISSUES).map(describe).join('; ');
  const more = issues.length > LISTED_ISSUES ? `; and ${issues.length - LISTED_ISSUES} more` : '';
  const cure =
    subject === 'standing'
      ? 'replace it with the option document, or correct it with a master that has no schema'
      : undefined;
  return new JsonMmapError('ERR_SCHEMA', `${VERDICTS[subject]}: ${listed || 'it lists no issue'}${more}`, {
    issues,
    subject,
    cure,
  });
}

/** A validator may list anything. */
function describe(issue: unknown): string {
  const { message, path } = (issue ?? {}) as Partial<StandardSchemaV1.Issue>;
  const tokens = Array.isArray(path) ? path.map((part) => String((part as { key?: unknown } | null)?.key ?? part)) : [];
  const text = typeof message === 'string' ? message : 'does not pass';
  return tokens.length === 0 ? text : `${pointerOf(tokens)}: ${text}`;
}

function noResult(): JsonMmapError {
  return new JsonMmapError(
    'ERR_INVALID_ARG',
    'the schema returned no result: its validate() must return { value } or { issues }',
  );
}
