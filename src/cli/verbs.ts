/** Every verb, in the order and the groups in which help shows them. Loaded when it is needed: a command that starts fast loads one. */
import type { CommandModule } from './command.js';

type Load = () => Promise<CommandModule>;

export const verbGroups: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  'Run:': {
    run: () => import('./verbs/run.js'),
    reload: () => import('./verbs/reload.js'),
    restart: () => import('./verbs/restart.js'),
    exec: () => import('./verbs/exec.js'),
  },
  'Write:': {
    publish: () => import('./verbs/publish.js'),
    validate: () => import('./verbs/validate.js'),
    set: () => import('./verbs/set.js'),
    edit: () => import('./verbs/edit.js'),
    delete: () => import('./verbs/delete.js'),
    patch: () => import('./verbs/patch.js'),
    merge: () => import('./verbs/merge.js'),
    import: () => import('./verbs/import.js'),
    revert: () => import('./verbs/revert.js'),
  },
  'Read:': {
    get: () => import('./verbs/get.js'),
    tree: () => import('./verbs/tree.js'),
    sizes: () => import('./verbs/sizes.js'),
    watch: () => import('./verbs/watch.js'),
    wait: () => import('./verbs/wait.js'),
    diff: () => import('./verbs/diff.js'),
    log: () => import('./verbs/log.js'),
    history: () => import('./verbs/history.js'),
    export: () => import('./verbs/export.js'),
  },
  'Many hosts:': {
    push: () => import('./verbs/push.js'),
    rollback: () => import('./verbs/rollback.js'),
    promote: () => import('./verbs/promote.js'),
    pin: () => import('./verbs/pin.js'),
  },
  'Manage:': {
    ls: () => import('./verbs/ls.js'),
    stat: () => import('./verbs/stat.js'),
    top: () => import('./verbs/top.js'),
    inspect: () => import('./verbs/inspect.js'),
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
