import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** The scene worker as one JavaScript file, as threads want it. */
export async function bundleSceneWorker(): Promise<{ url: URL; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'liveview-worker-'));
  const outfile = join(folder, 'scene-worker.cjs');
  const entry = new URL('../../src/simulator/scene/scene-worker.ts', import.meta.url);
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  return {
    url: pathToFileURL(outfile),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
