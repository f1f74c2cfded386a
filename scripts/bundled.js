import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Makes one `.mjs` of each TypeScript file and what it imports of ours, for programs that are no part
 * of the product. Gives their folder, which is gone when the process ends.
 */
export async function bundled(name, files) {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  // Inside the repository, so that the packages are found from there.
  const folder = mkdtempSync(join(cache, `${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: files.map((file) => join(root, file)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  await stop();
  return folder;
}
