import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFields, Logger } from '../../../src/core/log.ts';

/** Warnings and errors, in order. */
export class Complaints implements Logger {
  readonly said: string[] = [];

  error(message: string): void {
    this.said.push(`error: ${message}`);
  }

  warn(message: string): void {
    this.said.push(`warn: ${message}`);
  }

  info(_message: string, _fields?: LogFields): void {}

  debug(): void {}

  child(): Logger {
    return this;
  }
}

/** A folder with files in it. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'liveview-tls-'));

  /** Writes in place. */
  write(name: string, content: string | Buffer): string {
    const file = join(this.path, name);
    writeFileSync(file, content);
    return file;
  }
}
