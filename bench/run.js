/**
 * Runs the benchmarks against the build in dist/:
 *
 *   node bench/run.js [--quick] [--only WORD] [--output DIR]
 *
 * The benchmarks themselves are TypeScript; they are bundled into a folder that is gone afterwards.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
// Inside the repository, so that the packages are found from there.
const folder = mkdtempSync(join(cache, 'bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

await build({
  entryPoints: ['main', 'camera', 'crowd', 'broadcast'].map((name) =>
    join(root, `bench/${name}.ts`),
  ),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
});
await stop();
const { main } = await import(pathToFileURL(join(folder, 'main.mjs')).href);
process.exit(await main({ root, folder, args: process.argv.slice(2) }));
