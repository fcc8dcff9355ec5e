/** The processes that read the region, as /proc tells. */
import type { FollowerRow } from '../../api.js';
import type { LiveRegion } from '../live/live.js';
import { useAnswer } from '../live/use-live.js';
import { bytes, count, counted } from '../parts/format.js';
import { Empty, Problem } from '../parts/message.js';

const EVERY_MS = 2000;

export function FollowersView({ live }: { readonly live: LiveRegion }) {
  const { answer, error } = useAnswer((signal) => live.client.followers(signal), [live], EVERY_MS);
  const followers = answer?.followers ?? [];
  return (
    <section class="view scrolls" aria-label="Followers">
      {error !== undefined && <Problem error={error} />}
      {answer !== undefined && followers.length > 0 && (
        <table class="table followers">
          <caption>
            {counted(followers.length, 'process', 'processes')} at version {count(answer.version)}
            {answer.hidden > 0 && ` · ${counted(answer.hidden, 'process', 'processes')} of other users cannot be seen`}
          </caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                Pid
              </th>
              <th scope="col">Command</th>
              <th scope="col" class="number">
                Versions mapped
              </th>
              <th scope="col" class="number">
                Behind
              </th>
              <th scope="col" class="number">
                Held
              </th>
              <th scope="col">Woken by</th>
              <th scope="col">System</th>
            </tr>
          </thead>
          <tbody>
            {followers.map((follower) => (
              <FollowerLine key={follower.pid} follower={follower} />
            ))}
          </tbody>
        </table>
      )}
      {answer !== undefined && followers.length === 0 && <Empty>No process follows this region.</Empty>}
      {answer === undefined && error === undefined && <Empty>Looking…</Empty>}
    </section>
  );
}

function FollowerLine({ follower }: { readonly follower: FollowerRow }) {
  const { pid, command, versions, lagVersions, heldBytes, wokenBy, system } = follower;
  return (
    <tr>
      <th scope="row" class="number">
        {pid}
      </th>
      <td class="mono command">{command ?? '?'}</td>
      <td class="number">
        {versions === undefined
          ? '–'
          : versions[0] === versions[1]
            ? count(versions[0])
            : `${count(versions[0])}–${count(versions[1])}`}
      </td>
      <td class="number">{lagVersions === undefined ? '–' : lagVersions === 0 ? '0' : `≥ ${count(lagVersions)}`}</td>
      <td class="number">{heldBytes === 0 ? '–' : bytes(heldBytes)}</td>
      <td>{wokenBy ?? 'a timer, or not at all'}</td>
      <td>{system === 'native' ? 'native' : 'fallback'}</td>
    </tr>
  );
}
