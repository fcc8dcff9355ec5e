/** JSON Schema files as validators. */
import { createRequire } from 'node:module';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ErrorObject } from 'ajv';
import { CommandError } from '../command-error.js';
import { tokensOf } from '../format/pointer.js';
import { readSourceFile } from './files.js';
import { formatOf, parseDocument } from './parse.js';

/** Returns a Standard Schema validator for the JSON Schema in `file`: draft 2020-12, 2019-09, or 07 by default. @throws `ERR_SOURCE` */
export function loadJsonSchema(file: string): StandardSchemaV1 {
  const schema = parseDocument(readSourceFile(file), { format: formatOf(file) ?? 'json', file });
  const { default: Ajv } = createRequire(import.meta.url)(dialectOf(schema)) as typeof import('ajv');
  const validate = compiled(new Ajv({ allErrors: true, strict: false }), schema, file);
  return {
    '~standard': {
      version: 1,
      vendor: 'jsonmmap',
      validate: (value) => (validate(value) ? { value } : { issues: (validate.errors ?? []).map(issueOf) }),
    },
  };
}

function compiled(ajv: import('ajv').Ajv, schema: unknown, file: string) {
  try {
    return ajv.compile(schema as import('ajv').AnySchema);
  } catch (error) {
    throw new CommandError('ERR_SOURCE', `${file} is no JSON Schema: ${(error as Error).message}`, { cause: error });
  }
}

function dialectOf(schema: unknown): string {
  const { $schema } = (schema ?? {}) as { $schema?: unknown };
  if (String($schema).includes('2020-12')) return 'ajv/dist/2020.js';
  return String($schema).includes('2019-09') ? 'ajv/dist/2019.js' : 'ajv';
}

function issueOf({ instancePath, message, params }: ErrorObject): StandardSchemaV1.Issue {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  const detail = extra === undefined ? '' : ` (${JSON.stringify(extra)})`;
  return { message: `${message ?? 'does not pass'}${detail}`, path: [...tokensOf(instancePath)] };
}
