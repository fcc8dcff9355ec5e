/** JSON Schema files as validators. */
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Ajv, AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import { CommandError } from '../command-error.js';
import { errnoOf, JsonMmapError } from '../errors.js';
import { tokensOf } from '../format/pointer.js';
import { loadFiles } from './files.js';
import { isObject } from './merge.js';
import type { ReadingOptions } from './parse.js';

const require = createRequire(import.meta.url);

interface Draft {
  /** As `$schema` has it. */
  readonly uri: string;
  /** Loads what validates it. */
  readonly load: () => unknown;
}

/** By the URI without scheme and `#`, which people write in every way. */
const DRAFTS = new Map<string, Draft>(
  [
    { uri: 'http://json-schema.org/draft-04/schema#', load: () => require('ajv-draft-04') },
    { uri: 'http://json-schema.org/draft-06/schema#', load: () => require('ajv') },
    { uri: 'http://json-schema.org/draft-07/schema#', load: () => require('ajv') },
    { uri: 'https://json-schema.org/draft/2019-09/schema', load: () => require('ajv/dist/2019.js') },
    { uri: 'https://json-schema.org/draft/2020-12/schema', load: () => require('ajv/dist/2020.js') },
  ].map((draft) => [nameOf(draft.uri), draft]),
);
const DRAFT_NAMES = 'draft-04, draft-06, draft-07, 2019-09 and 2020-12';
const DEFAULT_URI = 'http://json-schema.org/draft-07/schema#';
/** The default time limit: patterns of a schema could take forever on a document. */
const VALIDATION_MS = 10_000;
const LISTED_ERRORS = 3;

/**
 * Returns a Standard Schema validator for the JSON Schema in `file`: draft-04, draft-06, draft-07, 2019-09 or 2020-12, as its `$schema`
 * says, else draft-07. The formats of `ajv-formats` are checked, others are not. What takes longer than the limit of time, 10 s by default,
 * or recurses without end, does not pass.
 * @throws `ERR_SOURCE` for a file that is missing, no JSON Schema, or of another draft
 */
export async function loadJsonSchema(file: string, options: ReadingOptions = {}): Promise<StandardSchemaV1> {
  const schema = await loadFiles([{ ...options, name: file, format: undefined }]);
  const validate = compiled(schema, file);
  return {
    '~standard': {
      version: 1,
      vendor: 'jsonmmap',
      validate: (value) => resultOf(validate, value, options.timeoutMs ?? VALIDATION_MS),
    },
  };
}

function compiled(schema: unknown, file: string): ValidateFunction {
  if (!isObject(schema) && typeof schema !== 'boolean') throw noSchema(file, 'it must be an object, true or false');
  const draft = draftOf(schema, file);
  const named = isObject(schema) ? { ...schema, $schema: draft.uri } : schema;
  try {
    const ajv = ajvOf(draft);
    if (isObject(named) && ajv.validateSchema(named) === false) throw noSchema(file, errorsOf(ajv.errors ?? []));
    const validate = ajv.compile(named);
    if ('$async' in validate) throw noSchema(file, 'it has $async: a write needs an answer at once');
    return validate;
  } catch (error) {
    if (error instanceof JsonMmapError) throw error;
    if (error instanceof RangeError) throw noSchema(file, 'it is nested too deeply', error);
    throw noSchema(file, reasonOf(error as Error & { missingRef?: string }), error);
  }
}

function draftOf(schema: unknown, file: string): Draft {
  const { $schema = DEFAULT_URI } = isObject(schema) ? schema : {};
  const draft = DRAFTS.get(nameOf(String($schema)));
  if (typeof $schema === 'string' && draft !== undefined) return draft;
  const message = `${file} has the $schema ${JSON.stringify($schema)}: only ${DRAFT_NAMES} work, such as ${DEFAULT_URI}`;
  throw new CommandError('ERR_SOURCE', message);
}

function nameOf(uri: string): string {
  return uri.replace(/^https?:\/\//, '').replace(/#$/, '');
}

function ajvOf({ uri, load }: Draft): Ajv {
  const { default: Class } = load() as { default: new (options: object) => Ajv };
  const ajv = new Class({ allErrors: true, strict: false, logger: false, validateSchema: false });
  if (uri.includes('draft-06'))
    ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as AnySchemaObject);
  (require('ajv-formats') as { default: (ajv: Ajv) => void }).default(ajv);
  return ajv;
}

function reasonOf({ message, missingRef }: Error & { missingRef?: string }): string {
  if (missingRef === undefined) return message;
  return `it refers to ${missingRef}, which is not in it: put that under $defs or definitions, nothing is fetched`;
}

function noSchema(file: string, reason: string, cause?: unknown): JsonMmapError {
  return new CommandError('ERR_SOURCE', `${file} is no JSON Schema: ${reason}`, { cause });
}

function errorsOf(errors: readonly ErrorObject[]): string {
  const texts = errors.map(({ instancePath, message }) => `${instancePath || 'the whole'} ${message}`);
  const distinct = [...new Set(texts)];
  const more = distinct.length > LISTED_ERRORS ? `; and ${distinct.length - LISTED_ERRORS} more` : '';
  return distinct.slice(0, LISTED_ERRORS).join('; ') + more;
}

function resultOf(validate: ValidateFunction, value: unknown, timeoutMs: number): StandardSchemaV1.Result<unknown> {
  try {
    return withinTime(() => validate(value), timeoutMs) ? { value } : { issues: (validate.errors ?? []).map(issueOf) };
  } catch (error) {
    if (error instanceof RangeError) return refused('is nested more deeply than the schema can be followed');
    if (errnoOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return refused(
        `checking it took longer than ${timeoutMs / 1000} s: look at the patterns of the schema, or allow more with --parse-timeout`,
      );
    throw error;
  }
}

const CALLED = Symbol.for('jsonmmap.validation');
const call = new Script('globalThis[Symbol.for("jsonmmap.validation")]()');

/** Runs `validate`, which the engine ends after a time. The engine does that for scripts alone, so a script calls it; 0.1 ms. */
function withinTime(validate: () => unknown, timeout: number): unknown {
  Object.defineProperty(globalThis, CALLED, { value: validate, configurable: true });
  try {
    return call.runInThisContext({ timeout });
  } finally {
    Reflect.deleteProperty(globalThis, CALLED);
  }
}

function refused(message: string): StandardSchemaV1.FailureResult {
  return { issues: [{ message }] };
}

function issueOf({ instancePath, message, params }: ErrorObject): StandardSchemaV1.Issue {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  const detail = extra === undefined ? '' : ` (${JSON.stringify(extra)})`;
  return { message: `${message ?? 'does not pass'}${detail}`, path: [...tokensOf(instancePath)] };
}
