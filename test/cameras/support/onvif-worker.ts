import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('../../../src/cameras/onvif/worker.ts', import.meta.url));

/** The worker as JavaScript, in a temporary folder; remove it with `remove`. */
export async function bundleWorker(): Promise<{ url: URL; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'liveview-worker-'));
  const file = join(folder, 'worker.mjs');
  await build({
    entryPoints: [SOURCE],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    alias: { onvif: createRequire(import.meta.url).resolve('onvif') },
    banner: {
      // the onvif package is CommonJS, and requires Node's own modules
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return {
    url: pathToFileURL(file),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
