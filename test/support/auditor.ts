import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runCli } from './cli.ts';

const VERIFIER = fileURLToPath(new URL('../../dist/verify-journal.mjs', import.meta.url));

/** Somebody with exported files and a public key, and no gateway. */
export class Auditor {
  readonly #folder = mkdtempSync(join(tmpdir(), 'auditor-'));

  /** Keeps a file. @returns where it is. */
  keep(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text);
    return file;
  }

  /** What both verifiers exit with: that of the command line, and the script that needs nothing else. */
  async verdicts(file: string, key: string): Promise<[cli: number, script: number]> {
    const { code } = await runCli(['journal', 'verify', file, '--key', key]);
    const script = promisify(execFile)(process.execPath, [VERIFIER, file, '--key', key], {
      cwd: this.#folder,
      env: {},
    });
    return [
      code,
      await script.then(
        () => 0,
        (error) => error.code,
      ),
    ];
  }
}
