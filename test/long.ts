/**
 * Test files that `npm test` leaves out, because they take long: they start hundreds of processes, install packages, or repeat a proof in other
 * surroundings. `npm run test:full` runs everything, and so does naming a file: `npx vitest run test/soak`. Each rule that they prove has a
 * shorter test in `npm test`, which is the reason given here.
 */
export const LONG: Readonly<Record<string, string>> = {
  'test/crash/master.test.ts': 'test/crash/region-failpoints.test.ts kills the writer below the master',
  'test/crash/region-random.test.ts': 'test/crash/region-failpoints.test.ts kills at chosen instants',
  'test/cli/terminal.test.ts': 'test/cli/read.test.ts and write.test.ts run the verbs without a terminal',
  'test/durability/replay.test.ts': 'test/unit/master/durability.test.ts and failing-disk.test.ts',
  'test/e2e/demo.test.ts': 'test/examples/ runs the smaller programs',
  'test/examples/examples.test.ts': 'test/examples/guide.test.ts runs the programs of the documentation',
  'test/examples/pages.test.ts': 'test/examples/guide.test.ts runs the programs of the documentation',
  'test/hostile/exchanged.test.ts': 'test/hostile/files.test.ts has the same files before they are opened',
  'test/hostile/failing-calls.test.ts': 'test/hostile/scarce.test.ts and test/unit/master/failpoints.test.ts',
  'test/hostile/leaks.test.ts': 'test/unit/follower/lifetime.test.ts counts mappings',
  'test/inspector/page/details.test.ts': 'test/inspector/page/page.test.ts opens every view',
  'test/inspector/page/editing.test.ts': 'test/inspector/server.test.ts asks for changes as the page does',
  'test/inspector/page/hostile.test.ts': 'test/inspector/server.test.ts lists large containers, and cuts long strings',
  'test/inspector/page/look.test.ts': 'test/inspector/page/page.test.ts opens every view',
  'test/interop/object-mmap.test.ts': 'test/unit/mmap/ has the same values in one process',
  'test/multiprocess/lifetime.test.ts': 'test/unit/follower/lifetime.test.ts',
  'test/multiprocess/matrix.test.ts': 'test/conformance/ runs both systems',
  'test/package/bundles.test.ts': 'test/package/copies.test.ts loads both formats',
  'test/package/descriptors.test.ts': 'test/hostile/scarce.test.ts',
  'test/package/jest.test.ts': 'test/package/copies.test.ts loads both formats',
  'test/package/setup.test.ts': 'every run of the tests sets the checkout up',
  'test/package/tarball.test.ts': 'npm run check packs and lints the tarball',
  'test/package/types.test.ts': 'npm run types compiles test/types/',
  'test/property/documents.test.ts': 'test/property/values.test.ts',
  'test/run/pm2.test.ts': 'test/run/run.test.ts',
  'test/run/processes.test.ts': 'test/run/run.test.ts starts and stops followers',
  'test/soak/soak.test.ts': 'test/crash/',
  'test/soak/space.test.ts': 'test/unit/follower/lifetime.test.ts counts segments',
  'test/stress/followers.test.ts': 'test/multiprocess/polling.test.ts',
  'test/upstream/killed.test.ts':
    'test/upstream/agent.test.ts restarts agents; test/crash/region-failpoints.test.ts kills the writer below',
  'test/upstream/secure.test.ts':
    'test/upstream/signatures.test.ts; the other tests of test/upstream/ connect without secrets',
  'test/upstream/faults.test.ts': 'test/upstream/agent.test.ts has one server that is lost, wiped and trimmed',
  'test/unit/master/space.test.ts': 'test/unit/region/full.test.ts',
};
