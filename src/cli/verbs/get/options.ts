/** The options of `jsonmmap get`. */
import type { JsonOption, Where } from '../../command.js';
import type { FormatOptions } from '../../formats/names.js';

export interface Options extends Where, JsonOption, FormatOptions {
  readonly raw?: boolean;
  readonly compact?: boolean;
  readonly keys?: boolean;
  readonly at?: number;
  readonly query?: string;
  readonly paths?: boolean;
  readonly origin?: boolean;
  /** Milliseconds. */
  readonly queryTimeout?: number;
}
