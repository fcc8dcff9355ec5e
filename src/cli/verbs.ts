/** Every verb, in the order and the groups in which help shows them. Loaded when it is needed: a command that starts fast loads one. */
import type { CommandModule } from './command.js';

type Load = () => Promise<CommandModule>;

export const verbGroups: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Run:': {
    run: () => import('./run.js'),
  },
  'Write:': {
    publish: () => import('./publish.js'),
    set: () => import('./set.js'),
    delete: () => import('./delete.js'),
    patch: () => import('./patch.js'),
    merge: () => import('./merge.js'),
  },
  'Read:': {
    get: () => import('./get.js'),
    watch: () => import('./watch.js'),
    diff: () => import('./diff.js'),
    log: () => import('./log.js'),
    export: () => import('./export.js'),
  },
  'Many hosts:': {
    push: () => import('./push.js'),
    history: () => import('./history.js'),
    rollback: () => import('./rollback.js'),
    promote: () => import('./promote.js'),
    pin: () => import('./pin.js'),
  },
  'Manage:': {
    ls: () => import('./ls.js'),
    stat: () => import('./stat.js'),
    check: () => import('./check.js'),
    rm: () => import('./rm.js'),
  },
  'Other:': {
    bench: () => import('./bench.js'),
    completion: () => import('./completion.js'),
  },
};

export const verbs: Readonly<Record<string, Load>> = Object.assign({}, ...Object.values(verbGroups));
