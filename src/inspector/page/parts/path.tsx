/** A JSON pointer, of which the last key matters most: that stays in sight when there is little room. */
import { parentOf } from '../client/pointers.js';

export function PathText({ path }: { readonly path: string }) {
  const parent = parentOf(path);
  if (parent === undefined) return <span class="path path-root">(document)</span>;
  return (
    <span class="path" title={path}>
      {parent !== '' && <span class="path-parent">{parent}</span>}
      <span class="path-key">{path.slice(parent.length)}</span>
    </span>
  );
}
