import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCli } from './cli.ts';

const run = promisify(execFile);

/** A folder with an authority that `liveview cert` made. */
export interface TrialAuthority extends AsyncDisposable {
  readonly dir: string;
  file(name: string): string;
  /** Runs `liveview cert …` with this folder. */
  cert(...args: string[]): ReturnType<typeof runCli>;
  /** The same, that has to be done; gives what it says with --json. */
  certJson(...args: string[]): Promise<Record<string, unknown>>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function makeTrialAuthority(name = 'Trial of the centre'): Promise<TrialAuthority> {
  const above = mkdtempSync(join(tmpdir(), 'liveview-cert-'));
  const dir = join(above, 'authority');
  const cert = (...[command = '', ...args]: string[]) =>
    runCli(['cert', command, '--dir', dir, ...args]);
  const certJson = async (...args: string[]) => {
    const { code, stdout, stderr } = await cert(...args, '--json');
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  await certJson('ca', '--name', name);
  return {
    ...{ dir, cert, certJson },
    file: (each) => join(dir, each),
    async [Symbol.asyncDispose]() {
      rmSync(above, { recursive: true });
    },
  };
}

/** What OpenSSL says of it: the judge of what we make. */
export async function openssl(...args: string[]): Promise<{ code: number; says: string }> {
  try {
    const { stdout, stderr } = await run('openssl', args);
    return { code: 0, says: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { code, says: stdout + stderr };
  }
}

/** What a workstation shows of itself; nothing when it has no certificate. */
export interface Identity {
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export function identityOf({ file }: TrialAuthority, certificate: string): Identity {
  const key = certificate.replace(/crt$/, 'key');
  return { cert: readFileSync(file(certificate)), key: readFileSync(file(key)) };
}

/** Asks over a connection of its own; rejects when the server is not believed, or does not believe. */
export function askOver(url: string, identity: Identity, ca: Buffer) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    get(url, { agent: false, ca, ...identity }, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode, body });
    }).on('error', reject);
  });
}
