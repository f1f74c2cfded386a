import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../src/core/errors.ts';
import { until } from './until.ts';

/** `memory`: a tmpfs. `image`: ext4 in a file, which can be broken as a bad disk breaks it. */
export type DiskKind = 'memory' | 'image';

const IMAGE_BYTES = 32 * 1024 * 1024;
/** Root makes mounts; others may in a user namespace of their own, where the system allows it. */
const NAMESPACE =
  process.getuid?.() === 0
    ? ['--mount', '--propagation', 'private']
    : ['--user', '--map-root-user', '--mount', '--propagation', 'private'];
const ENTER =
  process.getuid?.() === 0 ? ['--mount'] : ['--user', '--preserve-credentials', '--mount'];

/**
 * A real, small file system that only whoever enters its mount namespace sees. The namespace is held by a
 * process that ends with its standard input, that is, with the test whatever ends it, and the mount with
 * the last process inside: nothing is left behind on the machine.
 */
export class PrivateDisk {
  /** Its path for processes within. */
  readonly inside: string;
  readonly #kind: DiskKind;
  readonly #folder: string;
  readonly #holder: ChildProcess;
  #said = '';

  private constructor(kind: DiskKind) {
    this.#kind = kind;
    this.#folder = mkdtempSync(join(tmpdir(), 'liveview-disk-'));
    this.inside = join(this.#folder, 'disk');
    mkdirSync(this.inside);
    if (kind === 'image') {
      writeFileSync(this.#image, '');
      truncateSync(this.#image, IMAGE_BYTES);
      run('mkfs.ext4', ['-q', '-F', '-m', '0', this.#image]);
    }
    const script = `${this.#mount} && mkdir -p ${this.inside}/data && echo mounted && exec cat`;
    this.#holder = spawn('unshare', [...NAMESPACE, 'sh', '-c', script]);
    for (const stream of [this.#holder.stdout, this.#holder.stderr]) {
      stream?.on('data', (data) => {
        this.#said += data;
      });
    }
  }

  /** @throws Error with what the system says when it allows no such thing; see `cannotBeMade`. */
  static async make(kind: DiskKind): Promise<PrivateDisk> {
    const disk = new PrivateDisk(kind);
    try {
      await until('the disk', () => {
        if (disk.#holder.exitCode !== null) throw new Error(disk.#said);
        return disk.#said.includes('mounted');
      });
      return disk;
    } catch (error) {
      await disk.release();
      throw error;
    }
  }

  /** Why there can be none here; undefined where there can. */
  static async cannotBeMade(kind: DiskKind): Promise<string | undefined> {
    try {
      const disk = await PrivateDisk.make(kind);
      try {
        if (kind === 'image') disk.breakDown();
      } finally {
        await disk.release();
      }
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** The data directory, for processes within. */
  get dataDir(): string {
    return join(this.inside, 'data');
  }

  /** The same for processes without. */
  get outside(): string {
    return `/proc/${this.#holder.pid}/root${this.dataDir}`;
  }

  /** To be put before a command that is to run within; it becomes that command. */
  get enter(): readonly string[] {
    return ['nsenter', '--target', String(this.#holder.pid), ...ENTER];
  }

  /** Until not one more byte finds room. */
  fill(): void {
    const descriptor = openSync(this.#filler, 'a');
    try {
      for (const size of [256 * 1024, 4096, 1]) {
        const bytes = Buffer.alloc(size);
        while (isWritten(descriptor, bytes));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** The kernel finds a fault in the file system, and lets nobody write any more (errors=remount-ro). */
  breakDown(): void {
    this.#within(
      `echo 1 > /sys/fs/ext4/$(basename $(findmnt -no SOURCE ${this.inside}))/trigger_fs_error`,
    );
  }

  /** As an administrator does, when nobody uses it: checked, repaired and mounted again. */
  repair(): void {
    this.#within(`umount ${this.inside}; fsck.ext4 -fy ${this.#image}; ${this.#mount}`);
  }

  /** As an administrator does who mounts it in the wrong way. */
  remountReadOnly(): void {
    this.#within(`mount -o remount,ro ${this.inside}`);
  }

  async release(): Promise<void> {
    this.#holder.stdin?.end();
    await until('the disk is gone', () => this.#holder.exitCode !== null);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #image(): string {
    return join(this.#folder, 'image');
  }

  get #filler(): string {
    return join(this.outside, '..', 'filler');
  }

  get #mount(): string {
    return this.#kind === 'memory'
      ? `mount -t tmpfs -o size=8m,mode=0700 liveview-test ${this.inside}`
      : `mount -o loop,errors=remount-ro ${this.#image} ${this.inside}`;
  }

  #within(script: string): void {
    const [command = '', ...args] = this.enter;
    run(command, [...args, 'sh', '-c', script]);
  }
}

/** False when there is no room. */
function isWritten(descriptor: number, bytes: Buffer): boolean {
  try {
    writeSync(descriptor, bytes);
    fsyncSync(descriptor);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') return false;
    throw error;
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
