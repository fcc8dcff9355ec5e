/** YAML. */
import { asOneText } from '../../stringify-limits.js';

export interface YamlStyle {
  /** On as few lines as it can be. */
  readonly compact?: boolean | undefined;
  readonly purpose?: string;
  readonly cure?: string;
}

/**
 * Returns `value` as YAML 1.2, with quotes around what YAML 1.1 would take for something else, such as `no`. @throws `ERR_TOO_LARGE`
 * @param purpose What for, as in "to be written as YAML"; `cure` is what to do instead.
 */
export async function yamlText(
  value: unknown,
  { compact, purpose = 'to be written as YAML', cure = 'write it as JSON, which is written piece by piece' }: YamlStyle,
): Promise<string> {
  const { stringify } = await import('yaml');
  // Equal parts of a document are one object in memory; that they are is no part of the document.
  const style = {
    aliasDuplicateObjects: false,
    lineWidth: 0,
    collectionStyle: compact ? 'flow' : 'any',
    compat: 'yaml-1.1',
  } as const;
  return asOneText(() => stringify(value, style), purpose, cure);
}
