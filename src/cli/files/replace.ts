/** Replaces a file by a new one, which keeps everything but the content. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf } from '../../errors.js';
import { makeTemporaryDirectory } from '../../run/temporary-directory.js';
import type { FileFacts, Target } from './target.js';

type Replaceable = Extract<Target, { kind: 'missing' | 'file' }>;

/** A directory in which no file can be made, though the file itself may be written. */
const NO_ROOM_BESIDE = ['EACCES', 'EPERM', 'EROFS'];
/** A file that cannot be replaced where it is: a mount point, or in a directory with the sticky bit another's file. */
const NOT_REPLACEABLE = ['EBUSY', 'EPERM', 'EACCES', 'EXDEV'];
const OWNER_ONLY = 0o600;
const ANYBODY = 0o666;
const COPY_BYTES = 1024 * 1024;

/** Fills a new file with `fill` and replaces `target` by it. Returns what `fill` returns. @throws errors of the system, and what `fill` throws */
export async function replaceFile<R>(target: Replaceable, fill: (file: FileHandle) => Promise<R>): Promise<R> {
  const draft = await draftFor(target);
  try {
    const result = await fill(draft.file);
    await draft.file.sync();
    await draft.file.close();
    if (!(draft.beside && (await renamed(draft.path, target)))) await copyOver(draft.path, target.path);
    return result;
  } finally {
    await draft.file.close();
    await rm(draft.remove, { recursive: true, force: true });
  }
}

/** The new file, before it replaces the old one. */
interface Draft {
  readonly path: string;
  readonly file: FileHandle;
  /** Whether it lies in the directory of the target and has all that the old file has, so that it can replace it. */
  readonly beside: boolean;
  /** What is to be removed at the end, if it is still there. */
  readonly remove: string;
}

async function draftFor(target: Replaceable): Promise<Draft> {
  const path = join(dirname(target.path), `.jsonmmap-${randomBytes(8).toString('hex')}.tmp`);
  if (target.kind === 'missing') return { path, file: await open(path, 'wx', ANYBODY), beside: true, remove: path };
  if (target.stats.nlink > 1) return draftElsewhere();
  let file: FileHandle;
  try {
    file = await open(path, 'wx', OWNER_ONLY);
  } catch (error) {
    if (NO_ROOM_BESIDE.includes(errnoOf(error) ?? '')) return draftElsewhere();
    throw error;
  }
  if (await madeAlike(file, path, target.path, target.stats)) return { path, file, beside: true, remove: path };
  await file.close();
  await rm(path, { force: true });
  return draftElsewhere();
}

async function draftElsewhere(): Promise<Draft> {
  const remove = makeTemporaryDirectory();
  const path = join(remove, 'draft');
  return { path, file: await open(path, 'wx', OWNER_ONLY), beside: false, remove };
}

/** Gives a new file owner, mode, access control list and extended attributes of another; false where owner and mode cannot be had. */
async function madeAlike(
  file: FileHandle,
  path: string,
  like: string,
  { uid, gid, mode }: FileFacts,
): Promise<boolean> {
  await copyAttributes(like, path);
  const permissions = mode & 0o7777;
  const now = await file.stat();
  try {
    if (now.uid !== uid || now.gid !== gid) await file.chown(uid, gid);
    if (((await file.stat()).mode & 0o7777) !== permissions) await file.chmod(permissions); // chown clears bits of it
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EPERM') return false;
    throw error;
  }
}

/** Node has no call for lists and attributes; cp(1) of GNU has. Another cp, or none, leaves owner and mode, which are set afterwards. */
async function copyAttributes(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['--attributes-only', '--preserve=all', '--', from, to]).catch(() => {});
}

/** False where the old file has to stay the file that it is. */
async function renamed(path: string, target: Replaceable): Promise<boolean> {
  try {
    await rename(path, target.path);
  } catch (error) {
    if (target.kind === 'file' && NOT_REPLACEABLE.includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
  await syncDirectory(dirname(target.path));
  return true;
}

async function syncDirectory(path: string): Promise<void> {
  let directory: FileHandle;
  try {
    directory = await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return; // one that may be written and not read: the name is in it all the same
    throw error;
  }
  try {
    await directory.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error; // a file system that syncs no directories
  } finally {
    await directory.close();
  }
}

/** Writes the content of a file over that of another, which stays the same file. */
async function copyOver(from: string, to: string): Promise<void> {
  const source = await open(from, 'r');
  const target = await open(to, constants.O_WRONLY);
  try {
    const buffer = Buffer.allocUnsafe(COPY_BYTES);
    let length = 0;
    for (;;) {
      const { bytesRead } = await source.read(buffer, 0, COPY_BYTES, length);
      if (bytesRead === 0) break;
      for (let from = 0; from < bytesRead; ) {
        from += (await target.write(buffer, from, bytesRead - from, length + from)).bytesWritten;
      }
      length += bytesRead;
    }
    await target.truncate(length);
    await target.sync();
  } finally {
    await source.close();
    await target.close();
  }
}
