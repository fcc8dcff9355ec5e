/** The files of an image. */
import { closeSync, ftruncateSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Image, NAME } from './images.js';

/** Makes files of an image, new ones in place of all that is in `dir`: what an earlier case still has mapped is left alone. */
export function placeImage(dir: string, { control, segments, sizes }: Image): void {
  for (const entry of readdirSync(dir)) unlinkSync(join(dir, entry));
  writeWhole(join(dir, `${NAME}.ctl`), control, sizes.control);
  segments.forEach((bytes, i) => {
    if (bytes !== undefined) writeWhole(join(dir, `${NAME}.${i + 1}.seg`), bytes, sizes.segments[i]);
  });
}

/** The same into the files that are there, which keep their length. */
export function overwriteImage(dir: string, { control, segments }: Image): void {
  overwrite(join(dir, `${NAME}.ctl`), control);
  segments.forEach((bytes, i) => {
    if (bytes !== undefined) overwrite(join(dir, `${NAME}.${i + 1}.seg`), bytes);
  });
}

function writeWhole(path: string, bytes: Buffer, size = bytes.length): void {
  const fd = openSync(path, 'wx', 0o600);
  writeSync(fd, bytes);
  ftruncateSync(fd, size);
  closeSync(fd);
}

function overwrite(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
}
