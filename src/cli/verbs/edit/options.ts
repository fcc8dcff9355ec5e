/** What `jsonmmap edit` takes. */
import type { ReadingFlags } from '../../document.js';
import type { WriteOptions } from '../../write.js';

export const DRAFT_FORMATS = ['json', 'jsonc', 'yaml'] as const;

export interface EditOptions extends WriteOptions, ReadingFlags {
  readonly format: (typeof DRAFT_FORMATS)[number];
  readonly schema?: string;
  readonly yes?: boolean;
}
