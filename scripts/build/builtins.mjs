// How the bundles take from Node what they need. `import … from 'node:fs'` makes Node build a namespace of all that the module exports, for which it loads
// streams, promises and readline; `node:crypto` and `node:v8` take longer to load than all of our code. So a bundle asks for a module itself, and where
// only functions of it are used, at the first call.
import { isBuiltin } from 'node:module';

/** Modules that nothing needs while a bundle is being loaded, and of which functions are used. */
const AT_FIRST_CALL = new Set([
  'node:child_process',
  'node:crypto',
  'node:module',
  'node:net',
  'node:os',
  'node:readline',
  'node:timers/promises',
  'node:v8',
  'node:vm',
]);

const PREFIX = '\0builtin:';

/** Rewrites the imports of Node's modules in the chunks of a bundle. */
export function builtins() {
  return {
    name: 'builtins',
    // CommonJS that is built into a chunk.
    resolveId: (id, _importer, { kind }) => (kind === 'require-call' && isBuiltin(id) ? PREFIX + id : null),
    load: (id) => (id.startsWith(PREFIX) ? `module.exports = ${later(id.slice(PREFIX.length))};` : null),
    // A line becomes a line, so the source map holds.
    renderChunk: (code, _chunk, { format }) => ({
      code: format === 'es' ? inModule(code) : inCommonJs(code),
      map: null,
    }),
  };
}

/** `import { a, b as c } from "node:x";` */
function inModule(code) {
  return code.replace(/^import \{ (.*?) \} from "(node:.*?)";$/gm, (_, list, id) => {
    const names = list.split(', ').map((item) => item.split(' as '));
    const [functions, values] = [[], []];
    for (const [name, local = name] of names) {
      (AT_FIRST_CALL.has(id) && isFunction(id, name) ? functions : values).push([name, local]);
    }
    const taken = values.map(([name, local]) => (name === local ? name : `${name}: ${local}`));
    return [
      ...(taken.length === 0 ? [] : [`const { ${taken.join(', ')} } = process.getBuiltinModule("${id}");`]),
      ...functions.map(
        ([name, local]) => `const ${local} = (...values) => process.getBuiltinModule("${id}").${name}(...values);`,
      ),
    ].join(' ');
  });
}

/** `let node_x = require("node:x");` */
function inCommonJs(code) {
  return code.replace(/^let (\w+) = require\("(node:.*?)"\);$/gm, (line, local, id) =>
    AT_FIRST_CALL.has(id) ? `const ${local} = ${later(id, 'require')};` : line,
  );
}

function later(id, load = 'process.getBuiltinModule') {
  const name = id.startsWith('node:') ? id : `node:${id}`;
  return AT_FIRST_CALL.has(name)
    ? `new Proxy({}, { get: (_, name) => ${load}("${name}")[name] })`
    : `${load}("${name}")`;
}

/** Neither a class, which programs test for and extend, nor anything else, such as the constants of `node:os`. */
function isFunction(id, name) {
  const value = process.getBuiltinModule(id)[name]; // undefined where only a newer Node has it
  return (value === undefined || typeof value === 'function') && !/^[A-Z]/.test(name);
}
