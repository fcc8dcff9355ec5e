// RFC 6902 as plainly as it can be put, for the operations that a difference consists of.

/** Applies `operations` to `document`, which it changes, and returns it. */
export function applyPatch(document, operations) {
  return operations.reduce((root, operation) => applied(root, operation), document);
}

function applied(root, { op, path, value }) {
  if (path === '') return copy(value);
  const tokens = path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = tokens.pop();
  const holder = tokens.reduce((at, token) => at[token], root);
  if (Array.isArray(holder))
    holder.splice(Number(last), op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [copy(value)]));
  else if (op === 'remove') delete holder[last];
  else holder[last] = copy(value);
  return root;
}

function copy(value) {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
