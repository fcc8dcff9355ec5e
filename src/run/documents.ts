/** The document of a run: its files, and what the upstreams between them have. */
import { relative } from 'node:path';
import { loadFiles, type SourceFile } from '../sources/files.js';
import { isDirectory } from '../sources/members.js';
import { FileWatch } from '../sources/watch.js';
import type { UpstreamLayer } from './upstream.js';

/** Where the document of a run comes from. */
export interface Sources {
  readonly files: readonly SourceFile[];
  /** The URL of an upstream, and how many of the files come before it. Alone, it fills the region; else it is merged with the files. */
  readonly upstreams: readonly { readonly url: string; readonly index: number }[];
}

/** A file that is being written while we read it may hold half of its text: what cannot be read counts only if it rests. */
export async function firstDocument(files: () => readonly SourceFile[], changes: () => boolean): Promise<unknown> {
  for (;;) {
    try {
      return await loadFiles(files());
    } catch (error) {
      if (!changes()) throw error;
    }
  }
}

/** The files, and between them, where they were named, what the upstreams have now. */
export function withLayers({ files, upstreams }: Sources, layers: readonly UpstreamLayer[]): SourceFile[] {
  const sources = [...files];
  layers.forEach((layer, i) => void sources.splice(upstreams[i].index + i, 0, layer.source()));
  return sources;
}

/** Watches the files that can be read again; undefined where there are none. */
export function watchOf(files: readonly SourceFile[], onChange: () => void): FileWatch | undefined {
  const names = files.filter(({ bytes }) => bytes === undefined).map(({ name }) => name);
  return names.length === 0 ? undefined : new FileWatch(names, onChange);
}

/** How messages call a list of files. */
export function namesOf(files: readonly SourceFile[]): string {
  return files.map(({ name, bytes }) => (bytes === undefined ? shownPath(name) : name)).join(' + ');
}

function shownPath(name: string): string {
  const path = relative(process.cwd(), name) || name;
  return isDirectory(name) && !isDirectory(path) ? `${path}/` : path;
}
