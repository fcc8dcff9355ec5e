/** Validation by any library that speaks Standard Schema (https://standardschema.dev): zod, valibot, arktype and more. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JsonMmapError } from '../errors.js';
import { refusePromise } from './synchronous.js';

const LISTED_ISSUES = 3;

/** @throws `ERR_SCHEMA` with `issues` when `value` does not pass; `ERR_INVALID_ARG` when the schema answers with a promise */
export function validate(schema: StandardSchemaV1, value: unknown): void {
  const answer = schema['~standard'].validate(value);
  refusePromise(
    answer,
    'the schema validates asynchronously: a write needs an answer at once, use a synchronous schema',
  );
  const result = answer as StandardSchemaV1.Result<unknown>;
  if (result.issues === undefined) return;
  const listed = result.issues.slice(0, LISTED_ISSUES).map(describe).join('; ');
  const more = result.issues.length > LISTED_ISSUES ? `; and ${result.issues.length - LISTED_ISSUES} more` : '';
  throw new JsonMmapError(
    'ERR_SCHEMA',
    `the document does not pass its schema, and was not published: ${listed}${more}`,
    {
      issues: result.issues,
    },
  );
}

function describe({ message, path = [] }: StandardSchemaV1.Issue): string {
  const tokens = path.map((part) => String(typeof part === 'object' ? part.key : part));
  return tokens.length === 0 ? message : `/${tokens.join('/')}: ${message}`;
}
