/** What `top` looks at, for a terminal and for other output. */
import { directoryToRead } from '../../../region/files/paths.js';
import type { Where } from '../../command.js';
import { whereOf } from '../../region.js';
import { CpuShares } from './cpu.js';
import { OneRegion, type RegionDetails } from './one-region.js';
import { type RegionRow, Regions } from './regions.js';

/** The regions of a directory; one of them from near. */
export class Watched {
  readonly directory: string;
  readonly intervalMs: number;
  readonly #where: Where;
  readonly #cpu = new CpuShares();
  readonly #regions: Regions;
  #near: { readonly name: string; readonly region: OneRegion } | undefined;

  constructor(where: Where, intervalMs: number) {
    this.directory = directoryToRead(where.dir, where.owner);
    this.intervalMs = intervalMs;
    this.#where = whereOf(where);
    this.#regions = new Regions(this.#where, intervalMs, this.#cpu);
  }

  /** Looks at all regions. @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
  rows(): RegionRow[] {
    this.#near = undefined;
    return this.#regions.rows();
  }

  /** Looks at one region. @throws `ERR_DIRECTORY`, `ERR_REGION_DENIED`, `ERR_SYSTEM` */
  details(name: string): RegionDetails {
    if (this.#near?.name !== name)
      this.#near = { name, region: new OneRegion(name, this.#where, this.#regions, this.#cpu) };
    return this.#near.region.details();
  }
}
