/** Every verb, in the order and the groups in which help shows them. Loaded when it is needed: a command that starts fast loads one. */
import type { CommandModule } from './command.js';

type Load = () => Promise<CommandModule>;

export const verbGroups: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Run:': {
    run: () => import('./verbs/run.js'),
  },
  'Write:': {
    publish: () => import('./verbs/publish.js'),
    set: () => import('./verbs/set.js'),
    delete: () => import('./verbs/delete.js'),
    patch: () => import('./verbs/patch.js'),
    merge: () => import('./verbs/merge.js'),
  },
  'Read:': {
    get: () => import('./verbs/get.js'),
    watch: () => import('./verbs/watch.js'),
    diff: () => import('./verbs/diff.js'),
    log: () => import('./verbs/log.js'),
    export: () => import('./verbs/export.js'),
  },
  'Many hosts:': {
    push: () => import('./verbs/push.js'),
    history: () => import('./verbs/history.js'),
    rollback: () => import('./verbs/rollback.js'),
    promote: () => import('./verbs/promote.js'),
    pin: () => import('./verbs/pin.js'),
  },
  'Manage:': {
    ls: () => import('./verbs/ls.js'),
    stat: () => import('./verbs/stat.js'),
    top: () => import('./verbs/top.js'),
    health: () => import('./verbs/health.js'),
    check: () => import('./verbs/check.js'),
    rm: () => import('./verbs/rm.js'),
  },
  'Other:': {
    bench: () => import('./verbs/bench.js'),
    completion: () => import('./verbs/completion.js'),
  },
};

export const verbs: Readonly<Record<string, Load>> = Object.assign({}, ...Object.values(verbGroups));
