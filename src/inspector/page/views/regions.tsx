/** All regions of the directory: the first page without a name, and the list beside every other. */
import type { RegionSummary, RegionsAnswer } from '../../api.js';
import { fetchRegions } from '../client/request.js';
import { type Asked, useAnswer, useNow } from '../live/use-live.js';
import { age, bytes, count, counted, date } from '../parts/format.js';
import { Empty, Problem } from '../parts/message.js';
import { fragmentOf } from '../route.js';

const EVERY_MS = 2000;

export function useRegions(): Asked<RegionsAnswer> {
  return useAnswer(fetchRegions, [], EVERY_MS);
}

export function RegionList({ asked, selected }: { readonly asked: Asked<RegionsAnswer>; readonly selected: string }) {
  return (
    <nav class="regions" aria-label="Regions">
      <h2>
        <a href="#/">Regions</a>
      </h2>
      <ul>
        {asked.answer?.regions.map((region) => (
          <li key={region.name}>
            <a
              class="region-link"
              href={fragmentOf({ region: region.name, view: 'tree', path: undefined })}
              aria-current={region.name === selected ? 'page' : undefined}
            >
              <MasterDot region={region} />
              <span class="region-name">{region.name}</span>
              <span class="region-size">{bytes(region.sizeBytes)}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function RegionsView({ asked: { answer, error } }: { readonly asked: Asked<RegionsAnswer> }) {
  const now = useNow();
  return (
    <main class="view scrolls" aria-label="Regions">
      {error !== undefined && <Problem error={error} />}
      {answer?.regions.length === 0 && (
        <Empty>
          There is no region in <code>{answer.directory}</code>. <code>jsonmmap publish NAME FILE</code> makes one.
        </Empty>
      )}
      {answer !== undefined && answer.regions.length > 0 && (
        <table class="table regions-table">
          <caption>
            {counted(answer.regions.length, 'region')} in <code>{answer.directory}</code>
          </caption>
          <thead>
            <tr>
              <th scope="col">Region</th>
              <th scope="col">Master</th>
              <th scope="col" class="number">
                Version
              </th>
              <th scope="col">Changed</th>
              <th scope="col" class="number">
                Size
              </th>
              <th scope="col">Upstream</th>
            </tr>
          </thead>
          <tbody>
            {answer.regions.map((region) => (
              <RegionLine key={region.name} region={region} now={now} />
            ))}
          </tbody>
        </table>
      )}
    </main>
  );
}

function RegionLine({ region, now }: { readonly region: RegionSummary; readonly now: number }) {
  const { name, version, committedAt, sizeBytes, error, upstream } = region;
  return (
    <tr>
      <th scope="row" class="mono">
        <a class="link" href={fragmentOf({ region: name, view: 'tree', path: undefined })}>
          {name}
        </a>
      </th>
      <td>
        <MasterDot region={region} /> {error ?? masterWords(region)}
      </td>
      <td class="number">{version === 0 ? '–' : count(version)}</td>
      <td title={committedAt === 0 ? '' : date(committedAt)}>{committedAt === 0 ? '–' : age(committedAt, now)}</td>
      <td class="number">{bytes(sizeBytes)}</td>
      <td>
        {upstream === undefined ? (
          <span class="muted">–</span>
        ) : (
          <>
            <span class="mono">{upstream.source}</span> {upstream.state}
            {upstream.lagEntries > 0 && `, ${counted(upstream.lagEntries, 'entry', 'entries')} behind`}
            {upstream.problem !== undefined && <span class="warns"> {upstream.problem}</span>}
          </>
        )}
      </td>
    </tr>
  );
}

type MasterOf = Pick<RegionSummary, 'masterPid' | 'masterAlive'> & { readonly error?: unknown };

export function masterWords({ masterPid, masterAlive }: MasterOf): string {
  if (masterPid === undefined) return 'no master';
  if (masterAlive === undefined) return `master ${masterPid}, perhaps alive`;
  return masterAlive ? `master ${masterPid}` : `master ${masterPid} is dead`;
}

/** Colour and form: a ring where nobody lives. */
export function MasterDot({ region }: { readonly region: MasterOf }) {
  const state = region.error !== undefined ? 'broken' : region.masterAlive === true ? 'alive' : 'dead';
  const words = { broken: 'cannot be opened', alive: 'master alive', dead: 'no living master' }[state];
  return <span class={`dot dot-${state}`} role="img" aria-label={words} title={words} />;
}
