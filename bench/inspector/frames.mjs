// What the browser says of its own frames, by its tracing: https://chromedevtools.github.io/devtools-protocol/tot/Tracing/
import { once } from 'node:events';

/** Records while `body` runs. @returns how many frames were presented, and how many should have been and were not */
export async function countFrames(session, body) {
  const events = [];
  const onData = ({ value }) => events.push(...value);
  session.on('Tracing.dataCollected', onData);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['cc', 'benchmark', 'devtools.timeline.frame', 'disabled-by-default-devtools.timeline.frame'],
    },
  });
  await body();
  const complete = once(session, 'Tracing.tracingComplete');
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', onData);
  return framesIn(events);
}

/** Each frame is one asynchronous slice, which says in its end or its beginning what became of it. */
function framesIn(events) {
  const states = events
    .filter(({ name }) => name === 'PipelineReporter')
    .map(({ args }) => args?.chrome_frame_reporter ?? args?.frame_reporter)
    .filter((report) => report?.state !== undefined);
  const of = (wanted) => states.filter(wanted).length;
  return {
    presented: of(({ state }) => state.startsWith('STATE_PRESENTED')),
    dropped: of(({ state, affects_smoothness: counts }) => state === 'STATE_DROPPED' && counts !== false),
  };
}
