/** A document against a schema, before it goes anywhere. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JsonMmapError } from '../errors.js';
import { pointerOf } from '../format/pointer.js';

const SHOWN = 5;

/** @throws `ERR_SCHEMA` with `issues` */
export async function checkAgainst(schema: StandardSchemaV1, value: unknown): Promise<void> {
  const { issues } = await schema['~standard'].validate(value);
  if (issues === undefined) return;
  const shown = issues.slice(0, SHOWN).map(({ path, message }) => {
    const tokens = (path ?? []).map((token) => String(typeof token === 'object' ? token.key : token));
    return `${pointerOf(tokens)}: ${message}`;
  });
  const more = issues.length > SHOWN ? ` and ${issues.length - SHOWN} more` : '';
  throw new JsonMmapError('ERR_SCHEMA', `the document does not pass the schema: ${shown.join('; ')}${more}`, {
    issues,
  });
}
