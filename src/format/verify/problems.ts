import { JsonMmapError } from '../../errors.js';

/** More would tell a person nothing. */
const PROBLEMS_MAX = 100;

/** What `verify` found wrong, as sentences. */
export class Problems {
  readonly list: string[] = [];
  #unlisted = 0;

  add(unit: number, what: string): void {
    if (this.list.length < PROBLEMS_MAX) this.list.push(`node at byte ${unit * 8}: ${what}`);
    else this.#unlisted++;
  }

  /** Adds a problem unless `holds`. */
  expect(holds: boolean, unit: number, what: string): void {
    if (!holds) this.add(unit, what);
  }

  /** Runs a check that readers make themselves, and notes what they would throw; undefined then. */
  attempt<T>(unit: number, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof JsonMmapError) || error.code !== 'ERR_REGION_CORRUPT') throw error;
      this.add(unit, String((error as { reason?: unknown }).reason));
      return undefined;
    }
  }

  /** All that was found, with the number of those that are not listed. */
  sentences(): string[] {
    return this.#unlisted === 0 ? this.list : [...this.list, `${this.#unlisted} more problems`];
  }
}
