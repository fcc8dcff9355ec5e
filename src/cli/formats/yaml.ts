/** YAML. */
import { asOneText } from '../../stringify-limits.js';

/**
 * Returns `value` as YAML 1.2, with quotes around what YAML 1.1 would take for something else, such as `no`. @throws `ERR_TOO_LARGE`
 */
export async function yamlText(
  value: unknown,
  { compact }: { readonly compact?: boolean | undefined },
): Promise<string> {
  const { stringify } = await import('yaml');
  // Equal parts of a document are one object in memory; that they are is no part of the document.
  const style = {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    collectionStyle: compact ? 'flow' : 'any',
    compat: 'yaml-1.1',
  } as const;
  const cure = 'write it as JSON, which is written piece by piece';
  return asOneText(() => stringify(value, style), 'to be written as YAML', cure);
}
