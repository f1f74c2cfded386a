import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The consoles, built from what is in the working tree now; remove the folder afterwards. */
export async function buildConsoles(): Promise<{ webRoot: string; remove: () => Promise<void> }> {
  const webRoot = await mkdtemp(join(tmpdir(), 'liveview-web-'));
  const script = fileURLToPath(new URL('../../scripts/build-web.js', import.meta.url));
  await promisify(execFile)(process.execPath, [script, webRoot]);
  return { webRoot, remove: () => rm(webRoot, { recursive: true, force: true }) };
}
