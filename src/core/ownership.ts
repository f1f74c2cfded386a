import {
  closeSync,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * The daemon has a user of its own, and administrators run the command line as root: what root makes
 * in the daemon's folder belongs to the daemon, which otherwise could not read it.
 */

/**
 * Opens a new file for writing, for its owner alone. As root, that owner is whoever owns `like`, or
 * its folder when there is no such file.
 *
 * Never follows a link: whoever owns the folder could otherwise have root give any file away.
 *
 * @throws an error with code `EEXIST` when there is something of this name, a link included.
 */
export function openNewFile(file: string, like: string = file): number {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    if (process.getuid?.() === 0) {
      const known = like === file ? undefined : lstatSync(like, { throwIfNoEntry: false });
      const { uid, gid } = known ?? statSync(dirname(file));
      fchownSync(descriptor, uid, gid);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Makes a folder and those above it, for their owner alone; as root, that is the owner of the one above. */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })) return;
  const above = dirname(folder);
  makeFolder(above);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(above);
  lchownSync(folder, uid, gid);
}

/** Bits of a mode that let anybody but the owner in. */
export const OTHERS = 0o077;

/** Why an open file may not be trusted as a secret: others could have read it, or put it there. */
export function whyNotPrivate(file: string, descriptor: number): string | undefined {
  const { mode, uid } = fstatSync(descriptor);
  if ((mode & OTHERS) !== 0) return `others than its owner may use it; chmod 600 ${file}`;
  const me = process.getuid?.() ?? uid;
  const owner = me === 0 ? statSync(dirname(file)).uid : me;
  return uid === me || uid === owner ? undefined : 'it belongs to another user';
}
